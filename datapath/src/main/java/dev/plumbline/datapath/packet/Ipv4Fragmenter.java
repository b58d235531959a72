// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.packet;

import static dev.plumbline.datapath.packet.Wire.u16;
import static dev.plumbline.datapath.packet.Wire.u8;

import dev.plumbline.datapath.flow.FlowKey;
import java.nio.ByteBuffer;

/**
 * Cuts an IPv4 packet into fragments (RFC 791 3.2), for a tunnel with less room than its ports
 * have. Options without the copied flag are in the first fragment only; in the others "no
 * operation" stands in their place, as the kernel does it, so that all headers are of one length.
 */
public final class Ipv4Fragmenter {
  private static final int DONT_FRAGMENT = 0x4000;
  private static final int MORE_FRAGMENTS = 0x2000;
  private static final int OPTION_END = 0;
  private static final int OPTION_NOP = 1;
  private static final int OPTION_COPIED = 0x80;
  private static final int LONGEST = 0xffff + 256;

  private final PacketParser parser = new PacketParser();
  private final FlowKey key = new FlowKey();
  private final ByteBuffer fragment = ByteBuffer.allocateDirect(ActionExecutor.HEADROOM + LONGEST);

  /**
   * Cuts the frame. Its checksum has to be complete and it is no GSO frame: that one is cut into
   * segments first.
   *
   * @param mtu most bytes behind the Ethernet header and its tags
   * @return how many fragments the sink got, 1 if the packet fits; 0: no IPv4, or "don't fragment",
   *     or an MTU below header and 8 bytes: nothing was done
   */
  public int fragment(ByteBuffer frame, int offset, int length, int mtu, FrameSink sink) {
    if (length > LONGEST
        || !parser.parse(frame, offset, length, key)
        || key.ethType() != Wire.TYPE_IPV4
        || parser.transportOffset() < 0) {
      return 0;
    }
    int network = parser.networkOffset();
    int headers = parser.transportOffset();
    int end = parser.packetEnd();
    int flagsAndOffset = u16(frame, offset + network + 6);
    int size = (mtu - (headers - network)) & ~7;
    boolean whole = end - network <= mtu;
    if (!whole && ((flagsAndOffset & DONT_FRAGMENT) != 0 || size < 8)) {
      return 0;
    }
    int start = ActionExecutor.HEADROOM;
    if (whole) {
      fragment.put(start, frame, offset, length);
      sink.frame(fragment, start, length);
      return 1;
    }
    int count = (end - headers + size - 1) / size;
    int ip = start + network;
    for (int i = 0; i < count; i++) {
      int from = headers + i * size;
      int bytes = Math.min(size, end - from);
      fragment.put(start, frame, offset, headers);
      fragment.put(start + headers, frame, offset + from, bytes);
      if (i > 0) {
        blankOptions(ip + Wire.IPV4_BYTES, start + headers);
      }
      u16(fragment, ip + 2, headers - network + bytes);
      u16(
          fragment,
          ip + 6,
          (flagsAndOffset | (i < count - 1 ? MORE_FRAGMENTS : 0)) + i * (size / 8));
      Checksums.writeIpv4(fragment, ip, headers - network);
      sink.frame(fragment, start, headers + bytes);
    }
    return count;
  }

  /** RFC 791 3.1: an option is one byte, or type, length and data. */
  private void blankOptions(int options, int end) {
    int at = options;
    while (at < end) {
      int type = u8(fragment, at);
      if (type == OPTION_END) {
        return;
      }
      if (type == OPTION_NOP) {
        at++;
        continue;
      }
      int bytes = at + 1 < end ? u8(fragment, at + 1) : 0;
      if (bytes < 2 || bytes > end - at) {
        return;
      }
      if ((type & OPTION_COPIED) == 0) {
        for (int i = 0; i < bytes; i++) {
          fragment.put(at + i, (byte) OPTION_NOP);
        }
      }
      at += bytes;
    }
  }
}
