// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.translate;

import dev.plumbline.datapath.bridge.MacTable;
import dev.plumbline.datapath.bridge.TagStack;
import dev.plumbline.datapath.config.PortConfig.BondMode;
import dev.plumbline.datapath.flow.FlowField;
import dev.plumbline.datapath.flow.FlowKey;
import dev.plumbline.datapath.flow.FlowMask;

/**
 * The action NORMAL: a bridge as IEEE 802.1Q has it, by Open vSwitch's rules (ofproto-dpif-xlate.c,
 * xlate_normal and what it calls; bond.c, bond_check_admissibility). The package says where it
 * differs.
 *
 * <p>Every decision looks at the layer 2 key. Only in bridges with bonds, and there only for
 * broadcast ARP, it looks further: a gratuitous ARP may be a host that moved, or its reflection by
 * the bond.
 */
final class Normal {
  /** The bit of an address that says it is a group's. */
  static final long GROUP = 1L << 40;

  private static final long BROADCAST = 0xffff_ffff_ffffL;

  /** IEEE 802.1Q-2022, table 8-1: 01:80:c2:00:00:00 to 0f are not forwarded by bridges. */
  private static final long RESERVED = 0x0180_c200_0000L;

  private static final int ARP = 0x0806;
  private static final int ARP_REQUEST = 1;
  private static final int ARP_REPLY = 2;

  private Normal() {}

  static void forward(Way way, Bridge bridge, Port in, long arrived) {
    FlowKey key = way.packet();
    Decision decision = way.decision();
    if (!in.vlan().accepts(arrived)) {
      decision.reason(DropReason.VLAN_NOT_ACCEPTED);
      return;
    }
    if (in.vlan().overflows(arrived)) {
      decision.reason(DropReason.TOO_MANY_TAGS);
      return;
    }
    long tags = in.vlan().enter(arrived);
    int vlan = TagStack.vlan(tags, 0);
    if (!bridge.forwardBpdu() && (key.ethDst() & ~0xfL) == RESERVED) {
      decision.reason(DropReason.RESERVED_ADDRESS);
      return;
    }
    if (way.visit(bridge, vlan)) {
      forward(way, bridge, in, arrived, tags);
      way.leave();
    }
  }

  /** In a VLAN: the packet is not on its way through it already. */
  private static void forward(Way way, Bridge bridge, Port in, long arrived, long tags) {
    FlowKey key = way.packet();
    Decision decision = way.decision();
    int vlan = TagStack.vlan(tags, 0);
    boolean gratuitous = bridge.hasBond() && isGratuitousArp(key, decision.mask());
    if (gratuitous) {
      decision.notCacheable(); // each one locks its entry anew, and locks end by the clock
    }
    if (in.kind() == PortKind.MEMBER && !isAdmissible(way, bridge, in, vlan, gratuitous)) {
      return;
    }
    learn(decision, bridge, in, vlan, key.ethSrc(), gratuitous);
    int priority = TagStack.priority(arrived);
    int known = destination(bridge, in, vlan, key);
    DecisionListener listener = way.listener();
    if (listener != null) {
      listener.forwards(vlan, in.logical(), known);
    }
    if (known == 0) {
      flood(way, bridge, in, tags, priority);
    } else {
      send(way, bridge, in, known, tags, priority);
    }
  }

  /**
   * bond_check_admissibility and is_admissible: what a member may take in, so that bonds make no
   * loops.
   */
  private static boolean isAdmissible(
      Way way, Bridge bridge, Port in, int vlan, boolean gratuitous) {
    FlowKey key = way.packet();
    boolean active = way.state().active(in.logical()) == in.number();
    // The other switch sends a group's frames by one link only as far as it knows of links; it
    // knows of no bond, so each member gets them. Active-backup listens to the active member alone.
    if (!active && (in.mode() != BondMode.BALANCE_SLB || (key.ethDst() & GROUP) != 0)) {
      way.decision().reason(DropReason.BOND_INACTIVE);
      return false;
    }
    if (in.mode() != BondMode.BALANCE_SLB) {
      return true;
    }
    // A frame from an address at another port is our own, sent by one member and back by another;
    // unless the host has moved and says so, and that is no reflection either.
    int at = bridge.table().lookup(vlan, key.ethSrc());
    if (at != 0
        && at != in.logical()
        && (!gratuitous || bridge.table().isLocked(vlan, key.ethSrc(), way.nowMillis()))) {
      way.decision().reason(DropReason.BOND_REFLECTED);
      return false;
    }
    return true;
  }

