// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.adopt;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.plumbline.reconciler.live.LiveState;
import dev.plumbline.reconciler.plan.LiveText;
import dev.plumbline.reconciler.plan.Ownership;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** A host is written down with the flows of its bridges. */
class AdoptedFlowsTest {
  @Test
  void flowsAreGivenBackAsTexts() throws Exception {
    Path golden = Path.of("src", "test", "resources", "planner", "embedded-flows", "current.yaml");
    LiveState live = LiveText.parse(Files.readString(golden)).live();
    Map<?, ?> tree = HostTree.of(live, Ownership.NONE, Set.of(), null).tree();
    Map<?, ?> bridge = (Map<?, ?>) ((Map<?, ?>) tree.get("bridges")).get("br0");
    assertEquals(
        List.of(
            "priority=1 actions=NORMAL",
            "priority=3,in_port=eth1,dl_vlan=1000 actions=drop",
            "cookie=0x7,priority=9,in_port=eth2 actions=drop"),
        bridge.get("flows"));
  }

  @Test
  void groupsAreGivenBackAsTexts() throws Exception {
    Path golden = Path.of("src", "test", "resources", "planner", "groups", "current.yaml");
    LiveState live = LiveText.parse(Files.readString(golden)).live();
    Map<?, ?> tree = HostTree.of(live, Ownership.NONE, Set.of(), null).tree();
    Map<?, ?> bridge = (Map<?, ?>) ((Map<?, ?>) tree.get("bridges")).get("br0");
    assertEquals(
        List.of(
            "group_id=1,type=all,bucket=actions=output:eth1",
            "group_id=2,type=select,bucket=actions=output:eth1,bucket=actions=output:eth2"),
        bridge.get("groups"));
  }
}
