// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.openflow;

import java.util.Arrays;

/**
 * All fields of a packet, in 21 words. They are ordered by how little there is to know to have
 * them, so that a lookup goes through them in <b>stages</b>: what the switch itself notes, layer 2,
 * layer 3, layer 4.
 *
 * <pre>
 *   0      tun_id                            stage 0
 *   1      metadata
 *   2–9    reg0 | reg1 … reg14 | reg15
 *   10     ct_zone (16) | ct_state (32) | in_port (16)
 *   11     eth_src (48) | eth_type (16)      stage 1
 *   12     eth_dst (48) | vlan_tci (16)
 *   13     – (32) | ct_mark (32)
 *   14–15  ipv6_src; ip_src or arp_spa in the first 32 bits, arp_sha in the last 48     stage 2
 *   16–17  ipv6_dst; ip_dst or arp_tpa, arp_tha as well
 *   18     ip_proto (8) | ip_frag (8) | tos (8) | ttl (8) | – (12) | ipv6_label (20)
 *   19     tp_src | tp_dst | – (4) | tcp_flags (12) | –                                  stage 3
 *   20     tun_src | tun_dst; here as hardly anybody asks for them
 * </pre>
 *
 * Fields that a packet does not have are 0. Made once, filled many times; not for several threads.
 */
public final class FieldValues {
  public static final int WORDS = 21;

  /** Stage by stage, the first word behind it. */
  private static final int[] STAGE_ENDS = {11, 14, 19, WORDS};

  public static final int STAGES = 4;

  private final long[] words = new long[WORDS];

  /** Index of the first word behind a stage, 0 to {@link #STAGES} - 1. */
  public static int stageEnd(int stage) {
    return STAGE_ENDS[stage];
  }

  public void clear() {
    Arrays.fill(words, 0);
  }

  public void set(FieldValues other) {
    System.arraycopy(other.words, 0, words, 0, WORDS);
  }

  public long word(int index) {
    return words[index];
  }

  public void word(int index, long value) {
    words[index] = value;
  }

  /** A field of at most 64 bits. */
  public long get(MatchField field) {
    return bits(field, 0, field.width());
  }

  /** Sets a field of at most 64 bits; bits beyond its width are not looked at. */
  public void set(MatchField field, long value) {
    bits(field, 0, field.width(), value);
  }

  /**
   * Some bits of a field.
   *
   * @param offset of the lowest
   * @param width 1 to 64
   */
  public long bits(MatchField field, int offset, int width) {
    return bits(words, field, offset, width);
  }

  /** Sets some bits of a field, as {@link #bits(MatchField, int, int)} counts them. */
  public void bits(MatchField field, int offset, int width, long value) {
    bits(words, field, offset, width, value);
  }

  static long bits(long[] words, MatchField field, int offset, int width) {
    if (field.width() <= Long.SIZE) {
      return (words[field.word()] >>> (field.shift() + offset)) & ones(width);
    }
    if (offset >= Long.SIZE) {
      return (words[field.word()] >>> (offset - Long.SIZE)) & ones(width);
    }
    long low = words[field.word() + 1] >>> offset;
    long high = offset == 0 ? 0 : words[field.word()] << (Long.SIZE - offset);
    return (low | high) & ones(width);
  }

  static void bits(long[] words, MatchField field, int offset, int width, long value) {
    long bits = value & ones(width);
    if (field.width() <= Long.SIZE) {
      put(words, field.word(), field.shift() + offset, ones(width), bits);
    } else if (offset >= Long.SIZE) {
      put(words, field.word(), offset - Long.SIZE, ones(width), bits);
    } else {
      put(words, field.word() + 1, offset, ones(width), bits);
      if (offset + width > Long.SIZE) {
        int below = Long.SIZE - offset;
        put(words, field.word(), 0, ones(width) >>> below, bits >>> below);
      }
    }
  }

  private static void put(long[] words, int word, int shift, long mask, long bits) {
    words[word] = (words[word] & ~(mask << shift)) | (bits << shift);
  }

  /** So many 1 bits at the low end, 0 to 64. */
  static long ones(int width) {
    return width == 0 ? 0 : -1L >>> (Long.SIZE - width);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof FieldValues values && Arrays.equals(words, values.words);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(words);
  }
}
