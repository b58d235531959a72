// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.embedded;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.plumbline.datapath.config.BridgeConfig;
import dev.plumbline.datapath.config.FlowConfig;
import dev.plumbline.datapath.config.MacTableConfig;
import dev.plumbline.datapath.config.SwitchConfig;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What becomes of a bridge's flows when somebody changes them by hand. */
class RuntimeFlowsTest {
  private static SwitchConfig br0(FlowConfig... flows) {
    BridgeConfig bridge = new BridgeConfig(Map.of(), MacTableConfig.DEFAULT, false);
    return new SwitchConfig(Map.of("br0", bridge.withFlows(Set.of(flows))));
  }

  private static List<String> changed(SwitchConfig config, List<String> add, List<String> delete) {
    return RuntimeFlows.changed(config, "br0", add, delete).bridges().values().stream()
        .flatMap(bridge -> bridge.flows().stream().map(FlowConfig::text))
        .toList();
  }

  private static FlowConfig drop() {
    return new FlowConfig(0, 0, "", "drop", 0, 0, 0);
  }

  @Test
  void theLastFlowIsNotTakenOutForThatWouldOpenTheBridge() {
    for (SwitchConfig config : List.of(br0(drop()), br0())) {
      IllegalArgumentException refused =
          assertThrows(
              IllegalArgumentException.class,
              () -> changed(config, List.of(), List.of("priority=0")));
      assertTrue(
          String.valueOf(refused.getMessage()).contains("no flow of br0 would be left"),
          refused.getMessage());
    }
  }

  @Test
  void anotherOneMayComeInItsPlace() {
    assertEquals(
        List.of("priority=1 actions=drop"),
        changed(br0(), List.of("priority=1 actions=drop"), List.of("priority=0")));
  }

  @Test
  void aBridgeWithoutFlowsKeepsNormalBesideTheFirst() {
    assertEquals(
        List.of("priority=0 actions=NORMAL", "priority=9 actions=drop"),
        changed(br0(), List.of("priority=9 actions=drop"), List.of()));
  }

  @Test
  void aFlowThatIsThereAsItIsBeginsItsTimeAnew() {
    FlowConfig hour = new FlowConfig(0, 9, "", "drop", 0, 0, 3600);
    String text = "priority=9,hard_timeout=3600 actions=drop";
    assertEquals(List.of(hour), RuntimeFlows.again(br0(hour), "br0", List.of(text)));
    assertEquals(List.of(), RuntimeFlows.again(br0(drop()), "br0", List.of(text)));
  }
}
