// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.control;

import dev.plumbline.datapath.flow.FlowKey;
import java.util.Arrays;

/**
 * The addresses on whose places the flows in the fast path depend: their destinations, and behind
 * bonds their sources. An address that none of them depends on may come, move and go without a walk
 * over all flows; a flood of new sources does nothing else.
 *
 * <p>A bit for each address by its hash (Bloom 1970, with one hash function), so some are in here
 * that should not be, which costs a walk, but none is missing. Bits are set when flows are
 * installed, and all of them anew by each walk.
 */
final class FlowAddresses {
  private static final int BITS_LOG = 16;
  private static final long GROUP = 1L << 40;

  private long[] bits = new long[1 << (BITS_LOG - 6)];
  private long[] next = new long[bits.length];

  FlowAddresses() {
    addEverything();
  }

  /** Flows may depend on any address, until the next whole walk. */
  void addEverything() {
    Arrays.fill(bits, -1);
  }

  /**
   * There is a flow of this key.
   *
   * @param bySource whether it depends on its source's place too
   */
  void add(FlowKey key, boolean bySource) {
    add(bits, key, bySource);
  }

  /** A walk over all flows begins; until it ends, nothing is taken away. */
  void beginWalk() {
    Arrays.fill(next, 0);
  }

  /** The walk came by a flow, which stays. */
  void walkedBy(FlowKey key, boolean bySource) {
    add(next, key, bySource);
  }

  /** The walk has seen all flows; none was installed meanwhile. */
  void endWalk() {
    long[] before = bits;
    bits = next;
    next = before;
  }

  private static void add(long[] to, FlowKey key, boolean bySource) {
    if ((key.ethDst() & GROUP) == 0) {
      set(to, key.ethDst());
    }
    if (bySource) {
      set(to, key.ethSrc());
    }
  }

  private static void set(long[] to, long mac) {
    int bit = bit(mac);
    to[bit >> 6] |= 1L << bit;
  }

  /** Whether a flow may depend on the address's place. */
  boolean mayContain(long mac) {
    int bit = bit(mac);
    return (bits[bit >> 6] & (1L << bit)) != 0;
  }

  private static int bit(long mac) {
    return (int) ((mac * 0x9e3779b97f4a7c15L) >>> (64 - BITS_LOG));
  }
}
