// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.classifier;

import dev.plumbline.datapath.openflow.FieldValues;
import dev.plumbline.datapath.openflow.Match;
import dev.plumbline.datapath.openflow.MatchField;
import java.util.Random;

/**
 * Rules of few values, so that they overlap, and packets that are for some of them or nearly so.
 */
final class RandomRules {
  private static final MatchField[] PLAIN = {
    MatchField.IN_PORT,
    MatchField.REG0,
    MatchField.METADATA,
    MatchField.ETH_TYPE,
    MatchField.ETH_DST,
    MatchField.VLAN_TCI,
    MatchField.IP_PROTO,
    MatchField.ARP_SHA
  };

  private final Random random;
  private final int masks;
  private final long shape;
  private int made;

  RandomRules(Random random) {
    this.random = random;
    masks = 1 + random.nextInt(30);
    shape = random.nextLong();
  }

  /** A rule of one of few shapes. */
  Rule<Integer> rule() {
    Random bits = new Random(shape + random.nextInt(masks));
    Match.Builder match = new Match.Builder();
    for (MatchField field : PLAIN) {
      switch (bits.nextInt(6)) {
        case 0 -> match.field(field, value());
        case 1 -> match.field(field, value(), bits.nextInt(16));
        default -> {}
      }
    }
    prefix(match, MatchField.IPV6_SRC, bits);
    prefix(match, MatchField.IPV6_DST, bits);
    port(match, MatchField.TCP_SRC, bits);
    port(match, MatchField.TCP_DST, bits);
    return new Rule<>(match.build(), random.nextInt(40), made++);
  }

  private void prefix(Match.Builder match, MatchField field, Random bits) {
    int length =
        switch (bits.nextInt(6)) {
          case 0 -> 1 + bits.nextInt(32);
          case 1 -> 1 + bits.nextInt(128);
          case 2 -> 128;
          default -> 0;
        };
    if (length > 0) {
      int high = Math.min(length, Long.SIZE);
      match.bits(field, 128 - high, high, address() >>> (Long.SIZE - high));
      if (length > high) {
        match.bits(field, 128 - length, length - high, address() >>> (128 - length));
      }
    }
    if (bits.nextInt(8) == 0) { // and a mask that is no prefix
      match.bits(field, 96, 4, value());
    }
  }

  private void port(Match.Builder match, MatchField field, Random bits) {
    switch (bits.nextInt(5)) {
      case 0 -> match.field(field, value());
      case 1 -> match.field(field, (long) random.nextInt(4) << 13, 0xffffL << bits.nextInt(16));
      case 2 -> match.field(field, value(), bits.nextInt(1 << 16));
      default -> {}
    }
  }

  /** Some packet; with luck one that a rule is for, or a bit beside it. */
  void packet(LinearTable table, FieldValues packet) {
    packet.clear();
    for (int i = 0; i < FieldValues.WORDS; i++) {
      packet.word(i, random.nextInt(3) == 0 ? random.nextLong() : address() | value());
    }
    if (!table.rules().isEmpty() && random.nextInt(5) > 0) {
      Match match = table.rules().get(random.nextInt(table.rules().size())).match();
      for (int i = 0; i < FieldValues.WORDS; i++) {
        packet.word(i, (packet.word(i) & ~match.mask(i)) | match.value(i));
      }
    }
    if (random.nextInt(3) == 0) {
      int word = random.nextInt(FieldValues.WORDS);
      packet.word(word, packet.word(word) ^ (1L << random.nextInt(64)));
    }
  }

  private long value() {
    return random.nextInt(4);
  }

  private long address() {
    return ((long) random.nextInt(4) << 62) | ((long) random.nextInt(2) << 40);
  }
}
