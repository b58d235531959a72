// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.openflow;

/**
 * Bits of a field that lie side by side.
 *
 * @param offset of the lowest, from 0
 * @param width 1 to the field's
 */
public record Subfield(MatchField field, int offset, int width) {
  public Subfield {
    if (offset < 0 || width < 1 || offset + width > field.width()) {
      throw new IllegalArgumentException(
          field + " has no bits " + offset + ".." + (offset + width - 1));
    }
  }

  /** The whole of a field. */
  public static Subfield of(MatchField field) {
    return new Subfield(field, 0, field.width());
  }

  /** As {@code NXM_NX_REG0[0..5]}, {@code NXM_NX_REG0[3]} or {@code NXM_NX_REG0[]}. */
  @Override
  public String toString() {
    String bits = "";
    if (width == 1) {
      bits = Integer.toString(offset);
    }
    if (width > 1 && width < field.width()) {
      bits = offset + ".." + (offset + width - 1);
    }
    return field.codeName() + "[" + (width == field.width() ? "" : bits) + "]";
  }
}
