// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.classifier;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.plumbline.datapath.openflow.FieldValues;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** Against a search of all rules; a seed replays a failure. */
class RuleTableProperties {
  private final Wildcards looked = new Wildcards();
  private final FieldValues packet = new FieldValues();
  private final FieldValues other = new FieldValues();

  @Property(tries = 100)
  void theRuleIsALinearSearchsAndPacketsThatAgreeInWhatWasLookedAtGetTheSame(@ForAll long seed) {
    Random random = new Random(seed);
    RandomRules rules = new RandomRules(random);
    LinearTable linear = new LinearTable();
    RuleTable<Integer> table = RuleTable.empty();
    for (int step = 0; step < 8; step++) {
      table = changed(random, rules, linear, table);
      assertEquals(linear.rules().size(), table.size());
      for (int i = 0; i < 50; i++) {
        rules.packet(linear, packet);
        Rule<Integer> found = lookup(table, packet);
        compare(linear, packet, found);
        for (int again = 0; again < 5; again++) {
          for (int word = 0; word < FieldValues.WORDS; word++) {
            long free = ~looked.looked(word) & (again == 0 ? -1 : random.nextLong());
            other.word(word, packet.word(word) ^ (free & random.nextLong()));
          }
          assertSame(found, table.lookup(other, new Wildcards()), "a packet that looks the same");
          compare(linear, other, found);
        }
      }
    }
  }

  @Property(tries = 50)
  void aChangeLeavesTheTableBeforeItAsItWas(@ForAll long seed) {
    Random random = new Random(seed);
    RandomRules rules = new RandomRules(random);
    LinearTable linear = new LinearTable();
    RuleTable<Integer> before = changed(random, rules, linear, RuleTable.empty());
    List<FieldValues> packets = new ArrayList<>();
    List<Rule<Integer>> found = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      rules.packet(linear, packet);
      FieldValues kept = new FieldValues();
      kept.set(packet);
      packets.add(kept);
      found.add(lookup(before, kept));
    }
    RuleTable<Integer> after = before;
    for (int i = 0; i < 5; i++) {
      after = changed(random, rules, linear, after);
    }
    for (int i = 0; i < packets.size(); i++) {
      assertSame(found.get(i), lookup(before, packets.get(i)));
    }
    RuleTable<Integer> none = after.with(linear.rules(), List.of());
    assertEquals(0, none.size());
    assertEquals(0, none.subtables());
  }

  /** The properties say little of packets that no rule is for, and lookups that look at all. */
  @Property(tries = 1)
  void mostPacketsAreForARuleAndMostBitsAreWildcards() {
    int hits = 0;
    long bits = 0;
    int packets = 0;
    for (long seed = 0; seed < 50; seed++) {
      Random random = new Random(seed);
      RandomRules rules = new RandomRules(random);
      LinearTable linear = new LinearTable();
      RuleTable<Integer> table = changed(random, rules, linear, RuleTable.empty());
      for (int i = 0; i < 50; i++, packets++) {
        rules.packet(linear, packet);
        hits += lookup(table, packet) == null ? 0 : 1;
        for (int word = 0; word < FieldValues.WORDS; word++) {
          bits += Long.bitCount(looked.looked(word));
        }
      }
    }
    assertTrue(hits > packets / 2, hits + " of " + packets + " are for a rule");
    assertTrue(bits < packets * 400L, bits / packets + " bits looked at");
  }

  private Rule<Integer> lookup(RuleTable<Integer> table, FieldValues of) {
    looked.clear();
    return table.lookup(of, looked);
  }

  private static void compare(LinearTable linear, FieldValues packet, Rule<Integer> found) {
    assertEquals(linear.priority(packet), found == null ? -1 : found.priority());
    assertTrue(found == null || (found.match().matches(packet) && linear.rules().contains(found)));
  }

  private static RuleTable<Integer> changed(
      Random random, RandomRules rules, LinearTable linear, RuleTable<Integer> table) {
    List<Rule<Integer>> removed = new ArrayList<>();
    List<Rule<Integer>> put = new ArrayList<>();
    for (Rule<Integer> rule : List.copyOf(linear.rules())) {
      if (random.nextInt(3) == 0) {
        removed.add(rule);
        linear.remove(rule);
      }
    }
    removed.add(rules.rule()); // one that is hardly there
    linear.remove(removed.get(removed.size() - 1));
    for (int i = random.nextInt(40); i >= 0; i--) {
      put.add(rules.rule());
      linear.put(put.get(put.size() - 1));
    }
    return table.with(removed, put);
  }
}
