// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.classifier;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.plumbline.datapath.openflow.FieldValues;
import dev.plumbline.datapath.openflow.Match;
import dev.plumbline.datapath.openflow.MatchField;
import java.nio.ByteBuffer;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * A table of rules against a search of all rules. The input is what happens to it, one after
 * another: a rule is put or taken away, or a packet is looked up, and then another that agrees with
 * it in all that was looked at.
 */
public final class ClassifierFuzz {
  private static final int BYTES = 1 << 14;
  private static final MatchField[] FIELDS = {
    MatchField.IN_PORT,
    MatchField.REG0,
    MatchField.METADATA,
    MatchField.ETH_TYPE,
    MatchField.ETH_DST,
    MatchField.VLAN_TCI,
    MatchField.IP_PROTO,
    MatchField.IP_SRC,
    MatchField.IP_DST,
    MatchField.TCP_SRC,
    MatchField.TCP_DST
  };

  private final ByteBuffer input;
  private final LinearTable linear = new LinearTable();
  private final Wildcards looked = new Wildcards();
  private RuleTable<Integer> table = RuleTable.empty();

  private ClassifierFuzz(byte[] input) {
    this.input = ByteBuffer.wrap(input);
  }

  /** One history. */
  public static void fuzzerTestOneInput(byte[] input) {
    if (input.length <= BYTES) {
      new ClassifierFuzz(input).run();
    }
  }

  private void run() {
    for (int made = 0; input.hasRemaining(); made++) {
      int what = next();
      switch (what & 3) {
        case 0, 1 -> {
          Rule<Integer> rule = rule(made);
          linear.put(rule);
          table = table.with(List.of(), List.of(rule));
        }
        case 2 -> {
          List<Rule<Integer>> rules = linear.rules();
          Rule<Integer> rule = rules.isEmpty() ? rule(made) : rules.get((what >> 2) % rules.size());
          linear.remove(rule);
          table = table.with(List.of(rule), List.of());
        }
        default -> lookUp();
      }
      assertEquals(linear.rules().size(), table.size());
    }
  }

  private int next() {
    return input.hasRemaining() ? input.get() & 0xff : 0;
  }

  private long number() {
    int kind = next();
    // Few values, so that rules meet; or any.
    return kind < 128 ? kind & 3 : ((long) kind << 56) | ((long) next() << 24) | next();
  }

  private Rule<Integer> rule(int made) {
    Match.Builder match = new Match.Builder();
    Set<MatchField> said = EnumSet.noneOf(MatchField.class);
    for (int fields = next() & 3; fields >= 0; fields--) {
      MatchField field = FIELDS[next() % FIELDS.length];
      int bits = field.width();
      long ones = bits == Long.SIZE ? -1 : (1L << bits) - 1;
      long value = number() & ones;
      int kind = next();
      long mask =
          switch (kind & 3) {
            case 0 -> ones;
            case 1 -> ones & (ones << ((kind >> 2) % bits));
            default -> number() & ones;
          };
      if (said.add(field)) {
        match.field(field, value & mask, mask);
      }
    }
    return new Rule<>(match.build(), next() & 15, made);
  }

  private void lookUp() {
    FieldValues packet = new FieldValues();
    int near = next();
    List<Rule<Integer>> rules = linear.rules();
    for (int word = 0; word < FieldValues.WORDS; word++) {
      long any = number();
      Match match = rules.isEmpty() ? Match.ANY : rules.get(near % rules.size()).match();
      packet.word(word, (any & ~match.mask(word)) | match.value(word));
    }
    Rule<Integer> found = check(packet);
    FieldValues alike = new FieldValues();
    for (int word = 0; word < FieldValues.WORDS; word++) {
      alike.word(word, packet.word(word) ^ (~looked.looked(word) & -number()));
    }
    assertEquals(found, table.lookup(alike, new Wildcards()), "a packet that looks the same");
    assertEquals(found == null ? -1 : found.priority(), linear.priority(alike));
  }

  private Rule<Integer> check(FieldValues packet) {
    looked.clear();
    Rule<Integer> found = table.lookup(packet, looked);
    assertEquals(linear.priority(packet), found == null ? -1 : found.priority());
    assertTrue(found == null || found.match().matches(packet), "the rule is the packet's");
    return found;
  }
}
