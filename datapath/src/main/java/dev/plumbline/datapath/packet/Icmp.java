// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.packet;

import static dev.plumbline.datapath.packet.Wire.u16;
import static dev.plumbline.datapath.packet.Wire.u32;
import static dev.plumbline.datapath.packet.Wire.u8;

import dev.plumbline.datapath.flow.FlowField;
import dev.plumbline.datapath.flow.FlowKey;
import java.nio.ByteBuffer;

/**
 * Tells a sender that its packet is too big for a tunnel: ICMP "fragmentation needed and DF set"
 * (RFC 792, RFC 1191 4) and ICMPv6 "packet too big" (RFC 4443 3.2). A switch has no IP address of
 * its own, so the message comes from the one the packet was sent to, with the MAC addresses turned
 * round, as the kernel's iptunnel_pmtud_build_icmp does; else the tunnel would be a black hole.
 */
public final class Icmp {
  /** Most bytes of a message's frame: RFC 4443 2.4 (c), behind an Ethernet header and two tags. */
  public static final int FRAME_BYTES = 22 + 1280;

  private static final int IPV4_LIMIT = 576; // RFC 1812 4.3.2.3
  private static final int IPV6_LIMIT = 1280;
  private static final int IPV4_LEAST_MTU = 68; // RFC 791 3.2
  private static final int IPV6_LEAST_MTU = 1280; // RFC 8200 5
  private static final int ICMP_BYTES = 8;
  private static final int DONT_FRAGMENT = 0x4000;
  private static final int HOPS = 64;

  private final PacketParser parser = new PacketParser();
  private final FlowKey key = new FlowKey();

  /**
   * Writes the message for a frame that does not fit. It has the frame's tags.
   *
   * @param mtu most bytes of an IP packet that would; the least that IP allows if it is less
   * @param to where to write, {@link #FRAME_BYTES} at most
   * @return bytes of the message's frame; 0 if there must be none: the packet may be fragmented, is
   *     a later fragment or an ICMP error itself, was not sent by one station to one (RFC 1122
   *     3.2.2, RFC 4443 2.4 (e)), or is no IP in Ethernet II
   */
  public int tooBig(ByteBuffer frame, int offset, int length, int mtu, ByteBuffer to, int at) {
    if (!parser.parse(frame, offset, length, key) || parser.transportOffset() < 0) {
      return 0;
    }
    int tags = (key.vlanTci() != 0 ? 1 : 0) + (key.get(FlowField.INNER_TCI) != 0 ? 1 : 0);
    int network = parser.networkOffset();
    boolean ethernetII = network == Wire.ETHERNET_BYTES + tags * Wire.TAG_BYTES;
    if (!ethernetII
        || isGroup(key.ethDst())
        || isGroup(key.ethSrc())
        || key.get(FlowField.IP_FRAG) == 3) {
      return 0;
    }
    boolean ipv4 = key.ethType() == Wire.TYPE_IPV4;
    int packet = offset + network;
    if (ipv4 ? !isAnswerableIpv4(frame, packet) : !isAnswerableIpv6(frame, packet)) {
      return 0;
    }
    Wire.mac(to, at, key.ethSrc());
    Wire.mac(to, at + Wire.MAC_BYTES, key.ethDst());
    to.put(at + Wire.TYPE_OFFSET, frame, offset + Wire.TYPE_OFFSET, network - Wire.TYPE_OFFSET);
    int packetBytes = parser.packetEnd() - network;
    int written =
        ipv4
            ? ipv4(frame, packet, packetBytes, Math.max(mtu, IPV4_LEAST_MTU), to, at + network)
            : ipv6(frame, packet, packetBytes, Math.max(mtu, IPV6_LEAST_MTU), to, at + network);
    return network + written;
  }

