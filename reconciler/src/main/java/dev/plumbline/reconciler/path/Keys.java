// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.path;

import dev.plumbline.datapath.bridge.TagStack;
import dev.plumbline.datapath.flow.ActionList;
import dev.plumbline.datapath.flow.FlowField;
import dev.plumbline.datapath.flow.FlowKey;
import dev.plumbline.spec.value.IpAddress;

/** Frames as the switch's keys, and what its actions make of them. */
final class Keys {
  private static final int IPV4 = 0x0800;
  private static final int IPV6 = 0x86dd;
  private static final int ARP = 0x0806;
  private static final int SOLICITATION = 135;
  private static final int ADVERTISEMENT = 136;
  private static final int HOPS = 255;

  private Keys() {}

  static FlowKey of(int port, Frame frame) {
    Packet packet = frame.packet();
    boolean ip = packet.kind() == Packet.Kind.IP;
    boolean asks = packet.kind() == Packet.Kind.ASK;
    FlowKey key = new FlowKey();
    key.inPort(port);
    key.ethSrc(frame.source());
    key.ethDst(frame.destination());
    tags(key, frame.tags());
    address(key, FlowField.IP_SRC, packet.source());
    address(key, FlowField.IP_DST, packet.destination());
    key.set(FlowField.ETH_TYPE, packet.isIpv6() ? IPV6 : ip ? IPV4 : ARP);
    if (ip) {
      key.set(FlowField.IP_PROTO, packet.protocol());
      key.set(FlowField.IP_TTL, packet.ttl());
      key.set(FlowField.TP_SRC, packet.sourcePort());
      key.set(FlowField.TP_DST, packet.destinationPort());
    } else if (packet.isIpv6()) {
      key.set(FlowField.IP_PROTO, Packet.ICMPV6);
      key.set(FlowField.IP_TTL, HOPS);
      key.set(FlowField.TP_SRC, asks ? SOLICITATION : ADVERTISEMENT);
    } else {
      key.set(FlowField.IP_PROTO, asks ? 1 : 2);
    }
    return key;
  }

  private static void tags(FlowKey key, long tags) {
    if (TagStack.depth(tags) > 0) {
      key.set(FlowField.VLAN_TPID, TagStack.tpid(tags));
      key.set(FlowField.VLAN_TCI, FlowKey.VLAN_PRESENT | TagStack.tci(tags));
      long inner = TagStack.pop(tags);
      if (TagStack.depth(inner) > 0) {
        key.set(FlowField.INNER_TPID, TagStack.tpid(inner));
        key.set(FlowField.INNER_TCI, FlowKey.VLAN_PRESENT | TagStack.tci(inner));
      }
    }
  }

  private static void address(FlowKey key, FlowField field, IpAddress address) {
    byte[] bytes = address.bytes();
    System.arraycopy(bytes, 0, key.bytes(), field.offset(), bytes.length);
  }

  /** The frame with the header that an action sets. */
  static Frame set(Frame frame, ActionList list, int index) {
    Packet packet = frame.packet();
    long value = list.value(index);
    return switch (list.field(index)) {
      case ETH_DST -> frame.addressed(frame.source(), value);
      case ETH_SRC -> frame.addressed(value, frame.destination());
      case IP_SRC, ARP_SPA ->
          frame.with(packet.from(word(packet.source(), list.port(index), value)));
      case IP_DST, ARP_TPA ->
          frame.with(packet.to(word(packet.destination(), list.port(index), value)));
      case TP_SRC -> frame.with(packet.withPorts((int) value, packet.destinationPort()));
      case TP_DST -> frame.with(packet.withPorts(packet.sourcePort(), (int) value));
      default -> frame; // no decision that is made here looks at it
    };
  }

  private static IpAddress word(IpAddress address, int word, long value) {
    byte[] bytes = address.bytes();
    int first = bytes.length == 4 ? 0 : 4 * word;
    for (int i = 0; i < 4; i++) {
      bytes[first + i] = (byte) (value >> (24 - 8 * i));
    }
    return IpAddress.of(bytes);
  }
}
