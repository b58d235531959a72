// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.fastpath;

import dev.plumbline.datapath.flow.FlowKey;
import dev.plumbline.datapath.flow.FlowMask;

/**
 * The few masks of the fast path: never more than eight, so that no traffic can make a lookup slow
 * (CVE-2019-25076). A flow may be installed under any mask that asks for all the bits that its
 * decision needs; the last one asks for all there are, so that there always is one.
 */
final class MaskTable {
  static final int LIMIT = 8;

  private final byte[][] masks = new byte[LIMIT][];
  private int size;

  /**
   * The mask to install a flow under: the one with fewest bits of those that have all that are
   * needed.
   *
   * @return its index; {@link #size} may have grown by it
   */
  int index(FlowMask needed) {
    int best = -1;
    for (int i = 0; i < size; i++) {
      if (covers(masks[i], needed.bytes()) && (best < 0 || bits(masks[i]) < bits(masks[best]))) {
        best = i;
      }
    }
    if (best >= 0 && (size == LIMIT || bits(masks[best]) == bits(needed.bytes()))) {
      return best;
    }
    if (size == LIMIT - 1) {
      byte[] all = new byte[FlowKey.BYTES];
      java.util.Arrays.fill(all, (byte) 0xff);
      masks[size] = all;
      return size++;
    }
    masks[size] = needed.bytes().clone();
    return size++;
  }

  int size() {
    return size;
  }

  byte[] bytes(int index) {
    return masks[index];
  }

  /** Takes a mask as an earlier process left it. */
  void adopt(byte[] mask) {
    masks[size++] = mask.clone();
  }

  private static boolean covers(byte[] mask, byte[] needed) {
    for (int i = 0; i < FlowKey.BYTES; i++) {
      if ((needed[i] & ~mask[i]) != 0) {
        return false;
      }
    }
    return true;
  }

  private static int bits(byte[] mask) {
    int bits = 0;
    for (byte one : mask) {
      bits += Integer.bitCount(one & 0xff);
    }
    return bits;
  }
}
