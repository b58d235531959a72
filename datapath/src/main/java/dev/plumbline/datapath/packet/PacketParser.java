// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.packet;

import static dev.plumbline.datapath.packet.Wire.u16;
import static dev.plumbline.datapath.packet.Wire.u32;
import static dev.plumbline.datapath.packet.Wire.u8;

import dev.plumbline.datapath.flow.FlowField;
import dev.plumbline.datapath.flow.FlowKey;
import java.nio.ByteBuffer;
import java.util.Objects;

/**
 * Takes the {@link FlowKey} out of a frame. The eBPF program in {@code src/main/bpf} follows the
 * same rules; where the two differ, a cached flow forwards otherwise than a fresh decision.
 *
 * <h2>The rules</h2>
 *
 * They are those of Open vSwitch's {@code miniflow_extract} (lib/flow.c), with a bound where that
 * has none. All fields are 0 unless a rule sets them. "n bytes are left" means: up to the end of
 * the frame, and from rule 4 or 5 on up to the end of the IP packet. A rule that says "stop" leaves
 * what was set before it.
 *
 * <ol>
 *   <li><b>Ethernet.</b> Fewer than 14 bytes (a tag beside the frame not counted): malformed,
 *       nothing is set. Else eth_dst and eth_src.
 *   <li><b>Tags</b> (IEEE 802.1Q 9.6, 9.7). A tag beside the frame is the first. While fewer than
 *       two tags are known, the next two bytes are 0x8100 or 0x88a8 and at least 6 bytes are left
 *       (they included): those two are the tag's TPID, the next two its TCI. The first tag gives
 *       vlan_tpid and vlan_tci, the second inner_tpid and inner_tci. In both TCIs the DEI bit is
 *       replaced by VLAN_PRESENT, always set: a tag's DEI is not matched on. A third tag is
 *       payload: its TPID is the eth_type. So is that of a tag that is cut off.
 *   <li><b>Type.</b> The next two bytes; if they are at least 0x0600 they are eth_type. Else the
 *       frame is 802.3 (IEEE 802.3 3.2.6), eth_type is 0x05ff ("none"), stop; unless 8 bytes are
 *       left, the first 6 are AA AA 03 00 00 00 (RFC 1042: LLC with SNAP, Ethernet's types) and the
 *       last 2 are a number of at least 0x0600: that is eth_type, and the payload begins behind it.
 *       The 802.3 length is not looked at.
 *   <li><b>IPv4</b> (eth_type 0x0800; RFC 791 3.1). Stop unless 20 bytes are left, IHL × 4 is from
 *       20 to the bytes left, and total length is from IHL × 4 to the bytes left and at most 65,535
 *       less than them. The version's 4 bits and the checksum are not looked at. The packet ends
 *       after total length: padding behind it is never read. Sets ip_src and ip_dst (first 4
 *       bytes), ip_tos (the whole byte), ip_ttl, ip_proto (also of later fragments); ip_frag: 0 if
 *       MF and offset are 0, else 3 if the offset is not 0, else 1. Options are skipped unread.
 *   <li><b>IPv6</b> (eth_type 0x86dd; RFC 8200 3). Stop unless 40 bytes are left and payload length
 *       + 40 is at most the bytes left and at most 65,535 less than them. The version's 4 bits are
 *       not looked at. The packet ends after the payload length, even where that is 0 (a
 *       jumbogram's, RFC 2675, is 0: no field behind the IPv6 header). Sets ip_src and ip_dst. Then
 *       the extension headers, beginning with the next header field:
 *       <ul>
 *         <li>not 0, 43, 44, 51 or 60: that is ip_proto, the chain ends;
 *         <li>it would be the ninth extension header: stop (RFC 8200 4.1 has use for six; a program
 *             in the kernel has to have a bound);
 *         <li>fewer than 8 bytes are left: stop;
 *         <li>0, 60 (hop-by-hop and destination options, RFC 8200 4.3, 4.6) and 43 (routing, 4.4):
 *             their length is (second byte + 1) × 8; 51 (authentication, RFC 4302 2.2): (second
 *             byte + 2) × 4; stop if fewer are left, else go on behind it with the first byte as
 *             next header;
 *         <li>44 (fragment, RFC 8200 4.5): 8 bytes. If its third and fourth byte (offset, reserved
 *             bits, M) are not all 0, ip_frag is 1; if the offset is not 0, ip_frag is 3, ip_proto
 *             is 44 and the chain ends. (All 0 is an atomic fragment, RFC 6946: not a fragment.)
 *       </ul>
 *       Only where the chain ended: ip_tos (traffic class), ip_ttl (hop limit), ip_frag, ip_proto
 *       and ipv6_label (20 bits) are set. Where it stopped, all five stay 0.
 *   <li><b>Behind IP</b>, unless ip_frag is 3, from ip_proto alone (ICMP in IPv6 counts, too):
 *       <ul>
 *         <li>6 (TCP, RFC 9293 3.1): if 20 bytes are left and data offset × 4 is from 20 to the
 *             bytes left: tp_src, tp_dst, tcp_flags (the 12 bits behind the data offset);
 *         <li>17 (UDP, RFC 768) if 8 bytes are left, 132 (SCTP, RFC 9260 3.1) if 12 are: tp_src,
 *             tp_dst;
 *         <li>1 (ICMP, RFC 792), 2 (IGMP, RFC 2236), 58 (ICMPv6, RFC 4443 2.1) if 8 bytes are left:
 *             type as tp_src, code as tp_dst.
 *       </ul>
 *   <li><b>ARP and RARP</b> (eth_type 0x0806, 0x8035; RFC 826, 903). If 28 bytes are left, hardware
 *       type is 1, protocol type 0x0800 and the address lengths are 6 and 4: ip_src is the sender's
 *       IPv4 address and behind it its MAC address (10 bytes), ip_dst the target's; ip_proto is the
 *       operation if that is at most 255.
 * </ol>
 *
 * in_port and tun_id are not in the bytes: they are 0 afterwards, for the caller to set.
 */