  /** is_gratuitous_arp: a broadcast reply, or a broadcast request of an address for itself. */
  private static boolean isGratuitousArp(FlowKey key, FlowMask mask) {
    if (key.ethType() != ARP || key.ethDst() != BROADCAST) {
      return false;
    }
    mask.use(FlowField.IP_PROTO);
    int operation = key.get(FlowField.IP_PROTO);
    if (operation != ARP_REQUEST) {
      return operation == ARP_REPLY;
    }
    mask.use(FlowField.IP_SRC);
    mask.use(FlowField.IP_DST);
    byte[] bytes = key.bytes();
    for (int i = 0; i < 4; i++) {
      if (bytes[FlowField.IP_SRC.offset() + i] != bytes[FlowField.IP_DST.offset() + i]) {
        return false;
      }
    }
    return true;
  }

  private static void learn(
      Decision decision, Bridge bridge, Port in, int vlan, long mac, boolean gratuitous) {
    if ((mac & GROUP) != 0) {
      return; // a flow has made it one
    }
    Decision.Learn learn = decision.addLearn();
    learn.bridge = bridge.number();
    learn.vlan = vlan;
    learn.mac = mac;
    learn.port = in.logical();
    learn.gratuitous = gratuitous;
    learn.fromBond = in.kind() == PortKind.MEMBER;
  }

  /** Where the destination is; 0: to be flooded. The source counts as learnt already. */
  private static int destination(Bridge bridge, Port in, int vlan, FlowKey key) {
    long mac = key.ethDst();
    if ((mac & GROUP) != 0) {
      return 0;
    }
    MacTable table = bridge.table();
    return mac == key.ethSrc() && !table.isStatic(vlan, mac)
        ? in.logical()
        : table.lookup(vlan, mac);
  }

  private static void send(Way way, Bridge bridge, Port in, int known, long tags, int priority) {
    Port port = way.state().port(known);
    Decision decision = way.decision();
    if (known == in.logical()) {
      decision.reason(DropReason.SAME_PORT);
    } else if (port == null || !way.state().isSendable(port)) {
      decision.reason(DropReason.OUTPUT_DOWN);
    } else if (in.mesh() != 0 && port.mesh() == in.mesh()) {
      decision.reason(DropReason.SAME_MESH);
    } else if (!port.vlan().carries(tags)) {
      decision.reason(DropReason.VLAN_NOT_CARRIED);
    } else {
      output(way, bridge, in, port, tags, priority, true);
    }
  }

  private static void flood(Way way, Bridge bridge, Port in, long tags, int priority) {
    for (int i = 0; i < bridge.logicalPorts().size(); i++) {
      Port port = bridge.logicalPorts().get(i);
      if (port.number() != in.logical()
          && (in.mesh() == 0 || port.mesh() != in.mesh())
          && way.state().isSendable(port)
          && port.vlan().carries(tags)) {
        output(way, bridge, in, port, tags, priority, false);
        if (way.isRefused()) {
          return;
        }
      }
    }
  }

  private static void output(
      Way way, Bridge bridge, Port in, Port port, long tags, int priority, boolean known) {
    if (!way.guard().letsOut(bridge, in, port, TagStack.vlan(tags, 0))) {
      return;
    }
    long leaving = port.vlan().leave(tags, priority);
    if (port.kind() == PortKind.PATCH) {
      Translator.cross(way, port, leaving);
    } else {
      way.output(port, leaving, known);
    }
  }
}
