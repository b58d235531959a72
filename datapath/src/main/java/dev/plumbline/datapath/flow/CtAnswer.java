// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.flow;

import java.util.List;

/**
 * What connection tracking says of a packet, in the 64 bits that {@link FlowKey} has for it: {@code
 * CT_NEW} and what follows in {@code src/main/bpf/flow.h}. 0: it has not been asked.
 *
 * <pre>
 *   63               32 31         16 15        6 5       0
 *   +------------------+-------------+-----------+---------+
 *   | connection's mark| zone        | bridge    | state   |
 *   +------------------+-------------+-----------+---------+
 * </pre>
 *
 * The state's bits are those of {@code ct_state} in Open vSwitch (ovs-fields(7)). A zone is a
 * bridge's own; here it is a number of both, bridge × 2^16 + zone.
 */
public final class CtAnswer {
  /** It may begin a connection, or nothing has come back of it yet. */
  public static final int NEW = 1;

  /** Of a connection of which packets have come both ways. */
  public static final int EST = 2;

  /** An ICMP error about a packet of a connection. */
  public static final int REL = 4;

  /** It goes to the end that began the connection. */
  public static final int RPL = 8;

  /** Of no connection, and beginning none. */
  public static final int INV = 16;

  /** It has been asked. */
  public static final int TRK = 32;

  private static final List<String> NAMES = List.of("new", "est", "rel", "rpl", "inv", "trk");
  private static final int STATE_BITS = 6;
  private static final int BRIDGE_BITS = 10;

  private CtAnswer() {}

  /**
   * An answer.
   *
   * @param zone bridge × 2^16 + zone
   * @param state of the bits above
   */
  public static long of(int zone, int state, int mark) {
    return ((long) mark << 32)
        | ((zone & 0xffffL) << 16)
        | ((long) (zone >>> 16) << STATE_BITS)
        | state
        | TRK;
  }

  public static int state(long answer) {
    return (int) answer & ((1 << STATE_BITS) - 1);
  }

  /** Bridge × 2^16 + zone. */
  public static int zone(long answer) {
    int bridge = (int) (answer >>> STATE_BITS) & ((1 << BRIDGE_BITS) - 1);
    return (bridge << 16) | ((int) (answer >>> 16) & 0xffff);
  }

  public static int mark(long answer) {
    return (int) (answer >>> 32);
  }

  /** The state as {@code +est+rpl+trk}; for people. */
  public static String text(long answer) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < NAMES.size(); i++) {
      text.append((answer >> i & 1) == 0 ? "" : "+" + NAMES.get(i));
    }
    return text.toString();
  }
}