public final class PacketParser {
  /** Most extension headers of an IPv6 packet. */
  public static final int EXTENSION_HEADERS = 8;

  private static final int FRAGMENT_FIRST = 1;
  private static final int FRAGMENT_LATER = 3;
  private static final int SNAP_BYTES = 8;
  private static final int ARP_BYTES = 28;
  private static final int SCTP_BYTES = 12;
  private static final int ICMP_BYTES = 8;

  private int network;
  private int networkKind;
  private int transport;
  private int transportProto;
  private boolean routed;
  private int packetEnd;

  /** As {@link #parse(ByteBuffer, int, int, int, int, FlowKey)}, with no tag beside the frame. */
  public boolean parse(ByteBuffer frame, int offset, int length, FlowKey key) {
    return parse(frame, offset, length, 0, 0, key);
  }

  /**
   * Fills the key.
   *
   * @param vlanTci the tag beside the frame, with {@link FlowKey#VLAN_PRESENT}; without that bit:
   *     none
   * @return false if not even the Ethernet header is there: the key is all 0
   */
  public boolean parse(
      ByteBuffer frame, int offset, int length, int vlanTpid, int vlanTci, FlowKey key) {
    Objects.checkFromIndexSize(offset, length, frame.limit());
    key.clear();
    network = -1;
    networkKind = 0;
    transport = -1;
    transportProto = 0;
    routed = false;
    packetEnd = -1;
    if (length < Wire.ETHERNET_BYTES) {
      return false;
    }
    int end = offset + length;
    frame.get(offset, key.bytes(), FlowField.ETH_DST.offset(), 2 * Wire.MAC_BYTES);
    int at = tags(frame, offset + Wire.TYPE_OFFSET, end, vlanTpid, vlanTci, key);
    int type = u16(frame, at);
    at += 2;
    if (type < Wire.TYPE_MIN) {
      type = FlowKey.ETH_TYPE_NONE;
      if (end - at >= SNAP_BYTES && isSnap(frame, at)) {
        type = u16(frame, at + 6);
        at += SNAP_BYTES;
      }
    }
    key.set(FlowField.ETH_TYPE, type);
    network = at - offset;
    switch (type) {
      case Wire.TYPE_IPV4 -> ipv4(frame, at, end, offset, key);
      case Wire.TYPE_IPV6 -> ipv6(frame, at, end, offset, key);
      case Wire.TYPE_ARP, Wire.TYPE_RARP -> arp(frame, at, end, key);
      default -> {}
    }
    return true;
  }

  /** Where the last parsed frame's payload begins, behind tags, type and SNAP; -1: malformed. */
  public int networkOffset() {
    return network;
  }

  /**
   * Where what is behind the last parsed frame's IP and extension headers begins; -1: it has no IP
   * header or one with a mistake.
   */
  public int transportOffset() {
    return transport;
  }

  /** Type of the last parsed frame's IP or ARP header, if that has no mistake; 0: none. */
  public int networkKind() {
    return networkKind;
  }

