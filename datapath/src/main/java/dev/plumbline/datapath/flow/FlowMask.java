// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.flow;

import java.util.Arrays;

/**
 * Which bits of a {@link FlowKey} a decision depends on: what {@code translate} looked at. A
 * megaflow may ask for more bits than its decision needs, never for fewer.
 */
public final class FlowMask {
  private final byte[] bytes = new byte[FlowKey.BYTES];

  public void clear() {
    Arrays.fill(bytes, (byte) 0);
  }

  /** The mask's own bytes, not a copy: 1 bits are looked at. */
  public byte[] bytes() {
    return bytes;
  }

  /** Notes that the whole field was looked at. */
  public void use(FlowField field) {
    Arrays.fill(bytes, field.offset(), field.offset() + field.length(), (byte) 0xff);
  }

  /** Notes that the whole layer 2 key was looked at, as every NORMAL decision does. */
  public void useLayer2() {
    Arrays.fill(bytes, 0, FlowKey.LAYER2_BYTES, (byte) 0xff);
  }

  /**
   * Notes that connection tracking was asked, and what it said was looked at.
   *
   * @param index 0 or 1
   * @param withMark whether the connection's mark was looked at, too
   */
  public void useCt(int index, boolean withMark) {
    int offset = FlowKey.ctOffset(index);
    Arrays.fill(bytes, withMark ? offset : offset + Integer.BYTES, offset + Long.BYTES, (byte) -1);
  }

  /** Whether nothing behind the layer 2 key was looked at. */
  public boolean isLayer2() {
    for (int i = FlowKey.LAYER2_BYTES; i < FlowKey.BYTES; i++) {
      if (bytes[i] != 0) {
        return false;
      }
    }
    return true;
  }

  /** Whether the two keys are the same to this mask. */
  public boolean matches(FlowKey a, FlowKey b) {
    byte[] left = a.bytes();
    byte[] right = b.bytes();
    for (int i = 0; i < FlowKey.BYTES; i++) {
      if (((left[i] ^ right[i]) & bytes[i]) != 0) {
        return false;
      }
    }
    return true;
  }
}
