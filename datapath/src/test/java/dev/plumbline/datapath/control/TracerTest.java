// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.plumbline.datapath.config.BridgeConfig;
import dev.plumbline.datapath.config.GroupConfig;
import dev.plumbline.datapath.config.PortVlan;
import dev.plumbline.datapath.config.SwitchConfig;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What is told of a packet's way. */
class TracerTest {
  @Test
  void aWayThroughThousandsOfTablesIsNotToldToItsEnd() throws Exception {
    SwitchConfig config =
        Guests.withFlows(
            Guests.bridgeOf("a", PortVlan.TRUNK_ALL, "b", PortVlan.TRUNK_ALL),
            List.of(
                "actions=" + "resubmit(,1),".repeat(60) + "vb",
                "table=1 actions=" + "resubmit(,2),".repeat(60) + "vb",
                "table=2 actions=load:1->reg0[],load:2->reg0[],load:3->reg0[]"));
    TraceReport report = Tracer.trace(Tracer.fresh(config), "br0", "in_port=va", 0);
    assertEquals(10_001, report.steps().size());
    String last = report.steps().get(10_000).text();
    assertTrue(last.startsWith("more than 10000 steps"), last);
  }

  @Test
  void whatNatGivesAConnectionIsTold() throws Exception {
    for (String range : List.of("src=192.0.2.9", "dst=[fd00::5]:8080")) {
      String type = range.contains("fd00") ? "tcp6" : "tcp";
      SwitchConfig config =
          Guests.withFlows(
              Guests.bridgeOf("a", PortVlan.TRUNK_ALL, "b", PortVlan.TRUNK_ALL),
              List.of(type + " actions=ct(commit,nat(" + range + ")),vb"));
      TraceReport report = Tracer.trace(Tracer.fresh(config), "br0", "in_port=va," + type, 0);
      assertEquals("commit,nat(" + range + "),vb", report.actions());
    }
  }

  @Test
  void theBucketsOfAGroupAreTold() throws Exception {
    SwitchConfig plain = Guests.bridgeOf("a", PortVlan.TRUNK_ALL, "b", PortVlan.TRUNK_ALL);
    SwitchConfig flows = Guests.withFlows(plain, List.of("actions=group:1"));
    BridgeConfig bridge =
        flows
            .bridges()
            .get("br0")
            .withGroups(
                Set.of(
                    new GroupConfig(1, "all", "bucket=actions=output:vb,bucket=actions=group:2"),
                    new GroupConfig(2, "select", "bucket=weight:0,vb,bucket=strip_vlan,vb")));
    SwitchConfig config = new SwitchConfig(Map.of("br0", bridge));
    TraceReport report = Tracer.trace(Tracer.fresh(config), "br0", "in_port=va,dl_vlan=5", 0);
    assertEquals(
        List.of(
            "0 va",
            "1 priority=32768",
            "2 group:1",
            "3 bucket 0 (of 0 to 1)",
            "3 output:vb",
            "4 sent to vb, tagged 5",
            "3 bucket 1 (of 0 to 1)",
            "3 group:2",
            "4 bucket 1 (of 0 to 1), by the hash of the packet's addresses and ports",
            "4 strip_vlan",
            "4 output:vb",
            "5 sent to vb"),
        report.steps().stream().map(step -> step.depth() + " " + step.text()).toList());
  }
}
