// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.classifier;

import org.jspecify.annotations.Nullable;

/**
 * Which prefixes of a field the rules of a table ask for: a binary trie with paths of single nodes
 * made one. Immutable once it is published: a change copies the path to it, but what the same
 * {@link Change} has made is changed in place.
 *
 * <p>A value's way from the root ends where no rule's prefix goes on. A subtable whose rules have a
 * prefix of a length that the way does not have a rule at has nothing for the value, and the bits
 * up to the way's end are proof of it.
 */
final class PrefixTrie {
  static final PrefixTrie EMPTY = new PrefixTrie(null);

  /** Bits of the longest values. */
  static final int BITS = 128;

  /** Tries that are made together and seen by nobody until all are. */
  static final class Change {}

  /** A node, which its change alone may alter. */
  private static final class Node {
    private final Change madeBy;

    /** Bits of the prefix from the root to here, left aligned; those beyond are 0. */
    private final long high;

    private final long low;

    /** Of that prefix. */
    private final int length;

    /** So many have just this prefix. */
    private int rules;

    private @Nullable Node zero;
    private @Nullable Node one;

    Node(Change madeBy, long high, long low, int length, int rules) {
      this.madeBy = madeBy;
      this.high = high;
      this.low = low;
      this.length = length;
      this.rules = rules;
    }

    Node of(Change change) {
      if (madeBy == change) {
        return this;
      }
      Node copy = new Node(change, high, low, length, rules);
      copy.zero = zero;
      copy.one = one;
      return copy;
    }

    @Nullable Node child(int bit) {
      return bit == 0 ? zero : one;
    }

    void child(int bit, @Nullable Node child) {
      if (bit == 0) {
        zero = child;
      } else {
        one = child;
      }
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
  PrefixTrie with(Change change, long high, long low, int length) {
    return of(add(change, root, keepHigh(high, length), keepLow(low, length), length));
  }

  /** With one rule of a prefix less; it is there. */
  PrefixTrie without(Change change, long high, long low, int length) {
    return of(remove(change, root, keepHigh(high, length), keepLow(low, length), length));
  }

  private PrefixTrie of(@Nullable Node newRoot) {
    return newRoot == root ? this : new PrefixTrie(newRoot);
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

  private static Node add(Change change, @Nullable Node at, long high, long low, int length) {
    if (at == null) {
      return new Node(change, high, low, length, 1);
    }
    int common = Math.min(common(high, low, at.high, at.low), Math.min(length, at.length));
    if (common < at.length) {
      Node split = new Node(change, keepHigh(high, common), keepLow(low, common), common, 0);
      split.child(bit(at.high, at.low, common), at);
      if (common == length) {
        split.rules = 1;
      } else {
        split.child(bit(high, low, common), new Node(change, high, low, length, 1));
      }
      return split;
    }
    Node own = at.of(change);
    if (length == at.length) {
      own.rules++;
    } else {
      int bit = bit(high, low, at.length);
      own.child(bit, add(change, at.child(bit), high, low, length));
    }
    return own;
  }

  private static @Nullable Node remove(
      Change change, @Nullable Node at, long high, long low, int length) {
    if (at == null) {
      throw new IllegalStateException("no rule has the prefix");
    }
    Node left = at.of(change);
    if (length == at.length) {
      left.rules--;
    } else {
      int bit = bit(high, low, at.length);
      left.child(bit, remove(change, at.child(bit), high, low, length));
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
