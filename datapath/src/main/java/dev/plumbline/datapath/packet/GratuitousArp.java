// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.packet;

import dev.plumbline.datapath.flow.FlowField;
import dev.plumbline.datapath.flow.FlowKey;
import dev.plumbline.datapath.flow.FlowMask;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Broadcasts by which a station tells all switches where it is now: after a bond has failed over
 * they are sent for every address behind it.
 *
 * <p>Where the IPv4 address is known it is a gratuitous ARP (RFC 5227 3, an ARP announcement);
 * where only the MAC address is, as of a station learned by its traffic, it is a RARP request (RFC
 * 903) for that address, as Open vSwitch and hypervisors send it: switches learn from its source,
 * hosts ignore it.
 */
public final class GratuitousArp {
  /** Bytes of an announcement: the least of an Ethernet frame without its check sequence. */
  public static final int FRAME_BYTES = 60;

  private static final long BROADCAST = 0xffff_ffff_ffffL;
  private static final int REQUEST = 1;
  private static final int REPLY = 2;
  private static final int RARP_REQUEST = 3;

  private GratuitousArp() {}

  /**
   * Whether the frame is a gratuitous ARP: a broadcast ARP reply, or a broadcast request for the
   * sender's own address; Open vSwitch's is_gratuitous_arp. Notes in the mask what it looked at.
   */
  public static boolean isGratuitous(FlowKey key, FlowMask mask) {
    mask.use(FlowField.ETH_TYPE);
    if (key.ethType() != Wire.TYPE_ARP) {
      return false;
    }
    mask.use(FlowField.ETH_DST);
    if (key.ethDst() != BROADCAST) {
      return false;
    }
    mask.use(FlowField.IP_PROTO);
    int operation = key.get(FlowField.IP_PROTO);
    if (operation != REQUEST) {
      return operation == REPLY;
    }
    mask.use(FlowField.IP_SRC);
    mask.use(FlowField.IP_DST);
    int source = FlowField.IP_SRC.offset();
    int target = FlowField.IP_DST.offset();
    return Arrays.equals(key.bytes(), source, source + 4, key.bytes(), target, target + 4);
  }

  /** Writes a gratuitous ARP request of {@link #FRAME_BYTES}; the address as a number. */
  public static void writeArp(ByteBuffer buffer, int offset, long mac, int ipv4) {
    write(buffer, offset, mac, Wire.TYPE_ARP, REQUEST);
    Wire.u32(buffer, offset + 28, ipv4);
    Wire.u32(buffer, offset + 38, ipv4);
  }

  /** Writes a RARP request of {@link #FRAME_BYTES}. */
  public static void writeRarp(ByteBuffer buffer, int offset, long mac) {
    write(buffer, offset, mac, Wire.TYPE_RARP, RARP_REQUEST);
    Wire.mac(buffer, offset + 32, mac);
  }

  /**
   *
   *
   * <pre>
   *   0     destination (6)   source (6)   type (2)
   *   14    hardware (2)      protocol (2) lengths (2)   operation (2)
   *   22    sender MAC (6)    sender IPv4 (4)
   *   32    target MAC (6)    target IPv4 (4)            42: padding
   * </pre>
   */
  private static void write(ByteBuffer buffer, int offset, long mac, int type, int operation) {
    for (int i = 0; i < FRAME_BYTES; i++) {
      buffer.put(offset + i, (byte) 0);
    }
    Wire.mac(buffer, offset, BROADCAST);
    Wire.mac(buffer, offset + 6, mac);
    Wire.u16(buffer, offset + 12, type);
    Wire.u16(buffer, offset + 14, 1);
    Wire.u16(buffer, offset + 16, Wire.TYPE_IPV4);
    Wire.u16(buffer, offset + 18, 0x0604);
    Wire.u16(buffer, offset + 20, operation);
    Wire.mac(buffer, offset + 22, mac);
  }
}
