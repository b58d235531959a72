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

  private final long[] values;
  private final long[] masks;

  private Match(long[] values, long[] masks) {
    this.values = values;
    this.masks = masks;
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

    public Match build() {
      return new Match(values.clone(), masks.clone());
    }
  }

  /** The same, to be changed. */
  public Builder toBuilder() {
    Builder builder = new Builder();
    for (int i = 0; i < FieldValues.WORDS; i++) {
      builder.word(i, values[i], masks[i]);
    }
    return builder;
  }

  /** The bits of a word of {@link FieldValues} that are asked for. */
  public long mask(int word) {
    return masks[word];
  }

  public long value(int word) {
    return values[word];
  }

  /** The bits of a field of at most 64 bits that are asked for. */
  public long mask(MatchField field) {
    return FieldValues.bits(masks, field, 0, field.width());
  }

  public long value(MatchField field) {
    return FieldValues.bits(values, field, 0, field.width());
  }

  /** Whether it asks for the whole of a field of at most 64 bits. */
  boolean isExact(MatchField field) {
    return mask(field) == FieldValues.ones(field.width());
  }

  /** Whether the flow is for the packet. */
  public boolean matches(FieldValues packet) {
    for (int i = 0; i < FieldValues.WORDS; i++) {
      if (((packet.word(i) ^ values[i]) & masks[i]) != 0) {
        return false;
      }
    }
    return true;
  }

  /** Whether both ask for the same bits. */
  public boolean sameMask(Match other) {
    return Arrays.equals(masks, other.masks);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Match match
        && Arrays.equals(values, match.values)
        && Arrays.equals(masks, match.masks);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(values) + Arrays.hashCode(masks);
  }

  /** As ovs-ofctl prints it, with the numbers of ports; for people. */
  @Override
  public String toString() {
    return MatchPrinter.print(this, PortNames.NUMBERS);
  }
}
