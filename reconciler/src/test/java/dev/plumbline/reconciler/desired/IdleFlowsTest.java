// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.desired;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.plumbline.datapath.openflow.Flow;
import dev.plumbline.datapath.openflow.FlowSyntaxException;
import dev.plumbline.datapath.translate.NamedFlows;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is said of flows that probably do not say what was meant. */
class IdleFlowsTest {
  private static List<Flows.Entry> flows(String... texts) throws FlowSyntaxException {
    NamedFlows names = NamedFlows.ofAny();
    List<Flows.Entry> entries = new ArrayList<>();
    for (String text : texts) {
      Flow parsed = names.parse(text);
      String address = "bridges.br0.flows[" + entries.size() + "]";
      entries.add(new Flows.Entry(address, null, names.config(parsed), parsed));
    }
    return entries;
  }

  private static List<String> found(List<Flows.Entry> flows, int comparisons) {
    return IdleFlows.among(flows, comparisons).stream()
        .map(each -> each.address() + ": " + each.message())
        .toList();
  }

  @Test
  void whereTheSearchEndsIsSaid() throws Exception {
    List<Flows.Entry> flows =
        flows(
            "priority=9,ip actions=drop",
            "priority=1,tcp,tp_dst=1 actions=a",
            "priority=5,tcp,tp_src=2 actions=a",
            "priority=5,tcp,tp_dst=3 actions=b",
            "priority=5,tcp,tp_dst=3,tp_src=3 actions=drop");
    String covered = ": can never match: flows[0] covers it, with priority 9";
    String both = ": some packets match flows[%d] too, with the same priority and other actions";
    assertEquals(
        List.of(
            "bridges.br0.flows[1]" + covered,
            "bridges.br0.flows[2]" + covered,
            "bridges.br0.flows[3]" + covered,
            "bridges.br0.flows[4]" + covered,
            "bridges.br0.flows[3]" + both.formatted(2),
            "bridges.br0.flows[4]" + both.formatted(3)),
        found(flows, 100));
    List<String> some = found(flows, 1);
    assertEquals(3, some.size(), some::toString);
    assertTrue(some.get(0).startsWith("bridges.br0.flows[0]: from here on nobody looked"));
    assertEquals("bridges.br0.flows[3]" + both.formatted(2), some.get(1));
    assertTrue(some.get(2).startsWith("bridges.br0.flows[4]: from here on nobody looked"));
  }
}
