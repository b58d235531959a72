// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.flow;

import java.util.Arrays;
import java.util.Locale;

/**
 * Actions in the order in which they are done, each {@code struct action} of {@code
 * src/main/bpf/flow.h} as a long: type in bits 0–7, flags 8–15, port 16–31, arg 32–63. No actions:
 * the packet is dropped without a count. Made once, filled many times.
 */
public final class ActionList {
  /** Most actions: 32 outputs, each with a tag pushed and popped, and some to spare. */
  public static final int LIMIT = 72;

  /** Flag of {@link ActionType#OUTPUT}: no copy of a flood. */
  public static final int OUTPUT_KNOWN = 1;

  /** Hashes of {@link ActionType#BOND}: source MAC address and VLAN (balance-slb). */
  public static final int BOND_HASH_L2 = 0;

  /** MAC addresses, VLAN, IP addresses and ports (balance-tcp). */
  public static final int BOND_HASH_L4 = 1;

  /** Flag of {@link ActionType#COMMIT}: the mark is set. */
  public static final int COMMIT_MARK = 2;

  /** The packet is translated as its connection is. */
  public static final int COMMIT_NAT = 4;

  /** No connection is kept. */
  public static final int COMMIT_NOTHING = 8;

  private final long[] actions = new long[LIMIT];
  private int size;
  private boolean overflowed;

  public void clear() {
    size = 0;
    overflowed = false;
  }

  public int size() {
    return size;
  }

  /** Whether more actions were added than fit: those beyond are lost, the list must not be used. */
  public boolean overflowed() {
    return overflowed;
  }

  /** The action as {@code struct action} is in memory on a little-endian machine. */
  public long encoded(int index) {
    return actions[index];
  }

  public ActionType type(int index) {
    return ActionType.of((int) actions[index] & 0xff);
  }

  public int flags(int index) {
    return (int) (actions[index] >> 8) & 0xff;
  }

  public int port(int index) {
    return (int) (actions[index] >> 16) & 0xffff;
  }

  public int arg(int index) {
    return (int) (actions[index] >> 32);
  }

  /** What a {@link ActionType#SET} changes. */
  public SetField field(int index) {
    return SetField.of(flags(index));
  }

  /** To what a {@link ActionType#SET} changes it; 32 bits, or 48 of a MAC address. */
  public long value(int index) {
    long value = arg(index) & 0xffff_ffffL;
    return field(index).isMac() ? ((long) port(index) << 32) | value : value;
  }

  /**
   * What is to be done before them, {@code prepares} in flow.h: 1 if one of them needs to know what
   * is behind layer 2, as the layer 4 hash of a bond and a header that is changed do; 2 if the
   * first ones keep connections.
   */
  public int prepares() {
    int prepares = commits() ? 2 : 0;
    for (int i = 0; i < size; i++) {
      if ((type(i) == ActionType.BOND && flags(i) == BOND_HASH_L4) || type(i) == ActionType.SET) {
        return prepares | 1;
      }
    }
    return prepares;
  }

  /** Whether the first ones keep connections. */
  public boolean commits() {
    return size > 0 && type(0) == ActionType.COMMIT;
  }

  /** Whether one of them changes a header. */
  public boolean rewrites() {
    for (int i = 0; i < size; i++) {
      if (type(i) == ActionType.SET) {
        return true;
      }
    }
    return false;
  }

  /** Takes back all but the first actions, and that the list {@link #overflowed}. */
  public void truncate(int newSize) {
    size = newSize;
    overflowed = false;
  }

  /** Takes the actions of the other list. */
  public void set(ActionList other) {
    System.arraycopy(other.actions, 0, actions, 0, other.size);
    size = other.size;
    overflowed = other.overflowed;
  }

  public void list(int index) {
    add(ActionType.LIST, 0, 0, index);
  }

  public void output(int port) {
    add(ActionType.OUTPUT, 0, port, 0);
  }

  /** As {@link #output}, where the destination is known to be behind the port: no flood. */
  public void outputKnown(int port) {
    add(ActionType.OUTPUT, OUTPUT_KNOWN, port, 0);
  }

  public void pushVlan(int tpid, int tci) {
    add(ActionType.PUSH_VLAN, 0, 0, (tpid << 16) | (tci & 0xffff));
  }

  public void popVlan() {
    add(ActionType.POP_VLAN, 0, 0, 0);
  }

  public void bond(int bond, int hash) {
    add(ActionType.BOND, hash, 0, bond);
  }

  public void upcall(int reason) {
    add(ActionType.UPCALL, 0, 0, reason);
  }

  public void drop(int reason) {
    add(ActionType.DROP, 0, 0, reason);
  }

  /** Sets a field of at most 32 bits, the whole of it. */
  public void set(SetField field, int value) {
    add(ActionType.SET, field.code(), 0, value);
  }

