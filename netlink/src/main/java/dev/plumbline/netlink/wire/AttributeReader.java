// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.netlink.wire;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * A cursor over the attributes of a payload. {@link #next()} steps to the next attribute and checks
 * its bounds; the typed readers want exactly the length of their type. The payload is not copied.
 *
 * <p>Not thread-safe. All failures are {@link WireException}s with the offset from the start of the
 * buffer that {@link #over} was given.
 */
public final class AttributeReader {
  private final ByteBuffer buffer;
  private final int end;
  private int nextHeader;
  private int type;
  private int payloadStart = -1;
  private int payloadLength;

  private AttributeReader(ByteBuffer buffer, int start, int end) {
    this.buffer = buffer;
    this.nextHeader = start;
    this.end = end;
  }

  /** Reads from the buffer's position to its limit; the buffer's own position is left alone. */
  public static AttributeReader over(ByteBuffer payload) {
    ByteBuffer view = payload.duplicate().order(ByteOrder.nativeOrder());
    return new AttributeReader(view, view.position(), view.limit());
  }

  /**
   * Steps to the next attribute.
   *
   * @return false if there is none left
   * @throws WireException if its header is cut off or its length is out of bounds
   */
  public boolean next() {
    int left = end - nextHeader;
    if (left <= 0) {
      return false;
    }
    if (left < NetlinkFormat.ATTRIBUTE_HEADER_BYTES) {
      throw new WireException(left + " bytes left, too few for an attribute", nextHeader);
    }
    int length = buffer.getShort(nextHeader) & 0xffff;
    if (length < NetlinkFormat.ATTRIBUTE_HEADER_BYTES || length > left) {
      throw new WireException("attribute length " + length + " is outside 4.." + left, nextHeader);
    }
    type = buffer.getShort(nextHeader + 2) & 0xffff;
    payloadStart = nextHeader + NetlinkFormat.ATTRIBUTE_HEADER_BYTES;
    payloadLength = length - NetlinkFormat.ATTRIBUTE_HEADER_BYTES;
    nextHeader += NetlinkFormat.align(length);
    return true;
  }

  /** The current attribute's number, without the NLA_F_* flags. */
  public int type() {
    return type & NetlinkFormat.NLA_TYPE_MASK;
  }

  /** The current attribute's type field as it is, with the NLA_F_* flags. */
  public int rawType() {
    return type;
  }

  /** Bytes of the current attribute's value. */
  public int length() {
    return payloadLength;
  }

  /** The current attribute's value: its own buffer from 0 to its length, host byte order. */
  public ByteBuffer payload() {
    return buffer.slice(start(), payloadLength).order(ByteOrder.nativeOrder());
  }

  /** A cursor over the attributes within the current one. */
  public AttributeReader nested() {
    return new AttributeReader(buffer, start(), payloadStart + payloadLength);
  }

  public int u8() {
    return buffer.get(exactly(1)) & 0xff;
  }

  public int u16() {
    return buffer.getShort(exactly(2)) & 0xffff;
  }

  public long u32() {
    return buffer.getInt(exactly(4)) & 0xffff_ffffL;
  }

  /** The 64 bits as they are; values above 2^63-1 come out negative. */
  public long u64() {
    return buffer.getLong(exactly(8));
  }

  public int s32() {
    return buffer.getInt(exactly(4));
  }

  public int be16() {
    int at = exactly(2);
    return (buffer.get(at) & 0xff) << 8 | (buffer.get(at + 1) & 0xff);
  }

  public long be32() {
    int value = buffer.getInt(exactly(4));
    boolean little = ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN;
    return (little ? Integer.reverseBytes(value) : value) & 0xffff_ffffL;
  }

  /** The value as UTF-8 up to the first NUL, or to its end if there is none. */
  public String string() {
    byte[] value = bytes();
    int length = 0;
    while (length < value.length && value[length] != 0) {
      length++;
    }
    return new String(value, 0, length, StandardCharsets.UTF_8);
  }

  /** A copy of the value. */
  public byte[] bytes() {
    byte[] value = new byte[payloadLength];
    buffer.get(start(), value);
    return value;
  }

  ByteBuffer buffer() {
    return buffer;
  }

  /** Where the current attribute's value starts in {@link #buffer()}. */
  int start() {
    if (payloadStart < 0) {
      throw new IllegalStateException("next() was not called");
    }
    return payloadStart;
  }

  private int exactly(int bytes) {
    int at = start();
    if (payloadLength != bytes) {
      throw new WireException("length is " + payloadLength + ", expected " + bytes, at);
    }
    return at;
  }
}
