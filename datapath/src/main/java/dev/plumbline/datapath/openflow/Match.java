// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.openflow;

import java.util.Arrays;

/**
 * Which packets a flow is for: values of some bits of their fields. Bits that are not asked for
 * have the value 0, so that matches for the same packets are equal.
 */
public final class Match {
  /** Every packet. */
  public static final Match ANY = new Builder().build();

  /** Which words of {@link FieldValues} are asked for: bit by bit from the lowest. */
  private final int asked;

  /** Of the words that are asked for, in order: the values of all, then the masks of all. */
  private final long[] bits;

  private Match(long[] values, long[] masks) {
    int words = 0;
    for (int i = 0; i < FieldValues.WORDS; i++) {
      words |= masks[i] == 0 ? 0 : 1 << i;
    }
    asked = words;
    int count = Integer.bitCount(words);
    bits = new long[2 * count];
    int next = 0;
    for (int i = 0; i < FieldValues.WORDS; i++) {
      if (masks[i] != 0) {
        bits[next] = values[i];
        bits[count + next++] = masks[i];
      }
    }
  }

  /** Makes a match. */
  public static final class Builder {
    private final long[] values = new long[FieldValues.WORDS];
    private final long[] masks = new long[FieldValues.WORDS];

    /** Asks for the whole of a field of at most 64 bits. */
    public Builder field(MatchField field, long value) {
      return bits(field, 0, field.width(), value);
    }

    /** Asks for some bits of a field of at most 64 bits. */
    public Builder field(MatchField field, long value, long mask) {
      long[] asked = new long[FieldValues.WORDS];
      long[] wanted = new long[FieldValues.WORDS];
      FieldValues.bits(asked, field, 0, field.width(), mask);
      FieldValues.bits(wanted, field, 0, field.width(), value);
      for (int i = 0; i < asked.length; i++) {
        word(i, wanted[i], asked[i]);
      }
      return this;
    }

    /** Asks for bits of a field; {@code width} is at most 64. */
    public Builder bits(MatchField field, int offset, int width, long value) {
      FieldValues.bits(masks, field, offset, width, -1);
      FieldValues.bits(values, field, offset, width, value);
      return this;
    }

    /** Asks for bits of a word of {@link FieldValues}. */
    public Builder word(int index, long value, long mask) {
      masks[index] |= mask;
      values[index] = (values[index] & ~mask) | (value & mask);
      return this;
    }

    /** Whether some of these bits are asked for already, with other values. */
    boolean contradicts(int index, long value, long mask) {
      return ((values[index] ^ value) & masks[index] & mask) != 0;
    }

    /** The value of a field of less than 64 bits whose whole is asked for; otherwise -1. */
    long exact(MatchField field) {
      long all = FieldValues.ones(field.width());
      boolean isExact = ((masks[field.word()] >>> field.shift()) & all) == all;
      return isExact ? (values[field.word()] >>> field.shift()) & all : -1;
    }

    public Match build() {
      return new Match(values, masks);
    }
  }

  /** The same, to be changed. */
  public Builder toBuilder() {
    Builder builder = new Builder();
    for (int i = 0; i < FieldValues.WORDS; i++) {
      builder.word(i, value(i), mask(i));
    }
    return builder;
  }

  private boolean asks(int word) {
    return ((asked >>> word) & 1) != 0;
  }

  /** How many words that are asked for are before this one. */
  private int index(int word) {
    return Integer.bitCount(asked & ((1 << word) - 1));
  }

  /** The bits of a word of {@link FieldValues} that are asked for. */
  public long mask(int word) {
    return asks(word) ? bits[bits.length / 2 + index(word)] : 0;
  }

  public long value(int word) {
    return asks(word) ? bits[index(word)] : 0;
  }

  /** The bits of a field of at most 64 bits that are asked for. */
  public long mask(MatchField field) {
    return (mask(field.word()) >>> field.shift()) & FieldValues.ones(field.width());
  }

  public long value(MatchField field) {
    return (value(field.word()) >>> field.shift()) & FieldValues.ones(field.width());
  }

  /** The value of a field of less than 64 bits whose whole is asked for; otherwise -1. */
  long exact(MatchField field) {
    return isExact(field) ? value(field) : -1;
  }

  /** Whether it asks for the whole of a field of at most 64 bits. */
  boolean isExact(MatchField field) {
    return mask(field) == FieldValues.ones(field.width());
  }

  /** Whether the flow is for the packet. */
  public boolean matches(FieldValues packet) {
    int masks = bits.length / 2;
    int next = 0;
    for (int left = asked; left != 0; left &= left - 1) {
      long differs = packet.word(Integer.numberOfTrailingZeros(left)) ^ bits[next];
      if ((differs & bits[masks + next++]) != 0) {
        return false;
      }
    }
    return true;
  }

  /** Whether both ask for the same bits. */
  public boolean sameMask(Match other) {
    int masks = bits.length / 2;
    return asked == other.asked
        && Arrays.equals(bits, masks, bits.length, other.bits, masks, bits.length);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Match match && asked == match.asked && Arrays.equals(bits, match.bits);
  }

  @Override
  public int hashCode() {
    return 31 * asked + Arrays.hashCode(bits);
  }

  /** As ovs-ofctl prints it, with the numbers of ports; for people. */
  @Override
  public String toString() {
    return MatchPrinter.print(this, PortNames.NUMBERS);
  }
}
