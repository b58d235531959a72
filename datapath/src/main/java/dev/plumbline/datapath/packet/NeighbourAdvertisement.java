// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.packet;

import java.nio.ByteBuffer;

/**
 * What a station sends unasked when its link-layer address has become another one: neighbours that
 * know the IPv6 address take the new one over at once (RFC 4861 7.2.6).
 */
public final class NeighbourAdvertisement {
  /** Bytes of an advertisement's frame. */
  public static final int FRAME_BYTES = 86;

  private static final int IP = Wire.ETHERNET_BYTES;
  private static final int MESSAGE = IP + Wire.IPV6_BYTES;
  private static final int MESSAGE_BYTES = FRAME_BYTES - MESSAGE;
  private static final int TYPE = 136;
  private static final int ROUTER = 1 << 31;
  private static final int OVERRIDE = 1 << 29;
  private static final int TARGET_LINK_LAYER_ADDRESS = 2;
  private static final int HOPS = 255; // RFC 4861 7.1.2: nobody else's is believed

  private NeighbourAdvertisement() {}

  /**
   * Writes one of {@link #FRAME_BYTES}, to all nodes of the link.
   *
   * <pre>
   *   0     33:33:00:00:00:01 (6)  source (6)  type (2)
   *   14    version, class, label (4)  payload length (2)  next header (1)  hop limit (1)
   *   22    the address (16)  ff02::1 (16)
   *   54    type (1)  code (1)  checksum (2)  flags: router, solicited, override (4)
   *   62    the address (16)  option: type (1)  length in 8 bytes (1)  MAC (6)
   * </pre>
   *
   * @param address 16 bytes
   * @param router whether the station forwards: neighbours forget a router that says it is none
   */
  public static void write(
      ByteBuffer buffer, int offset, long mac, byte[] address, boolean router) {
    for (int i = 0; i < FRAME_BYTES; i++) {
      buffer.put(offset + i, (byte) 0);
    }
    Wire.mac(buffer, offset, 0x333300000001L);
    Wire.mac(buffer, offset + 6, mac);
    Wire.u16(buffer, offset + 12, Wire.TYPE_IPV6);
    int ip = offset + IP;
    Wire.u32(buffer, ip, 6 << 28);
    Wire.u16(buffer, ip + 4, MESSAGE_BYTES);
    Wire.u16(buffer, ip + 6, (Wire.PROTO_ICMPV6 << 8) | HOPS);
    buffer.put(ip + 8, address, 0, 16);
    Wire.u16(buffer, ip + 24, 0xff02);
    Wire.u16(buffer, ip + 38, 1);
    int message = offset + MESSAGE;
    Wire.u16(buffer, message, TYPE << 8);
    Wire.u32(buffer, message + 4, OVERRIDE | (router ? ROUTER : 0));
    buffer.put(message + 8, address, 0, 16);
    Wire.u16(buffer, message + 24, (TARGET_LINK_LAYER_ADDRESS << 8) | 1);
    Wire.mac(buffer, message + 26, mac);
    long pseudo = Checksums.pseudoIpv6(buffer, ip, Wire.PROTO_ICMPV6, MESSAGE_BYTES);
    int checksum = Checksums.finish(pseudo + Checksums.sum(buffer, message, MESSAGE_BYTES));
    Wire.u16(buffer, message + 2, checksum);
  }
}
