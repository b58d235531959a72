// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.bridge;

/**
 * Up to three VLAN tags of a frame as one number, so that they cost no allocation: what is in the
 * frame's key (two) and a service tag around them.
 *
 * <pre>
 *   63    60        48        32        16         0
 *   +------+---------+---------+---------+---------+
 *   | tags |    0    | third   | second  | outer   |   unused tags are 0
 *   +------+---------+---------+---------+---------+
 *   a tag: bit 15: TPID 0x88a8 instead of 0x8100; 14–12: priority; 11–0: VLAN
 * </pre>
 *
 * The drop eligible bit is not kept: its place says in a key that there is a tag.
 */
public final class TagStack {
  public static final int TPID_8021Q = 0x8100;
  public static final int TPID_8021AD = 0x88a8;

  /** No tags. */
  public static final long EMPTY = 0;

  /** Most tags. */
  public static final int LIMIT = 3;

  private static final long TAGS = 0xffff_ffff_ffffL;
  private static final int SERVICE = 0x8000;

  private TagStack() {}

  public static int depth(long stack) {
    return (int) (stack >>> 60);
  }

  /** VLAN of the tag, outermost 0; 0 where there is none. */
  public static int vlan(long stack, int index) {
    return tag(stack, index) & 0xfff;
  }

  /** Priority of the outermost tag, 0 to 7; 0 where there is none. */
  public static int priority(long stack) {
    return (tag(stack, 0) >> 12) & 7;
  }

  /** TPID of the outermost tag; that of 802.1Q where there is none. */
  public static int tpid(long stack) {
    return (tag(stack, 0) & SERVICE) != 0 ? TPID_8021AD : TPID_8021Q;
  }

  /** The outermost tag as {@code PUSH_VLAN} wants it: priority and VLAN. */
  public static int tci(long stack) {
    return (priority(stack) << 13) | vlan(stack, 0);
  }

  /**
   * The stack with one more tag around it, which must have fewer than {@link #LIMIT}.
   *
   * @param tpid one of the two
   */
  public static long push(long stack, int tpid, int priority, int vlan) {
    int depth = depth(stack);
    if (depth == LIMIT) {
      throw new IllegalArgumentException("a frame with more than " + LIMIT + " VLAN tags");
    }
    long tag = (tpid == TPID_8021AD ? SERVICE : 0) | ((long) priority << 12) | vlan;
    return ((long) (depth + 1) << 60) | ((stack & (TAGS >>> 16)) << 16) | tag;
  }

  /** The stack without its outermost tag; an empty one stays so. */
  public static long pop(long stack) {
    int depth = depth(stack);
    return depth <= 1 ? EMPTY : ((long) (depth - 1) << 60) | ((stack & TAGS) >>> 16);
  }

  /** The innermost tags, so many of them. */
  public static long inner(long stack, int depth) {
    long rest = stack;
    while (depth(rest) > depth) {
      rest = pop(rest);
    }
    return rest;
  }

  /** How many of the innermost tags both have. */
  public static int common(long a, long b) {
    int depth = Math.min(depth(a), depth(b));
    while (inner(a, depth) != inner(b, depth)) {
      depth--;
    }
    return depth;
  }

  private static int tag(long stack, int index) {
    return (int) (stack >>> (16 * index)) & 0xffff;
  }

  /** As {@code [8021ad 100 p3][8021q 10]}; for people. */
  public static String toString(long stack) {
    StringBuilder text = new StringBuilder();
    for (long rest = stack; depth(rest) > 0; rest = pop(rest)) {
      text.append(tpid(rest) == TPID_8021AD ? "[8021ad " : "[8021q ").append(vlan(rest, 0));
      if (priority(rest) != 0) {
        text.append(" p").append(priority(rest));
      }
      text.append(']');
    }
    return text.length() == 0 ? "untagged" : text.toString();
  }
}
