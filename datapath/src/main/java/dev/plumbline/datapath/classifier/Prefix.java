// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.classifier;

import dev.plumbline.datapath.openflow.FieldValues;
import dev.plumbline.datapath.openflow.Match;
import java.util.Arrays;
import java.util.List;

/**
 * The parts of {@link FieldValues} that there are tries for: addresses and ports, by their words
 * whatever the protocol, left aligned to 128 bits.
 */
enum Prefix {
  SOURCE(14, 0, PrefixTrie.BITS, 2),
  DESTINATION(16, 0, PrefixTrie.BITS, 2),
  SOURCE_PORT(19, 0, 16, 3),
  DESTINATION_PORT(19, 16, 16, 3);

  private static final long PORT = 0xffffL << 48;

  private final int word;
  private final int shift;
  private final int bits;
  private final int stage;

  Prefix(int word, int shift, int bits, int stage) {
    this.word = word;
    this.shift = shift;
    this.bits = bits;
    this.stage = stage;
  }

  /** The stage of {@link FieldValues} that it is in. */
  int stage() {
    return stage;
  }

  /** How many of the first bits a match asks for without a gap. */
  int length(Match match) {
    int ones = Long.numberOfLeadingZeros(~high(match.mask(word)));
    if (bits < PrefixTrie.BITS) {
      return Math.min(ones, bits);
    }
    return ones < Long.SIZE ? ones : Long.SIZE + Long.numberOfLeadingZeros(~match.mask(word + 1));
  }

  /**
   * With the prefixes of more matches. Those of at most 32 bits go in sorted, as neighbours share
   * most of the way: a large trie does not fit into the CPU's cache.
   */
  PrefixTrie with(PrefixTrie.Change change, PrefixTrie trie, List<Match> matches) {
    PrefixTrie made = trie;
    long[] shorter = new long[matches.size()];
    int count = 0;
    for (Match match : matches) {
      int length = length(match);
      long high = high(match.value(word));
      if (length > 0 && length <= Integer.SIZE) {
        shorter[count++] = (high & PrefixTrie.maskHigh(length)) | length;
      } else if (length > 0) {
        made = made.with(change, high, low(match), length);
      }
    }
    Arrays.sort(shorter, 0, count);
    for (int i = 0; i < count; i++) {
      int length = (int) shorter[i];
      made = made.with(change, shorter[i] ^ length, 0, length);
    }
    return made;
  }

  PrefixTrie without(PrefixTrie.Change change, PrefixTrie trie, Match match) {
    int length = length(match);
    return length == 0 ? trie : trie.without(change, high(match.value(word)), low(match), length);
  }

  void follow(PrefixTrie trie, FieldValues packet, PrefixTrie.Way way) {
    long low = bits < PrefixTrie.BITS ? 0 : packet.word(word + 1);
    trie.follow(high(packet.word(word)), low, way);
  }

  /** Notes that the first bits were looked at. */
  void look(Wildcards looked, int length) {
    long high = PrefixTrie.maskHigh(length);
    if (bits < PrefixTrie.BITS) {
      looked.look(word, (high & PORT) >>> shift);
    } else {
      looked.look(word, high);
      looked.look(word + 1, PrefixTrie.maskLow(length));
    }
  }

  private long high(long value) {
    return bits < PrefixTrie.BITS ? (value << shift) & PORT : value;
  }

  private long low(Match match) {
    return bits < PrefixTrie.BITS ? 0 : match.value(word + 1);
  }
}