  private static int ipv4(
      ByteBuffer frame, int packet, int packetBytes, int mtu, ByteBuffer to, int ip) {
    int quoted = Math.min(packetBytes, IPV4_LIMIT - Wire.IPV4_BYTES - ICMP_BYTES);
    int icmp = ip + Wire.IPV4_BYTES;
    u16(to, ip, 0x45c0); // precedence "internetwork control", RFC 1812 4.3.2.5
    u16(to, ip + 2, Wire.IPV4_BYTES + ICMP_BYTES + quoted);
    u32(to, ip + 4, DONT_FRAGMENT);
    u16(to, ip + 8, (HOPS << 8) | Wire.PROTO_ICMP);
    u32(to, ip + 12, u32(frame, packet + 16));
    u32(to, ip + 16, u32(frame, packet + 12));
    Checksums.writeIpv4(to, ip, Wire.IPV4_BYTES);
    u32(to, icmp, 0x03040000); // destination unreachable, fragmentation needed
    u32(to, icmp + 4, Math.min(mtu, 0xffff));
    to.put(icmp + ICMP_BYTES, frame, packet, quoted);
    u16(to, icmp + 2, Checksums.finish(Checksums.sum(to, icmp, ICMP_BYTES + quoted)));
    return Wire.IPV4_BYTES + ICMP_BYTES + quoted;
  }

  private static int ipv6(
      ByteBuffer frame, int packet, int packetBytes, int mtu, ByteBuffer to, int ip) {
    int quoted = Math.min(packetBytes, IPV6_LIMIT - Wire.IPV6_BYTES - ICMP_BYTES);
    int icmp = ip + Wire.IPV6_BYTES;
    int messageBytes = ICMP_BYTES + quoted;
    u32(to, ip, 6 << 28);
    u16(to, ip + 4, messageBytes);
    u16(to, ip + 6, (Wire.PROTO_ICMPV6 << 8) | HOPS);
    to.put(ip + 8, frame, packet + 24, 16);
    to.put(ip + 24, frame, packet + 8, 16);
    u32(to, icmp, 0x02000000); // packet too big
    u32(to, icmp + 4, mtu);
    to.put(icmp + ICMP_BYTES, frame, packet, quoted);
    long pseudo = Checksums.pseudoIpv6(to, ip, Wire.PROTO_ICMPV6, messageBytes);
    u16(to, icmp + 2, Checksums.finish(pseudo + Checksums.sum(to, icmp, messageBytes)));
    return Wire.IPV6_BYTES + messageBytes;
  }

  private boolean isAnswerableIpv4(ByteBuffer frame, int packet) {
    boolean mayNotFragment = (u16(frame, packet + 6) & DONT_FRAGMENT) != 0;
    return mayNotFragment
        && isStation(u8(frame, packet + 12))
        && isStation(u8(frame, packet + 16))
        && !(key.get(FlowField.IP_PROTO) == Wire.PROTO_ICMP && isError(key));
  }

  /** By an IPv4 address's first byte: not this network, loopback, multicast, reserved. */
  private static boolean isStation(int first) {
    return first != 0 && first != 127 && first < 224;
  }

  /** RFC 792: unreachable, source quench, redirect, time exceeded, parameter problem. */
  private static boolean isError(FlowKey key) {
    return switch (key.get(FlowField.TP_SRC)) {
      case 3, 4, 5, 11, 12 -> true;
      default -> false;
    };
  }

  private boolean isAnswerableIpv6(ByteBuffer frame, int packet) {
    int type = key.get(FlowField.TP_SRC);
    boolean error = type < 128 || type == 137; // RFC 4443 2.1; a redirect, RFC 4861 4.5
    return u8(frame, packet + 8) != 0xff
        && u8(frame, packet + 24) != 0xff
        && !isUnspecified(frame, packet + 8)
        && !(key.get(FlowField.IP_PROTO) == Wire.PROTO_ICMPV6 && error);
  }

  private static boolean isUnspecified(ByteBuffer frame, int address) {
    return (u32(frame, address)
            | u32(frame, address + 4)
            | u32(frame, address + 8)
            | u32(frame, address + 12))
        == 0;
  }

  private static boolean isGroup(long mac) {
    return (mac & 0x0100_0000_0000L) != 0;
  }
}
