// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.packet;

import static dev.plumbline.datapath.packet.Wire.u16;
import static dev.plumbline.datapath.packet.Wire.u32;
import static dev.plumbline.datapath.packet.Wire.u8;

import dev.plumbline.datapath.flow.FlowField;
import dev.plumbline.datapath.flow.FlowKey;
import java.nio.ByteBuffer;

/**
 * Cuts a frame that its sender left to be cut (generic segmentation offload) into those that go on
 * a wire, as the kernel's tcp_gso_segment and __udp_gso_segment do:
 *
 * <ul>
 *   <li>all headers, with tags, options and extension headers, are in front of every segment;
 *   <li>IP lengths are the segment's; IPv4's identification counts up by one;
 *   <li>TCP's sequence number counts up by gso_size; FIN and PSH are left to the last segment, CWR
 *       to the first (RFC 3168 6.1.2 wants it once);
 *   <li>UDP's length is the segment's: each becomes a datagram of its own;
 *   <li>checksums are complete; UDP's is absent if it was.
 * </ul>
 */
public final class Segmenter {
  private static final int FIN_AND_PSH = 0x09;
  private static final int CWR = 0x80;

  /** Longest frame that a 16-bit IP length allows, with more than enough before it. */
  private static final int LONGEST = 0xffff + 256;

  private final PacketParser parser = new PacketParser();
  private final FlowKey key = new FlowKey();
  private final ByteBuffer segment = ByteBuffer.allocateDirect(ActionExecutor.HEADROOM + LONGEST);

  /**
   * Cuts the frame.
   *
   * @return how many segments the sink got; 0: the vnet header does not fit the frame, or asks for
   *     what is not known here: nothing was done
   */
  public int segment(ByteBuffer frame, int offset, int length, VnetHeader vnet, FrameSink sink) {
    int type = vnet.gsoType() & ~VnetHeader.GSO_ECN;
    int size = vnet.gsoSize();
    if (length > LONGEST || size == 0 || !parser.parse(frame, offset, length, key)) {
      return 0;
    }
    boolean ipv4 = key.ethType() == Wire.TYPE_IPV4;
    boolean tcp = type == VnetHeader.GSO_TCPV4 || type == VnetHeader.GSO_TCPV6;
    boolean fits =
        switch (type) {
          case VnetHeader.GSO_TCPV4 -> ipv4;
          case VnetHeader.GSO_TCPV6 -> key.ethType() == Wire.TYPE_IPV6;
          case VnetHeader.GSO_UDP_L4 -> true;
          default -> false;
        };
    int transport = parser.transportOffset();
    int end = parser.packetEnd();
    int headers = fits ? headers(frame, offset, transport, end, tcp) : -1;
    if (headers < 0 || headers >= end) {
      return 0;
    }
    boolean keepNoChecksum =
        !tcp && !vnet.needsChecksum() && u16(frame, offset + transport + 6) == 0;
    int count = (end - headers + size - 1) / size;
    int start = ActionExecutor.HEADROOM;
    for (int i = 0; i < count; i++) {
      int from = headers + i * size;
      int bytes = Math.min(size, end - from);
      segment.put(start, frame, offset, headers);
      segment.put(start + headers, frame, offset + from, bytes);
      int segmentEnd = headers + bytes;
      network(start + parser.networkOffset(), start + segmentEnd, ipv4, i);
      int at = start + transport;
      int transportBytes = segmentEnd - transport;
      if (tcp) {
        u32(segment, at + 4, u32(segment, at + 4) + i * size);
        int flags = u8(segment, at + 13);
        flags &= i == 0 ? 0xff : ~CWR;
        flags &= i == count - 1 ? 0xff : ~FIN_AND_PSH;
        segment.put(at + 13, (byte) flags);
        checksum(at, at + 16, transportBytes, ipv4, Wire.PROTO_TCP);
      } else {
        u16(segment, at + 4, transportBytes);
        if (!keepNoChecksum) {
          checksum(at, at + 6, transportBytes, ipv4, Wire.PROTO_UDP);
        }
      }
      sink.frame(segment, start, segmentEnd);
    }
    return count;
  }

  /** Where the payload begins; -1 if there is no whole TCP or UDP header. */
  private int headers(ByteBuffer frame, int offset, int transport, int end, boolean tcp) {
    int proto = key.get(FlowField.IP_PROTO);
    if (transport < 0 || key.get(FlowField.IP_FRAG) != 0) {
      return -1;
    }
    if (!tcp) {
      return proto == Wire.PROTO_UDP && end - transport >= Wire.UDP_BYTES
          ? transport + Wire.UDP_BYTES
          : -1;
    }
    if (proto != Wire.PROTO_TCP || end - transport < Wire.TCP_BYTES) {
      return -1;
    }
    int bytes = (u8(frame, offset + transport + 12) >> 4) * 4;
    return bytes >= Wire.TCP_BYTES && bytes <= end - transport ? transport + bytes : -1;
  }

  private void network(int ip, int end, boolean ipv4, int index) {
    if (ipv4) {
      u16(segment, ip + 2, end - ip);
      u16(segment, ip + 4, u16(segment, ip + 4) + index);
      Checksums.writeIpv4(segment, ip, (u8(segment, ip) & 0xf) * 4);
    } else {
      u16(segment, ip + 4, end - ip - Wire.IPV6_BYTES);
    }
  }

  private void checksum(int transport, int at, int bytes, boolean ipv4, int proto) {
    int ip = ActionExecutor.HEADROOM + parser.networkOffset();
    u16(segment, at, 0);
    long pseudo =
        ipv4
            ? Checksums.pseudoIpv4(segment, ip, proto, bytes)
            : Checksums.pseudoIpv6(segment, ip, proto, bytes);
    int checksum = Checksums.finish(pseudo + Checksums.sum(segment, transport, bytes));
    // RFC 768: 0 says that there is none.
    u16(segment, at, proto == Wire.PROTO_UDP && checksum == 0 ? 0xffff : checksum);
  }
}
