// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.control;

import dev.plumbline.datapath.fastpath.FastPath;
import dev.plumbline.datapath.translate.SwitchState;
import dev.plumbline.netlink.libc.ErrnoException;
import java.util.BitSet;
import java.util.Map;
import java.util.TreeMap;

/** Which ends of tunnels, of those that flows said, have carried nothing for long. */
final class TunnelEnds {
  private static final long LOOK_MILLIS = 1_000;

  /** How many packets an end had carried when that was another number last. */
  private record Carried(long packets, long sinceMillis) {}

  private final FastPath fast;
  private final long idleMillis;
  private final Map<Integer, Carried> carried = new TreeMap<>();
  private long nextLook;

  /**
   * Of one switch.
   *
   * @param idleMillis longer than flows stay that name them
   */
  TunnelEnds(FastPath fast, long idleMillis) {
    this.fast = fast;
    this.idleMillis = idleMillis;
  }

  /** Numbers of those that are to go; looks at most once a second. */
  BitSet idle(SwitchState state, long nowMillis) throws ErrnoException {
    BitSet idle = new BitSet();
    if (nowMillis < nextLook) {
      return idle;
    }
    nextLook = nowMillis + LOOK_MILLIS;
    BitSet ends = state.ends();
    carried.keySet().removeIf(number -> !ends.get(number));
    for (int number = ends.nextSetBit(0); number >= 0; number = ends.nextSetBit(number + 1)) {
      long[] counters = fast.portCounters(number);
      long packets = counters[0] + counters[2];
      Carried before = carried.get(number);
      if (before == null || before.packets() != packets) {
        carried.put(number, new Carried(packets, nowMillis));
      } else if (nowMillis - before.sinceMillis() > idleMillis) {
        idle.set(number);
      }
    }
    return idle;
  }
}
