// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.control;

import dev.plumbline.datapath.bridge.MacTable;
import dev.plumbline.datapath.fastpath.FastPath;
import dev.plumbline.datapath.flow.ActionList;
import dev.plumbline.datapath.flow.FlowField;
import dev.plumbline.datapath.flow.FlowKey;
import dev.plumbline.datapath.packet.GratuitousArp;
import dev.plumbline.datapath.translate.Decision;
import dev.plumbline.datapath.translate.PortNumbers;
import dev.plumbline.datapath.translate.SwitchState;
import dev.plumbline.datapath.translate.Translator;
import dev.plumbline.datapath.upcall.UpcallBatch;
import dev.plumbline.netlink.libc.ErrnoException;
import dev.plumbline.netlink.libc.Memory;
import java.util.ArrayList;
import java.util.List;

/**
 * After a bond's failover the switches at the other end must learn anew behind which of their ports
 * our hosts are: for each address that is known at another port than the bond, a RARP frame from it
 * goes out by the bond, as Open vSwitch and Linux send it. No guest sees it.
 */
final class Announcer {
  private record Known(int vlan, long mac, int port) {}

  private static final int TYPE_RARP = 0x8035;
  private static final int TPID = 0x8100;
  private static final long BROADCAST = 0xffff_ffff_ffffL;
  private static final int PLACE_BYTES = 128;
  private static final int FRAME_OFFSET = 16;

  private final FastPath fast;
  private final Memory memory = Memory.allocate(FastPath.SLOTS * PLACE_BYTES);
  private final Translator translator = new Translator();
  private final Decision decision = new Decision();
  private final FlowKey key = new FlowKey();
  private final ActionList actions = new ActionList();
  private int waiting;
  private long sent;

  Announcer(FastPath fast) {
    this.fast = fast;
  }

  /** Announces all that is to be known behind the bond. */
  void announce(SwitchState state, int bond, long nowMillis) throws ErrnoException {
    List<Known> all = new ArrayList<>();
    for (int bridge : state.numbers().bridges().values()) {
      MacTable table = state.table(bridge);
      if (table != null) {
        table.forEach(
            nowMillis,
            (vlan, mac, port, ageMillis, isStatic) -> all.add(new Known(vlan, mac, port)));
      }
    }
    for (Known one : all) {
      if (one.port() < PortNumbers.BONDS && state.logical(one.port()) != bond) {
        announce(state, bond, one.port(), one.vlan(), one.mac(), nowMillis);
      }
    }
    flush();
  }

  /** As if the host had sent the frame, of which only what leaves by the bond is done. */
  private void announce(SwitchState state, int bond, int port, int vlan, long mac, long nowMillis)
      throws ErrnoException {
    if (!decide(state, bond, port, 0, vlan, mac, nowMillis)
        && !decide(state, bond, port, vlan | FlowKey.VLAN_PRESENT, vlan, mac, nowMillis)) {
      return; // the bond does not carry its VLAN
    }
    int tci = key.vlanTci();
    int at = waiting * PLACE_BYTES;
    for (int i = 0; i < UpcallBatch.VNET_BYTES; i++) {
      memory.buffer().put(at + i, (byte) 0);
    }
    GratuitousArp.writeRarp(memory.buffer(), at + FRAME_OFFSET, mac);
    fast.slot(waiting, key, tci == 0 ? 0 : TPID, tci, 0, 0, actions);
    boolean unused = fast.send(memory, at, at + FRAME_OFFSET, GratuitousArp.FRAME_BYTES, waiting);
    sent++;
    if (++waiting == FastPath.SLOTS) {
      flush();
    }
  }

  private boolean decide(
      SwitchState state, int bond, int port, int tci, int vlan, long mac, long nowMillis) {
    key.clear();
    key.inPort(port);
    key.ethSrc(mac);
    key.ethDst(BROADCAST);
    key.set(FlowField.ETH_TYPE, TYPE_RARP);
    if (tci != 0) {
      key.set(FlowField.VLAN_TCI, tci);
      key.set(FlowField.VLAN_TPID, TPID);
    }
    translator.translate(key, state, nowMillis, decision);
    return decision.learns() > 0
        && decision.learn(0).vlan() == vlan
        && decision.fillOnly(bond, actions);
  }

  private void flush() throws ErrnoException {
    fast.flush();
    waiting = 0;
  }

  /** Frames sent. */
  long sent() {
    return sent;
  }
}
