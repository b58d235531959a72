// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.plumbline.datapath.config.PortVlan;
import dev.plumbline.datapath.config.SwitchConfig;
import java.util.List;
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
}
