// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.classifier;

import org.jspecify.annotations.Nullable;

/**
 * Which prefixes of a field the rules of a table ask for: a binary trie with paths of single nodes
 * made one. Immutable; a change copies the path to it.
 *
 * <p>A value's way from the root ends where no rule's prefix goes on. A subtable whose rules have a
 * prefix of a length that the way does not have a rule at has nothing for the value, and the bits
 * up to the way's end are proof of it.
 */
final class PrefixTrie {
  static final PrefixTrie EMPTY = new PrefixTrie(null);

  /** Bits of the longest values. */
  static final int BITS = 128;

  /**
   * A node.
   *
   * @param high bits of the prefix from the root to here, left aligned; those beyond are 0
   * @param length of that prefix
   * @param rules that have just this prefix
   */
  private record Node(
      long high, long low, int length, int rules, @Nullable Node zero, @Nullable Node one) {
    Node withRules(int newRules) {
      return new Node(high, low, length, newRules, zero, one);
    }

    @Nullable Node child(int bit) {
      return bit == 0 ? zero : one;
    }

    Node withChild(int bit, @Nullable Node child) {
      return new Node(high, low, length, rules, bit == 0 ? child : zero, bit == 0 ? one : child);
    }
  }

  /** What a value met on its way. */
  static final class Way {
    private long lengthsHigh;
    private long lengthsLow;
    private int end;

    /** Whether there is a rule with the value's first bits, so many of them; 1 to 128. */
    boolean has(int length) {
      int bit = length - 1;
      return (bit < Long.SIZE ? lengthsHigh << bit : lengthsLow << (bit - Long.SIZE)) < 0;
    }

    /** So many bits prove that no rule has the value's first bits, so many of them. */
    int proof(int length) {
      return Math.min(length, end);
    }
  }

  private final @Nullable Node root;

  private PrefixTrie(@Nullable Node root) {
    this.root = root;
  }

  /** With one more rule of a prefix, 1 to 128 bits. */
  PrefixTrie with(long high, long low, int length) {
    return new PrefixTrie(add(root, keepHigh(high, length), keepLow(low, length), length));
  }

  /** With one rule of a prefix less; it is there. */
  PrefixTrie without(long high, long low, int length) {
    return new PrefixTrie(remove(root, keepHigh(high, length), keepLow(low, length), length));
  }

  boolean isEmpty() {
    return root == null;
  }

  /** Follows a value of 128 bits; shorter ones are left aligned. */
  void follow(long high, long low, Way way) {
    way.lengthsHigh = 0;
    way.lengthsLow = 0;
    way.end = 0;
    Node at = root;
    while (at != null) {
      int common = common(high, low, at.high, at.low);
      if (common < at.length) {
        way.end = common + 1;
        return;
      }
      if (at.rules > 0) {
        int bit = at.length - 1;
        if (bit < Long.SIZE) {
          way.lengthsHigh |= 1L << (Long.SIZE - 1 - bit);
        } else {
          way.lengthsLow |= 1L << (BITS - 1 - bit);
        }
      }
      if (at.length == BITS) {
        way.end = BITS;
        return;
      }
      Node next = at.child(bit(high, low, at.length));
      way.end = at.length + 1; // which child there is none of
      at = next;
    }
  }

  private static Node add(@Nullable Node at, long high, long low, int length) {
    if (at == null) {
      return new Node(high, low, length, 1, null, null);
    }
    int common = Math.min(common(high, low, at.high, at.low), Math.min(length, at.length));
    if (common < at.length) {
      Node split = new Node(keepHigh(high, common), keepLow(low, common), common, 0, null, null);
      split = split.withChild(bit(at.high, at.low, common), at);
      return common == length
          ? split.withRules(1)
          : split.withChild(bit(high, low, common), new Node(high, low, length, 1, null, null));
    }
    if (length == at.length) {
      return at.withRules(at.rules + 1);
    }
    int bit = bit(high, low, at.length);
    return at.withChild(bit, add(at.child(bit), high, low, length));
  }

  private static @Nullable Node remove(@Nullable Node at, long high, long low, int length) {
    if (at == null) {
      throw new IllegalStateException("no rule has the prefix");
    }
    Node left;
    if (length == at.length) {
      left = at.withRules(at.rules - 1);
    } else {
      int bit = bit(high, low, at.length);
      left = at.withChild(bit, remove(at.child(bit), high, low, length));
    }
    if (left.rules > 0 || (left.zero != null && left.one != null)) {
      return left;
    }
    return left.zero == null ? left.one : left.zero;
  }

  /** How many of the first bits are the same. */
  private static int common(long high, long low, long otherHigh, long otherLow) {
    int same = Long.numberOfLeadingZeros(high ^ otherHigh);
    return same < Long.SIZE ? same : Long.SIZE + Long.numberOfLeadingZeros(low ^ otherLow);
  }

  private static int bit(long high, long low, int index) {
    return (int) (index < Long.SIZE ? high >>> (Long.SIZE - 1 - index) : low >>> (BITS - 1 - index))
        & 1;
  }

  private static long keepHigh(long high, int length) {
    return high & maskHigh(length);
  }

  private static long keepLow(long low, int length) {
    return low & maskLow(length);
  }

  /** The first 64 bits of a mask of so many bits. */
  static long maskHigh(int length) {
    return length == 0 ? 0 : -1L << Math.max(0, Long.SIZE - length);
  }

  /** The last 64 bits of a mask of so many bits. */
  static long maskLow(int length) {
    return length <= Long.SIZE ? 0 : -1L << (BITS - length);
  }
}
