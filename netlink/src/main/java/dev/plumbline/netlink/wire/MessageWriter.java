// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.netlink.wire;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Writes messages one after another into one buffer that grows, in the host's byte order and with
 * the alignment that netlink wants. {@link #begin} starts a message, {@link #end} patches its
 * length.
 *
 * <p>Not thread-safe. After an exception the unfinished message is dropped by {@link #abandon()}.
 */
public final class MessageWriter {
  private ByteBuffer buffer;
  private int messageStart = -1;

  // Where attributes with a key were written: the kernel names the offending one by its offset.
  private int[] markOffsets = new int[16];
  private Attribute<?>[] markKeys = new Attribute<?>[16];
  private int marks;

  public MessageWriter() {
    this(4096);
  }

  public MessageWriter(int initialBytes) {
    buffer = ByteBuffer.allocate(Math.max(64, initialBytes)).order(ByteOrder.nativeOrder());
  }

  /**
   * Starts a message; what follows until {@link #end} belongs to it.
   *
   * @param flags NLM_F_* bits
   * @return the offset of the message in the buffer
   */
  public int begin(int type, int flags, int sequence) {
    if (messageStart >= 0) {
      throw new IllegalStateException("a message is already begun");
    }
    room(NetlinkFormat.HEADER_BYTES);
    messageStart = buffer.position();
    buffer.putInt(0).putShort((short) type).putShort((short) flags).putInt(sequence).putInt(0);
    return messageStart;
  }

  /** Ends the message that was begun: its length is now known. */
  public void end() {
    if (messageStart < 0) {
      throw new IllegalStateException("no message is begun");
    }
    // nlmsg_len leaves out the last padding, but every attribute pads itself and iproute2 counts
    // it as well: the kernel wants the next message at an aligned offset either way.
    align();
    buffer.putInt(messageStart + NetlinkFormat.LENGTH_OFFSET, buffer.position() - messageStart);
    messageStart = -1;
  }

  /** Drops the message that was begun, if any; those ended before stay. */
  public void abandon() {
    if (messageStart >= 0) {
      buffer.position(messageStart);
      while (marks > 0 && markOffsets[marks - 1] >= messageStart) {
        marks--;
      }
      messageStart = -1;
    }
  }

  /** Empties the writer; the buffer is kept for the next messages. */
  public void clear() {
    buffer.clear();
    marks = 0;
    messageStart = -1;
  }

  /** Bytes written so far. */
  public int size() {
    return buffer.position();
  }

  /** The bytes written so far, read-only, in the host's byte order; valid until the next write. */
  public ByteBuffer written() {
    ByteBuffer view = buffer.asReadOnlyBuffer().order(ByteOrder.nativeOrder());
    view.flip();
    return view;
  }

  /** A copy of the bytes written so far. */
  public byte[] toByteArray() {
    return Arrays.copyOf(buffer.array(), buffer.position());
  }

  /** Appends a byte; the value is truncated to 8 bits. */
  public MessageWriter u8(int value) {
    room(1);
    buffer.put((byte) value);
    return this;
  }

  /** Appends 16 bits in the host's byte order; the value is truncated. */
  public MessageWriter u16(int value) {
    room(2);
    buffer.putShort((short) value);
    return this;
  }

  /** Appends 32 bits in the host's byte order; the value is truncated. */
  public MessageWriter u32(long value) {
    room(4);
    buffer.putInt((int) value);
    return this;
  }

  /** Appends a signed 32-bit number in the host's byte order. */
  public MessageWriter s32(int value) {
    room(4);
    buffer.putInt(value);
    return this;
  }

  /** Appends 64 bits in the host's byte order. */
  public MessageWriter u64(long value) {
    room(8);
    buffer.putLong(value);
    return this;
  }

  /** Appends 16 bits in network byte order. */
  public MessageWriter be16(int value) {
    return u8(value >>> 8).u8(value);
  }

  /** Appends 32 bits in network byte order. */
  public MessageWriter be32(long value) {
    return be16((int) (value >>> 16)).be16((int) value);
  }

  /** Appends bytes as they are, without padding. */
  public MessageWriter bytes(byte[] value) {
    room(value.length);
    buffer.put(value);
    return this;
  }

  /** Pads with zeros to the next multiple of 4. */
  public MessageWriter align() {
    while ((buffer.position() & 3) != 0) {
      u8(0);
    }
    return this;
  }

  /**
   * Appends an attribute.
   *
   * @param type the number, with NLA_F_* flags if it is to have any
   * @throws IllegalArgumentException if the payload has more bytes than an attribute can carry
   */
  public MessageWriter attribute(int type, byte[] payload) {
    int mark = beginAttribute(type);
    bytes(payload);
    endNested(mark);
    return this;
  }

  /** Appends an attribute in the form that its codec gives it. */
  public <T> MessageWriter attribute(Attribute<T> attribute, T value) {
    mark(attribute);
    attribute.codec().write(this, attribute.type(), value);
    return this;
  }

  /** Appends all attributes of the map, unknown ones included, in the map's order. */
  public MessageWriter attributes(AttributeMap map) {
    map.writeTo(this);
    return this;
  }

  /**
   * Starts an attribute that holds attributes (NLA_F_NESTED is set); end it with {@link
   * #endNested}.
   *
   * @return the mark for {@link #endNested}
   */
  public int beginNested(int type) {
    return beginAttribute(type | NetlinkFormat.NLA_F_NESTED);
  }

  /**
   * Starts an attribute whose value is appended piece by piece and ended with {@link #endNested};
   * for values that are C structures, and for nests of old interfaces that must not have
   * NLA_F_NESTED set.
   */
  public int beginAttribute(int type) {
    align();
    room(NetlinkFormat.ATTRIBUTE_HEADER_BYTES);
    int mark = buffer.position();
    buffer.putShort((short) 0).putShort((short) type);
    return mark;
  }

  /**
   * Ends what {@link #beginNested} or {@link #beginAttribute} started.
   *
   * @throws IllegalArgumentException if it has grown larger than an attribute can be
   */
  public void endNested(int mark) {
    int length = buffer.position() - mark;
    if (length > 0xffff) {
      int type = buffer.getShort(mark + 2) & NetlinkFormat.NLA_TYPE_MASK;
      throw new IllegalArgumentException(
          "attribute " + type + " has " + length + " bytes, more than the 65535 that fit");
    }
    buffer.putShort(mark, (short) length);
    align();
  }

  /**
   * The key that the attribute at that offset was written with, or null if there is none at that
   * offset or it had no key.
   *
   * @param offset of the attribute's header from the start of the buffer
   */
  public @Nullable Attribute<?> attributeAt(int offset) {
    int index = Arrays.binarySearch(markOffsets, 0, marks, offset);
    return index < 0 ? null : markKeys[index];
  }

  /** Notes that the attribute about to be written belongs to the key. */
  void mark(Attribute<?> key) {
    int offset = NetlinkFormat.align(buffer.position());
    if (marks > 0 && markOffsets[marks - 1] == offset) {
      marks--; // the one before wrote nothing (a flag that is false)
    }
    if (marks == markOffsets.length) {
      markOffsets = Arrays.copyOf(markOffsets, marks * 2);
      markKeys = Arrays.copyOf(markKeys, marks * 2);
    }
    markOffsets[marks] = offset;
    markKeys[marks++] = key;
  }

  /** Appends part of a buffer as an attribute, without an array between. */
  void attribute(int type, ByteBuffer source, int offset, int length) {
    int mark = beginAttribute(type);
    room(length);
    buffer.put(buffer.position(), source, offset, length);
    buffer.position(buffer.position() + length);
    endNested(mark);
  }

  private void room(int bytes) {
    if (buffer.remaining() < bytes) {
      int capacity = Math.max(Math.multiplyExact(buffer.capacity(), 2), buffer.position() + bytes);
      buffer = ByteBuffer.allocate(capacity).order(ByteOrder.nativeOrder()).put(buffer.flip());
    }
  }
}