  /** Protocol of the last parsed frame's whole TCP, UDP, SCTP or ICMP header; 0: none. */
  public int transportProto() {
    return transportProto;
  }

  /** Whether an IPv6 routing header names a last destination, which checksums cover. */
  public boolean isRouted() {
    return routed;
  }

  /** Where the last parsed frame's IP packet ends and padding begins; -1: as with transport. */
  public int packetEnd() {
    return packetEnd;
  }

  /** Reads the tags, returns where the type is. */
  private static int tags(ByteBuffer frame, int start, int end, int tpid, int tci, FlowKey key) {
    int at = start;
    boolean beside = (tci & FlowKey.VLAN_PRESENT) != 0;
    if (beside) {
      key.set(FlowField.VLAN_TPID, tpid);
      key.set(FlowField.VLAN_TCI, tci);
    } else if (isTag(frame, at, end)) {
      key.set(FlowField.VLAN_TPID, u16(frame, at));
      key.set(FlowField.VLAN_TCI, u16(frame, at + 2) | FlowKey.VLAN_PRESENT);
      at += Wire.TAG_BYTES;
    } else {
      return at;
    }
    if (isTag(frame, at, end)) {
      key.set(FlowField.INNER_TPID, u16(frame, at));
      key.set(FlowField.INNER_TCI, u16(frame, at + 2) | FlowKey.VLAN_PRESENT);
      at += Wire.TAG_BYTES;
    }
    return at;
  }

  private static boolean isTag(ByteBuffer frame, int at, int end) {
    return Wire.isTag(u16(frame, at)) && end - at >= Wire.TAG_BYTES + 2;
  }

  private static boolean isSnap(ByteBuffer frame, int at) {
    return u32(frame, at) == 0xaaaa0300
        && u16(frame, at + 4) == 0
        && u16(frame, at + 6) >= Wire.TYPE_MIN;
  }

  private void ipv4(ByteBuffer frame, int at, int end, int frameStart, FlowKey key) {
    int left = end - at;
    if (left < Wire.IPV4_BYTES) {
      return;
    }
    int headerBytes = (u8(frame, at) & 0xf) * 4;
    int totalBytes = u16(frame, at + 2);
    if (headerBytes < Wire.IPV4_BYTES
        || headerBytes > left
        || totalBytes < headerBytes
        || totalBytes > left
        || left - totalBytes > 0xffff) {
      return;
    }
    int fragment = u16(frame, at + 6) & 0x3fff;
    int fragmentKind = fragmentKind(fragment != 0, (fragment & 0x1fff) != 0);
    int proto = u8(frame, at + 9);
    key.set(FlowField.IP_TOS, u8(frame, at + 1));
    key.set(FlowField.IP_TTL, u8(frame, at + 8));
    key.set(FlowField.IP_PROTO, proto);
    key.set(FlowField.IP_FRAG, fragmentKind);
    frame.get(at + 12, key.bytes(), FlowField.IP_SRC.offset(), 4);
    frame.get(at + 16, key.bytes(), FlowField.IP_DST.offset(), 4);
    networkKind = Wire.TYPE_IPV4;
    transport = at + headerBytes - frameStart;
    packetEnd = at + totalBytes - frameStart;
    if (fragmentKind != FRAGMENT_LATER) {
      transport(frame, at + headerBytes, at + totalBytes, proto, key);
    }
  }

  private void ipv6(ByteBuffer frame, int at, int end, int frameStart, FlowKey key) {
    int left = end - at;
    if (left < Wire.IPV6_BYTES) {
      return;
    }
    int totalBytes = u16(frame, at + 4) + Wire.IPV6_BYTES;
    if (totalBytes > left || left - totalBytes > 0xffff) {
      return;
    }
    frame.get(at + 8, key.bytes(), FlowField.IP_SRC.offset(), 16);
    frame.get(at + 24, key.bytes(), FlowField.IP_DST.offset(), 16);
    int stop = at + totalBytes;
    int proto = u8(frame, at + 6);
    int fragmentKind = 0;
    int next = at + Wire.IPV6_BYTES;
    for (int headers = 0; fragmentKind != FRAGMENT_LATER && isExtension(proto); headers++) {
      if (headers == EXTENSION_HEADERS || stop - next < 8) {
        return;
      }
      int bytes = extensionBytes(proto, u8(frame, next + 1));
      if (bytes > stop - next) {
        return;
      }
      boolean isFragment = proto == Wire.PROTO_FRAGMENT;
      routed |= proto == Wire.PROTO_ROUTING && u8(frame, next + 3) != 0;
      proto = u8(frame, next);
      if (isFragment) {
        int offsetAndFlags = u16(frame, next + 2);
        if (offsetAndFlags != 0) {
          fragmentKind = fragmentKind(true, (offsetAndFlags & 0xfff8) != 0);
        }
      }
      next += bytes;
    }
    if (fragmentKind == FRAGMENT_LATER) {
      proto = Wire.PROTO_FRAGMENT;
    }
    int versionClassLabel = u32(frame, at);
    key.set(FlowField.IP_TOS, (versionClassLabel >> 20) & 0xff);
    key.set(FlowField.IPV6_LABEL, versionClassLabel & 0xfffff);
    key.set(FlowField.IP_TTL, u8(frame, at + 7));
    key.set(FlowField.IP_PROTO, proto);
    key.set(FlowField.IP_FRAG, fragmentKind);
    networkKind = Wire.TYPE_IPV6;
    transport = next - frameStart;
    packetEnd = stop - frameStart;
    if (fragmentKind != FRAGMENT_LATER) {
      transport(frame, next, stop, proto, key);
    }
  }

