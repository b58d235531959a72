// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.flow;

/** {@code enum action_type} of {@code src/main/bpf/flow.h}. */
public enum ActionType {
  END(0),
  /** Sends a copy by {@code port}. */
  OUTPUT(1),
  /** {@code arg}: TPID × 2^16 + TCI. */
  PUSH_VLAN(2),
  POP_VLAN(3),
  /** Sends a copy by the port of the bond's bucket; {@code arg}: bond, {@code flags}: hash. */
  BOND(4),
  /** Ends: the frame goes up; {@code arg}: reason. */
  UPCALL(5),
  /** Ends; {@code arg}: reason, counted. */
  DROP(6),
  /** Goes on in a list; {@code arg}: which. The fast path's own: no decision has it. */
  LIST(7),
  /** Changes a header: {@code flags}: {@link SetField}, {@code port} and {@code arg}: to what. */
  SET(8),
  /**
   * Asks connection tracking and looks for the packet's flow again; the only one of its list.
   * {@code arg}: bridge × 2^16 + zone.
   */
  TRACK(9),
  /**
   * Keeps the packet's connection; {@code flags}: which {@link CtAnswer} of the packet says the
   * zone, and whether {@code arg} is the connection's mark from now on.
   */
  COMMIT(10),
  /**
   * Ends for a frame that a meter has no room for; {@code port}: the meter's bridge, {@code arg}:
   * its number. {@code flags}: of how many actions nothing is sent instead, and headers are changed
   * all the same; 0: it ends.
   */
  METER(11);

  private static final ActionType[] BY_CODE = values();

  private final int code;

  ActionType(int code) {
    this.code = code;
  }

  public int code() {
    return code;
  }

  public static ActionType of(int code) {
    return BY_CODE[code];
  }
}
