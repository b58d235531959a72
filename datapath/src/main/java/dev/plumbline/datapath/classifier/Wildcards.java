// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.classifier;

import dev.plumbline.datapath.openflow.FieldValues;
import java.util.Arrays;

/**
 * Which bits of {@link FieldValues} lookups depended on, and room for what a lookup notes. Made
 * once, filled many times.
 */
public final class Wildcards {
  private final long[] looked = new long[FieldValues.WORDS];
  private final PrefixTrie.Way[] ways = new PrefixTrie.Way[Prefix.values().length];
  private int followed;

  public Wildcards() {
    Arrays.setAll(ways, any -> new PrefixTrie.Way());
  }

  public void clear() {
    Arrays.fill(looked, 0);
  }

  /** Notes that bits of a word were looked at. */
  public void look(int word, long bits) {
    looked[word] |= bits;
  }

  /** The bits of a word that were looked at; all others are wildcards. */
  public long looked(int word) {
    return looked[word];
  }

  /** A lookup begins: no way has been followed. */
  void begin() {
    followed = 0;
  }

  /** The packet's way in a trie, which is followed once a lookup. */
  PrefixTrie.Way way(Prefix prefix, int index, PrefixTrie trie, FieldValues packet) {
    PrefixTrie.Way way = ways[index];
    if ((followed & (1 << index)) == 0) {
      followed |= 1 << index;
      prefix.follow(trie, packet, way);
    }
    return way;
  }
}