  /**
   * Sets four bytes of an IPv6 address.
   *
   * @param word which, 0 to 3
   */
  public void setWord(SetField field, int word, int value) {
    add(ActionType.SET, field.code(), word, value);
  }

  /** Sets a MAC address, which is in the low 48 bits. */
  public void setMac(SetField field, long mac) {
    add(ActionType.SET, field.code(), (int) (mac >> 32), (int) mac);
  }

  /**
   * Asks connection tracking.
   *
   * @param zone bridge × 2^16 + zone
   */
  public void track(int zone) {
    add(ActionType.TRACK, 0, 0, zone);
  }

  /**
   * Keeps the packet's connection.
   *
   * @param answer index of the {@link CtAnswer} that says the zone
   * @param flags {@code COMMIT_*}
   * @param mark of the connection from now on, if the flags say so
   * @param range number of the {@link NatRange} that a new one is translated to; 0: none
   */
  public void commit(int answer, int flags, int mark, int range) {
    add(ActionType.COMMIT, answer | flags, range, (flags & COMMIT_MARK) == 0 ? 0 : mark);
  }

  /**
   * Asks a meter of a bridge for room.
   *
   * @return for {@link #endMeter}
   */
  public int meter(int bridge, long number) {
    add(ActionType.METER, 0, bridge, (int) number);
    return size - 1;
  }

  /** What a meter has no room for is sent by what is added from now on all the same. */
  public void endMeter(int index) {
    actions[index] |= (long) (size - 1 - index) << 8;
  }

  /** Adds one as {@link #encoded} gives it. */
  public void addEncoded(long action) {
    if (size == LIMIT) {
      overflowed = true;
      return;
    }
    actions[size++] = action;
  }

  private void add(ActionType type, int flags, int port, int arg) {
    addEncoded(
        type.code()
            | ((flags & 0xffL) << 8)
            | ((port & 0xffffL) << 16)
            | ((arg & 0xffffffffL) << 32));
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ActionList list
        && size == list.size
        && overflowed == list.overflowed
        && Arrays.equals(actions, 0, size, list.actions, 0, size);
  }

  @Override
  public int hashCode() {
    int hash = size;
    for (int i = 0; i < size; i++) {
      hash = 31 * hash + Long.hashCode(actions[i]);
    }
    return hash;
  }

  /** As {@code push_vlan(10),output:3}; for people. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < size; i++) {
      text.append(i == 0 ? "" : ",");
      switch (type(i)) {
        case END -> text.append("end");
        case OUTPUT -> text.append("output:").append(port(i));
        case PUSH_VLAN ->
            text.append("push_vlan(tpid=0x")
                .append(Integer.toHexString(arg(i) >>> 16))
                .append(",vid=")
                .append(arg(i) & 0xfff)
                .append(",pcp=")
                .append((arg(i) >> 13) & 7)
                .append(')');
        case POP_VLAN -> text.append("pop_vlan");
        case BOND -> text.append("bond:").append(arg(i));
        case UPCALL -> text.append("upcall(").append(arg(i)).append(')');
        case DROP -> text.append("drop(").append(arg(i)).append(')');
        case LIST -> text.append("list:").append(arg(i));
        case SET -> text.append(setText(i));
        case TRACK, COMMIT -> text.append(ctText(i, ""));
        case METER -> text.append(meterText(i));
      }
    }
    return size == 0 ? "drop" : text.toString();
  }

  /**
   * A {@link ActionType#TRACK} or {@link ActionType#COMMIT}; for people.
   *
   * @param range its, as {@code nat(src=192.0.2.9)}; empty: none, or it is not known
   */
  public String ctText(int index, String range) {
    if (type(index) == ActionType.TRACK) {
      return "track(zone=" + (arg(index) & 0xffff) + ")";
    }
    boolean isKept = (flags(index) & COMMIT_NOTHING) == 0;
    boolean hasMark = (flags(index) & COMMIT_MARK) != 0;
    String mark = hasMark ? "(mark=0x" + Integer.toHexString(arg(index)) + ")" : "";
    if ((flags(index) & COMMIT_NAT) != 0) {
      return (isKept ? "commit" + mark + "," : "") + (range.isEmpty() ? "nat" : range);
    }
    return isKept ? "commit" + mark + (range.isEmpty() ? "" : "(for others: " + range + ")") : "";
  }

  /** A {@link ActionType#METER}; for people. */
  public String meterText(int index) {
    String held = flags(index) == 0 ? "" : ",actions=" + flags(index);
    return "meter(" + (arg(index) & 0xffff_ffffL) + held + ")";
  }

  /** A {@link ActionType#SET} as {@code set(ip_ttl=0x3f)}; for people. */
  public String setText(int index) {
    SetField field = field(index);
    String word = !field.isMac() && port(index) > 0 ? "[" + port(index) + "]" : "";
    return "set(%s%s=0x%x)".formatted(field.name().toLowerCase(Locale.ROOT), word, value(index));
  }
}
