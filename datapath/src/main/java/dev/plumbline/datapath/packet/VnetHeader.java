// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.packet;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * {@code struct virtio_net_hdr} (linux/virtio_net.h; VIRTIO 1.2 5.1.6): what a frame's sender has
 * left to others. In front of every frame of a TAP with IFF_VNET_HDR and of a packet socket with
 * PACKET_VNET_HDR, in the machine's byte order.
 *
 * <pre>
 *   0      1          2        4         6           8            10
 *   +------+----------+--------+---------+-----------+------------+
 *   | flags| gso_type | hdr_len| gso_size| csum_start| csum_offset|
 *   +------+----------+--------+---------+-----------+------------+
 * </pre>
 *
 * hdr_len and csum_start count from the frame's first byte, csum_offset from csum_start, gso_size
 * is the payload of a segment behind its TCP or UDP header. A view on 10 bytes of a buffer: {@link
 * #wrap} it first.
 */
public final class VnetHeader {
  public static final int BYTES = 10;

  /** Flag: the checksum from csum_start to the end is missing, but for the pseudo-header's sum. */
  public static final int NEEDS_CSUM = 1;

  /** Flag: the checksums are known to be right. */
  public static final int DATA_VALID = 2;

  public static final int GSO_NONE = 0;
  public static final int GSO_TCPV4 = 1;
  public static final int GSO_TCPV6 = 4;
  public static final int GSO_UDP_L4 = 5;

  /** Beside GSO_TCPV4 or GSO_TCPV6: the first segment alone has the CWR flag. */
  public static final int GSO_ECN = 0x80;

  private static final VarHandle U16 =
      MethodHandles.byteBufferViewVarHandle(short[].class, ByteOrder.nativeOrder());

  private ByteBuffer buffer;
  private int offset;

  /** On bytes of its own, all 0: nothing is left to do. */
  public VnetHeader() {
    buffer = ByteBuffer.allocate(BYTES);
  }

  /** Views the 10 bytes at the offset from now on. */
  public VnetHeader wrap(ByteBuffer bytes, int at) {
    buffer = bytes;
    offset = at;
    return this;
  }

  /** Copies the other's values. */
  public void set(VnetHeader other) {
    buffer.put(offset, other.buffer, other.offset, BYTES);
  }

  /** Copies the 10 bytes to another place. */
  public void write(ByteBuffer to, int at) {
    to.put(at, buffer, offset, BYTES);
  }

  /** Nothing is left to do. */
  public void clear() {
    for (int i = 0; i < BYTES; i++) {
      buffer.put(offset + i, (byte) 0);
    }
  }

  public int flags() {
    return buffer.get(offset) & 0xff;
  }

  public void flags(int flags) {
    buffer.put(offset, (byte) flags);
  }

  public boolean needsChecksum() {
    return (flags() & NEEDS_CSUM) != 0;
  }

  /** One of GSO_*, with {@link #GSO_ECN} if set. */
  public int gsoType() {
    return buffer.get(offset + 1) & 0xff;
  }

  public void gsoType(int type) {
    buffer.put(offset + 1, (byte) type);
  }

  public boolean isGso() {
    return gsoType() != GSO_NONE;
  }

  public int headerBytes() {
    return u16(2);
  }

  public void headerBytes(int bytes) {
    u16(2, bytes);
  }

  public int gsoSize() {
    return u16(4);
  }

  public void gsoSize(int bytes) {
    u16(4, bytes);
  }

  /** How many segments a frame of that length is to be cut into; 1: it is not to be. */
  public int segments(int frameBytes) {
    int rest = frameBytes - headerBytes();
    return !isGso() || gsoSize() == 0 || rest <= 0 ? 1 : (rest + gsoSize() - 1) / gsoSize();
  }

  public int checksumStart() {
    return u16(6);
  }

  public void checksumStart(int start) {
    u16(6, start);
  }

  public int checksumOffset() {
    return u16(8);
  }

  public void checksumOffset(int at) {
    u16(8, at);
  }

  /**
   * Follows the frame's headers when bytes are put in (or, negative, taken out) in front of the
   * network header.
   */
  public void shift(int bytes) {
    if (needsChecksum()) {
      checksumStart(checksumStart() + bytes);
    }
    if (isGso() && headerBytes() != 0) {
      headerBytes(headerBytes() + bytes);
    }
  }

  /**
   * Puts in the checksum if it is missing, as the kernel's skb_checksum_help does: a result of 0 is
   * written as 0xffff. Not for a frame that is to be cut into segments.
   *
   * @return false if the checksum's place is not in the frame: nothing was done
   */
  public boolean completeChecksum(ByteBuffer frame, int frameOffset, int length) {
    if (!needsChecksum()) {
      return true;
    }
    int start = checksumStart();
    int at = start + checksumOffset();
    if (at + 2 > length) {
      return false;
    }
    int checksum = Checksums.finish(Checksums.sum(frame, frameOffset + start, length - start));
    Wire.u16(frame, frameOffset + at, checksum == 0 ? 0xffff : checksum);
    flags(flags() & ~NEEDS_CSUM);
    checksumStart(0);
    checksumOffset(0);
    return true;
  }

  private int u16(int at) {
    return (short) U16.get(buffer, offset + at) & 0xffff;
  }

  private void u16(int at, int value) {
    U16.set(buffer, offset + at, (short) value);
  }

  @Override
  public String toString() {
    return "vnet(flags="
        + flags()
        + ",gso_type="
        + gsoType()
        + ",hdr_len="
        + headerBytes()
        + ",gso_size="
        + gsoSize()
        + ",csum_start="
        + checksumStart()
        + ",csum_offset="
        + checksumOffset()
        + ")";
  }
}
