// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.control;

import dev.plumbline.datapath.bridge.MacTable;
import dev.plumbline.datapath.flow.ActionList;
import dev.plumbline.datapath.flow.FlowField;
import dev.plumbline.datapath.flow.FlowKey;
import dev.plumbline.datapath.packet.GratuitousArp;
import dev.plumbline.datapath.translate.Decision;
import dev.plumbline.datapath.translate.PortNumbers;
import dev.plumbline.datapath.translate.SwitchState;
import dev.plumbline.datapath.translate.Translator;
import dev.plumbline.datapath.upcall.Injector;
import dev.plumbline.datapath.upcall.SlotTable;
import dev.plumbline.datapath.upcall.UpcallBatch;
import dev.plumbline.netlink.libc.Memory;

/**
 * After a bond's failover the switches at the other end must learn anew behind which of their ports
 * our hosts are: for each address that is known at another port than the bond, a RARP frame from it
 * goes out by the bond, as Open vSwitch and Linux send it. No guest sees it.
 */
final class Announcer {
  private static final int TYPE_RARP = 0x8035;
  private static final int TPID = 0x8100;
  private static final long BROADCAST = 0xffff_ffff_ffffL;
  private static final int PLACE_BYTES = 128;
  private static final int FRAME_OFFSET = 16;

  private final SlotTable slots;
  private final Injector injector;
  private final Memory memory = Memory.allocate(SlotTable.SLOTS * PLACE_BYTES);
  private final Translator translator = new Translator();
  private final Decision decision = new Decision();
  private final FlowKey key = new FlowKey();
  private final ActionList actions = new ActionList();
  private int waiting;
  private long sent;

  Announcer(SlotTable slots, Injector injector) {
    this.slots = slots;
    this.injector = injector;
  }

  /** Announces all that is to be known behind the bond. */
  void announce(SwitchState state, int bond, long nowMillis) {
    for (int bridge : state.numbers().bridges().values()) {
      MacTable table = state.table(bridge);
      if (table != null) {
        table.forEach(
            nowMillis,
            (vlan, mac, port, ageMillis, isStatic) -> {
              if (port < PortNumbers.BONDS && state.logical(port) != bond) {
                announce(state, bond, port, vlan, mac, nowMillis);
              }
            });
      }
    }
    flush();
  }

  /** As if the host had sent the frame, of which only what leaves by the bond is done. */
  private void announce(SwitchState state, int bond, int port, int vlan, long mac, long nowMillis) {
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
    slots.write(waiting, port, tci, tci == 0 ? 0 : TPID, actions);
    boolean unused =
        injector.add(memory, at, at + FRAME_OFFSET, GratuitousArp.FRAME_BYTES, waiting);
    sent++;
    if (++waiting == SlotTable.SLOTS) {
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

  private void flush() {
    int unused = injector.flush();
    waiting = 0;
  }

  /** Frames sent. */
  long sent() {
    return sent;
  }
}
