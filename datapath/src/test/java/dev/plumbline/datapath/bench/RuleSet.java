// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.bench;

import dev.plumbline.datapath.classifier.Rule;
import dev.plumbline.datapath.openflow.Action;
import dev.plumbline.datapath.openflow.FieldValues;
import dev.plumbline.datapath.openflow.Flow;
import dev.plumbline.datapath.openflow.Match;
import dev.plumbline.datapath.openflow.MatchField;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;

/**
 * Rules as access lists have them, after the seeds of ClassBench (Taylor, Turner, INFOCOM 2005):
 * prefixes of few lengths out of few networks, mostly TCP, ports exact, in ranges or any; and
 * packets for them.
 */
public final class RuleSet {
  private static final int[] LENGTHS = {0, 0, 8, 16, 16, 21, 24, 24, 24, 27, 30, 32, 32, 32, 32};
  private static final int[] PORTS = {20, 22, 25, 53, 80, 110, 123, 143, 389, 443, 993, 3306, 8080};
  private static final int NETWORKS = 64;

  /** The network that a {@link Flood} comes from: some rules look at its packets closely. */
  private static final long FLOOD = 0xe0c8_0000L;

  private final Random random;
  private final long[] networks = new long[NETWORKS];
  private final List<Rule<Integer>> rules = new ArrayList<>();

  public RuleSet(int size, long seed) {
    random = new Random(seed);
    networks[0] = FLOOD;
    for (int i = 1; i < NETWORKS; i++) {
      networks[i] = (random.nextInt() | 0x4000_0000L) & 0x7fff_0000L;
    }
    List<Match> matches = new ArrayList<>();
    for (int i = 0; i < size - 1; i++) {
      matches.add(match());
    }
    // What says more comes first, or rules like "any TCP" would hide all behind them.
    matches.sort(Comparator.comparingInt(RuleSet::bits).reversed());
    for (int i = 0; i < size - 1; i++) {
      rules.add(new Rule<>(matches.get(i), 1 + (int) ((size - 2L - i) * 65534 / size), i));
    }
    rules.add(new Rule<>(Match.ANY, 0, size - 1));
  }

  List<Rule<Integer>> rules() {
    return rules;
  }

  /** Another rule for the set. */
  Rule<Integer> another() {
    return new Rule<>(match(), 1 + random.nextInt(65535), -1);
  }

  private static int bits(Match match) {
    int bits = 0;
    for (int word = 0; word < FieldValues.WORDS; word++) {
      bits += Long.bitCount(match.mask(word));
    }
    return bits;
  }

  private Match match() {
    Match.Builder match = new Match.Builder().field(MatchField.ETH_TYPE, 0x0800);
    prefix(match, MatchField.IP_SRC);
    prefix(match, MatchField.IP_DST);
    int kind = random.nextInt(10);
    if (kind < 9) {
      match.field(MatchField.IP_PROTO, kind < 7 ? 6 : 17);
      if (random.nextInt(10) == 0) {
        match.field(MatchField.TCP_SRC, 1024 + random.nextInt(60_000));
      }
      switch (random.nextInt(4)) {
        case 0 -> {}
        case 1 -> {
          int bits = 6 + random.nextInt(8);
          match.field(MatchField.TCP_DST, random.nextInt(65536), 0xffffL << bits);
        }
        default -> match.field(MatchField.TCP_DST, PORTS[random.nextInt(PORTS.length)]);
      }
    }
    return match.build();
  }

  private void prefix(Match.Builder match, MatchField field) {
    int length = LENGTHS[random.nextInt(LENGTHS.length)];
    long address = networks[random.nextInt(NETWORKS)] | random.nextInt(1 << 16);
    if (length > 0) {
      match.field(field, address, 0xffff_ffffL << (32 - length));
    }
  }

  /**
   * The same as flows: NORMAL where packets are forwarded, which is where they may be a {@link
   * Flood}'s or a guest's, and else dropped in half of the cases.
   */
  public List<String> flows() {
    List<String> flows = new ArrayList<>();
    for (Rule<Integer> rule : rules) {
      long source = rule.match().value(MatchField.IP_SRC);
      boolean forwards = source == 0 || (source & 0xff00_0000L) == (FLOOD & 0xff00_0000L);
      List<Action> actions =
          forwards || rule.target() % 2 == 0 ? List.of(Action.Simple.NORMAL) : List.of();
      flows.add(new Flow(0, rule.priority(), 0, 0, 0, rule.match(), actions).toString());
    }
    return flows;
  }

  /** A file with {@link #flows} of a set of so many rules; of none: NORMAL. */
  static Path file(Path directory, int rules, long seed) throws IOException {
    Path file = directory.resolve("rules-" + rules + "-" + seed);
    if (!Files.exists(file)) {
      List<String> none = List.of("priority=0 actions=NORMAL");
      Files.write(file, rules == 0 ? none : new RuleSet(rules, seed).flows());
    }
    return file;
  }

  /** A packet for some rule, though perhaps another one counts for more. */
  void packet(FieldValues packet) {
    packet.clear();
    packet.set(MatchField.IN_PORT, 1 + random.nextInt(100));
    packet.set(MatchField.ETH_TYPE, 0x0800);
    packet.set(MatchField.ETH_SRC, random.nextLong());
    packet.set(MatchField.IP_SRC, random.nextInt());
    packet.set(MatchField.IP_DST, random.nextInt());
    packet.set(MatchField.IP_PROTO, 6);
    packet.set(MatchField.TCP_SRC, random.nextInt());
    packet.set(MatchField.TCP_DST, random.nextInt());
    Match match = rules.get(random.nextInt(rules.size())).match();
    for (int i = 0; i < FieldValues.WORDS; i++) {
      packet.word(i, (packet.word(i) & ~match.mask(i)) | match.value(i));
    }
  }
}
