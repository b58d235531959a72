// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.packet;

import static dev.plumbline.datapath.packet.Wire.u16;
import static dev.plumbline.datapath.packet.Wire.u32;
import static dev.plumbline.datapath.packet.Wire.u8;

import java.nio.ByteBuffer;

/**
 * The Internet checksum (RFC 1071). A <b>sum</b> is a ones' complement sum of 16-bit words that may
 * not be folded yet: sums may be added with {@code +} as long as there are fewer than 2^30 of them;
 * {@link #finish} makes a checksum of it.
 */
public final class Checksums {
  private Checksums() {}

  /** The sum of {@code length} bytes; an odd last one is the high byte of a word (RFC 1071 1). */
  public static long sum(ByteBuffer buffer, int offset, int length) {
    long sum = 0;
    int at = offset;
    int end = offset + length;
    for (; end - at >= 4; at += 4) {
      sum += u32(buffer, at) & 0xffff_ffffL; // two words; their carries are folded in the end
    }
    if (end - at >= 2) {
      sum += u16(buffer, at);
      at += 2;
    }
    if (end - at == 1) {
      sum += (long) u8(buffer, at) << 8;
    }
    return fold(sum);
  }

  /** The sum of an IPv4 pseudo-header (RFC 9293 3.1) of the header at {@code ip}. */
  public static long pseudoIpv4(ByteBuffer buffer, int ip, int proto, int transportBytes) {
    return sum(buffer, ip + 12, 8) + proto + transportBytes;
  }

  /** The sum of an IPv6 pseudo-header (RFC 8200 8.1) of the header at {@code ip}. */
  public static long pseudoIpv6(ByteBuffer buffer, int ip, int proto, int transportBytes) {
    return sum(buffer, ip + 8, 32) + proto + (transportBytes >>> 16) + (transportBytes & 0xffff);
  }

  /** The checksum: the complement of the folded sum. */
  public static int finish(long sum) {
    return ~fold(sum) & 0xffff;
  }

  /** The sum in 16 bits. */
  static int fold(long sum) {
    long folded = (sum >>> 32) + (sum & 0xffff_ffffL);
    folded = (folded >>> 16) + (folded & 0xffff);
    folded = (folded >>> 16) + (folded & 0xffff);
    return (int) ((folded >>> 16) + (folded & 0xffff));
  }

  /** The checksum after one 16-bit word under it has changed (RFC 1624 3, equation 3). */
  public static int update(int checksum, int from, int to) {
    return finish((~checksum & 0xffffL) + (~from & 0xffffL) + (to & 0xffffL));
  }

  /**
   * The checksum after four bytes under it have changed, as the kernel's csum_replace4 makes it:
   * never 0xffff, so that both make the same of one that need not be changed.
   */
  static int replace(int checksum, int from, int to) {
    return finish(0xffffL + (~checksum & 0xffffL) + (~from & 0xffff_ffffL) + (to & 0xffff_ffffL));
  }

  /**
   * A sum after four bytes under it have changed: of a pseudo-header, whose checksum is missing.
   */
  static int replaceInSum(int sum, int from, int to) {
    return fold(sum + (~from & 0xffff_ffffL) + (to & 0xffff_ffffL));
  }

  /** Puts the right checksum into the IPv4 header of {@code headerBytes} at {@code ip}. */
  static void writeIpv4(ByteBuffer buffer, int ip, int headerBytes) {
    u16(buffer, ip + 10, 0);
    u16(buffer, ip + 10, finish(sum(buffer, ip, headerBytes)));
  }
}