  private static boolean isExtension(int proto) {
    return switch (proto) {
      case Wire.PROTO_HOP_OPTIONS,
          Wire.PROTO_ROUTING,
          Wire.PROTO_FRAGMENT,
          Wire.PROTO_AH,
          Wire.PROTO_DESTINATION_OPTIONS ->
          true;
      default -> false;
    };
  }

  private static int extensionBytes(int proto, int lengthField) {
    return switch (proto) {
      case Wire.PROTO_FRAGMENT -> 8;
      case Wire.PROTO_AH -> (lengthField + 2) * 4;
      default -> (lengthField + 1) * 8;
    };
  }

  private static int fragmentKind(boolean isFragment, boolean isLater) {
    if (isLater) {
      return FRAGMENT_LATER;
    }
    return isFragment ? FRAGMENT_FIRST : 0;
  }

  private void transport(ByteBuffer frame, int at, int end, int proto, FlowKey key) {
    int left = end - at;
    switch (proto) {
      case Wire.PROTO_TCP -> tcp(frame, at, left, key);
      case Wire.PROTO_UDP -> ports(frame, at, left >= Wire.UDP_BYTES, proto, key);
      case Wire.PROTO_SCTP -> ports(frame, at, left >= SCTP_BYTES, proto, key);
      case Wire.PROTO_ICMP, Wire.PROTO_IGMP, Wire.PROTO_ICMPV6 -> {
        if (left >= ICMP_BYTES) {
          key.set(FlowField.TP_SRC, u8(frame, at));
          key.set(FlowField.TP_DST, u8(frame, at + 1));
          transportProto = proto;
        }
      }
      default -> {}
    }
  }

  private void tcp(ByteBuffer frame, int at, int left, FlowKey key) {
    if (left < Wire.TCP_BYTES) {
      return;
    }
    int offsetAndFlags = u16(frame, at + 12);
    int headerBytes = (offsetAndFlags >> 12) * 4;
    if (headerBytes >= Wire.TCP_BYTES && headerBytes <= left) {
      ports(frame, at, true, Wire.PROTO_TCP, key);
      key.set(FlowField.TCP_FLAGS, offsetAndFlags & 0xfff);
    }
  }

  private void ports(ByteBuffer frame, int at, boolean complete, int proto, FlowKey key) {
    if (complete) {
      transportProto = proto;
      key.set(FlowField.TP_SRC, u16(frame, at));
      key.set(FlowField.TP_DST, u16(frame, at + 2));
    }
  }

  private void arp(ByteBuffer frame, int at, int end, FlowKey key) {
    if (end - at < ARP_BYTES
        || u16(frame, at) != 1
        || u16(frame, at + 2) != Wire.TYPE_IPV4
        || u16(frame, at + 4) != 0x0604) {
      return;
    }
    networkKind = Wire.TYPE_ARP;
    int operation = u16(frame, at + 6);
    if (operation <= 0xff) {
      key.set(FlowField.IP_PROTO, operation);
    }
    byte[] bytes = key.bytes();
    frame.get(at + 14, bytes, FlowField.IP_SRC.offset(), 4);
    frame.get(at + 8, bytes, FlowField.IP_SRC.offset() + 4, Wire.MAC_BYTES);
    frame.get(at + 24, bytes, FlowField.IP_DST.offset(), 4);
    frame.get(at + 18, bytes, FlowField.IP_DST.offset() + 4, Wire.MAC_BYTES);
  }
}
