// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.control;

import dev.plumbline.datapath.flow.FlowKey;
import java.util.Arrays;

/**
 * The addresses on whose places the flows in the fast path depend: their destinations, and behind
 * bonds their sources. An address that none of them depends on may come, move and go without a walk
 * over all flows; a flood of new sources does nothing else.
 *
 * <p>Addresses are added when flows are installed, and all of them anew by each walk. Beyond
 * {@value #LIMIT} of them, flows may depend on any.
 */
final class FlowAddresses {
  static final int LIMIT = 8_192;

  private static final long GROUP = 1L << 40;

  private Set now = new Set();
  private Set next = new Set();

  FlowAddresses() {
    addEverything();
  }

  /** Flows may depend on any address, until the next whole walk. */
  void addEverything() {
    now.size = LIMIT;
  }

  /**
   * There is a flow of this key.
   *
   * @param bySource whether it depends on its source's place too
   */
  void add(FlowKey key, boolean bySource) {
    now.add(key, bySource);
  }

  /** A walk over all flows begins; until it ends, nothing is taken away. */
  void beginWalk() {
    next.clear();
  }

  /** The walk came by a flow, which stays. */
  void walkedBy(FlowKey key, boolean bySource) {
    next.add(key, bySource);
  }

  /** The walk has seen all flows; none was installed meanwhile. */
  void endWalk() {
    Set before = now;
    now = next;
    next = before;
  }

  /** Whether a flow may depend on the address's place. */
  boolean mayContain(long mac) {
    return now.size == LIMIT || now.macs[now.place(mac)] != Set.FREE;
  }

  /** By hash, half full at most. */
  private static final class Set {
    private static final int PLACES = 2 * LIMIT;
    private static final long FREE = -1;

    private final long[] macs = new long[PLACES];
    private int size;

    Set() {
      clear();
    }

    private void clear() {
      Arrays.fill(macs, FREE);
      size = 0;
    }

    private void add(FlowKey key, boolean bySource) {
      if ((key.ethDst() & GROUP) == 0) {
        add(key.ethDst());
      }
      if (bySource) {
        add(key.ethSrc());
      }
    }

    private void add(long mac) {
      if (size == LIMIT) {
        return;
      }
      int place = place(mac);
      if (macs[place] == FREE) {
        macs[place] = mac;
        size++;
      }
    }

    /** Where the address is, or would be. */
    private int place(long mac) {
      int place = (int) ((mac * 0x9e3779b97f4a7c15L) >>> 40) & (PLACES - 1);
      while (macs[place] != FREE && macs[place] != mac) {
        place = (place + 1) & (PLACES - 1);
      }
      return place;
    }
  }
}
