// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.classifier;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import dev.plumbline.datapath.openflow.FieldValues;
import dev.plumbline.datapath.openflow.FlowSyntaxException;
import dev.plumbline.datapath.openflow.FlowText;
import dev.plumbline.datapath.openflow.Match;
import dev.plumbline.datapath.openflow.MatchField;
import dev.plumbline.datapath.openflow.PortNames;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is not looked at stays a wildcard: the cases for which the search is made as it is. */
class RuleTableTest {
  private final Wildcards looked = new Wildcards();
  private final FieldValues packet = new FieldValues();

  private RuleTable<Integer> table(String... matches) throws FlowSyntaxException {
    List<Rule<Integer>> rules = new ArrayList<>();
    for (String match : matches) {
      Match parsed = FlowText.parse(match + " actions=drop", PortNames.NUMBERS).match();
      rules.add(new Rule<>(parsed, 100 - rules.size(), rules.size()));
    }
    return RuleTable.<Integer>empty().with(List.of(), rules);
  }

  private int found(RuleTable<Integer> table) {
    looked.clear();
    Rule<Integer> found = table.lookup(packet, looked);
    assertNotNull(found);
    return found.target();
  }

  private int bits(int word) {
    return Long.bitCount(looked.looked(word));
  }

  private void tcp(long destination, int port) {
    packet.clear();
    packet.set(MatchField.ETH_TYPE, 0x0800);
    packet.set(MatchField.IP_PROTO, 6);
    packet.set(MatchField.IP_DST, destination);
    packet.set(MatchField.TCP_DST, port);
  }

  @Test
  void anAddressOutsideOfAllPrefixesIsToldByItsFirstBits() throws Exception {
    RuleTable<Integer> table = table("ip,nw_dst=10.1.2.0/24", "ip,nw_dst=10.1.2.3", "ip");
    tcp(0xc0a80101L, 80);
    assertEquals(2, found(table));
    assertEquals(1, bits(16), "192 and 10 differ in their first bit");
    tcp(0x0a010300L, 80);
    assertEquals(2, found(table));
    assertEquals(24, bits(16), "3 and 2 differ in the last bit of 24");
    tcp(0x0a010277L, 80);
    assertEquals(0, found(table));
    assertEquals(24, bits(16), "the rule found counts for more than that of 32 bits");
  }

  @Test
  void aPacketThatIsOutOfItInLayer2IsNotLookedAtBelow() throws Exception {
    RuleTable<Integer> table =
        table("tcp,tp_dst=80", "tcp,nw_dst=10.0.0.1,tp_dst=22", "udp,tp_dst=53", "");
    packet.clear();
    packet.set(MatchField.ETH_TYPE, 0x0806);
    packet.word(16, 0x0a000001L << 32);
    assertEquals(3, found(table));
    for (int word = FieldValues.stageEnd(1); word < FieldValues.WORDS; word++) {
      assertEquals(0, looked.looked(word), "word " + word);
    }
  }

  @Test
  void aRuleThatCountsForMoreEndsTheSearch() throws Exception {
    RuleTable<Integer> table = table("in_port=1", "tcp,tp_dst=80", "");
    tcp(1, 80);
    packet.set(MatchField.IN_PORT, 1);
    assertEquals(0, found(table));
    assertEquals(16, bits(10));
    assertEquals(0, bits(11) + bits(18) + bits(19));
  }

  @Test
  void aPortThatNoRuleAsksForIsToldByItsFirstBits() throws Exception {
    RuleTable<Integer> table = table("tcp,tp_dst=80", "tcp,tp_dst=443", "tcp");
    tcp(1, 0x8000);
    assertEquals(2, found(table));
    assertEquals(1, bits(19));
  }
}
