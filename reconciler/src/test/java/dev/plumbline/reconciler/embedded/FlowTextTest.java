// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.embedded;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.plumbline.datapath.config.FlowConfig;
import dev.plumbline.reconciler.resource.Resource;
import dev.plumbline.reconciler.resource.ResourceId;
import dev.plumbline.reconciler.resource.ResourceType;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Flows as resources, as they come out of saved files that somebody may have changed. */
class FlowTextTest {
  private static final Resource WHOLE =
      FlowText.of("br0", new FlowConfig(5, 3, "ip", "drop", 7, 0, 0));

  @Test
  void whatIsNoFlowIsRefusedAsAMistake() {
    assertEquals(WHOLE, FlowText.of("br0", FlowText.parse(WHOLE)));
    for (String key :
        List.of("", "br0", "br0/", "br0/table=5", "br0/table=,priority=1", "br0/ip")) {
      ResourceId id = new ResourceId(ResourceType.FLOW, "", "", key);
      Resource flow = new Resource(id, Resource.OURS, WHOLE.fields());
      assertThrows(IllegalArgumentException.class, () -> FlowText.parse(flow), key);
    }
    for (String field : List.of("cookie", "idleTimeout", "hardTimeout")) {
      for (String value : List.of("", "s", "7")) {
        Resource flow = WHOLE.with(field, value);
        assertThrows(IllegalArgumentException.class, () -> FlowText.parse(flow), field);
      }
    }
  }
}
