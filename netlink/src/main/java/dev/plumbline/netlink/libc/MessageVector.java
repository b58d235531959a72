// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.netlink.libc;

import java.nio.ByteBuffer;

/**
 * The messages of one {@link Libc#sendmmsg} or {@link Libc#recvmmsg}: an array of struct mmsghdr,
 * with the struct iovecs and the control messages that they point to, made once and used many
 * times. Offsets of 64-bit Linux, {@code <sys/socket.h>}.
 *
 * <pre>
 *   0           8      12       16         24          32             40                48      56      60
 *   +-----------+-------+-------+----------+-----------+--------------+-----------------+-------+-------+
 *   | name      | bytes |       | iovecs   | how many  | control      | control's bytes | flags | length|
 *   +-----------+-------+-------+----------+-----------+--------------+-----------------+-------+-------+
 * </pre>
 *
 * <p>Belongs to one thread at a time. The memory that the parts point to must stay reachable until
 * the call is over.
 */
public final class MessageVector {
  /** Data of a control message begins here. */
  private static final int CONTROL_HEADER_BYTES = 16;

  private static final int MESSAGE_BYTES = 64;
  private static final int NAME_LENGTH = 8;
  private static final int IOVECS = 16;
  private static final int IOVEC_COUNT = 24;
  private static final int CONTROL = 32;
  private static final int CONTROL_LENGTH = 40;
  private static final int FLAGS = 48;
  private static final int LENGTH = 56;
  private static final int IOVEC_BYTES = 16;

  private final int capacity;
  private final int parts;
  private final int controlBytes;
  private final Memory memory;
  private final ByteBuffer buffer;
  private final int iovecs;
  private final int controls;

  /**
   * A vector.
   *
   * @param capacity messages, 1 to 1,024 (UIO_MAXIOV: no call takes more)
   * @param parts pieces of memory that each message consists of, 1 or more
   * @param controlBytes room for each message's control messages, a multiple of 8; see {@link
   *     #controlBytes}
   */
  public MessageVector(int capacity, int parts, int controlBytes) {
    if (capacity < 1 || capacity > 1024 || parts < 1 || controlBytes < 0 || controlBytes % 8 != 0) {
      throw new IllegalArgumentException(
          capacity + " messages of " + parts + " parts with " + controlBytes + " control bytes");
    }
    this.capacity = capacity;
    this.parts = parts;
    this.controlBytes = controlBytes;
    iovecs = capacity * MESSAGE_BYTES;
    controls = iovecs + capacity * parts * IOVEC_BYTES;
    memory = Memory.allocate(controls + capacity * controlBytes);
    buffer = memory.buffer();
    for (int i = 0; i < capacity; i++) {
      int at = i * MESSAGE_BYTES;
      buffer.putLong(at + IOVECS, memory.address(iovec(i, 0), parts * IOVEC_BYTES));
      buffer.putLong(at + IOVEC_COUNT, parts);
      if (controlBytes > 0) {
        buffer.putLong(at + CONTROL, memory.address(control(i), controlBytes));
      }
    }
  }

  /** Room that a control message with so many bytes of data needs (CMSG_SPACE). */
  public static int controlBytes(int dataBytes) {
    return CONTROL_HEADER_BYTES + ((dataBytes + 7) & ~7);
  }

  public int capacity() {
    return capacity;
  }

  /** Says where one part of a message is: what is sent, or where to receive. */
  public void part(int message, int part, long address, long bytes) {
    int at = iovec(message, part);
    buffer.putLong(at, address);
    buffer.putLong(at + 8, bytes);
  }

  /** Says where a message is to go, or where to write whence it came: struct sockaddr. */
  public void name(int message, long address, int bytes) {
    int at = message * MESSAGE_BYTES;
    buffer.putLong(at, address);
    buffer.putInt(at + NAME_LENGTH, bytes);
  }

  /** A message that is to be sent has no control messages any more. */
  public void noControls(int message) {
    buffer.putLong(message * MESSAGE_BYTES + CONTROL_LENGTH, 0);
  }

  /**
   * Gives a message that is to be sent one control message more.
   *
   * @throws IllegalArgumentException if there is no room for it
   */
  public void addControl(int message, int level, int type, byte[] data) {
    int lengthAt = message * MESSAGE_BYTES + CONTROL_LENGTH;
    int used = (int) buffer.getLong(lengthAt);
    if (used + controlBytes(data.length) > controlBytes) {
      throw new IllegalArgumentException("no room for control messages beyond " + controlBytes);
    }
    int at = control(message) + used;
    buffer.putLong(at, CONTROL_HEADER_BYTES + (long) data.length);
    buffer.putInt(at + 8, level);
    buffer.putInt(at + 12, type);
    buffer.put(at + CONTROL_HEADER_BYTES, data);
    buffer.putLong(lengthAt, used + (long) controlBytes(data.length));
  }

  /** Gives a message that is to be sent one control message, whose data is an int. */
  public void control(int message, int level, int type, int value) {
    int at = control(message);
    buffer.putLong(at, CONTROL_HEADER_BYTES + 4);
    buffer.putInt(at + 8, level);
    buffer.putInt(at + 12, type);
    buffer.putInt(at + CONTROL_HEADER_BYTES, value);
    buffer.putLong(message * MESSAGE_BYTES + CONTROL_LENGTH, controlBytes(4));
  }

  /** Makes the room for control messages of the first messages free again, for receiving. */
  public void clearControls(int messages) {
    for (int i = 0; i < messages; i++) {
      buffer.putLong(i * MESSAGE_BYTES + CONTROL_LENGTH, controlBytes);
    }
  }

  /** How many bytes of a message were sent or received. */
  public int length(int message) {
    return buffer.getInt(message * MESSAGE_BYTES + LENGTH);
  }

  /** MSG_* bits of a received message; {@link Libc#MSG_TRUNC}: it was longer than its parts. */
  public int flags(int message) {
    return buffer.getInt(message * MESSAGE_BYTES + FLAGS);
  }

  /**
   * Where in {@link #buffer} the data of a received control message is.
   *
   * @param dataBytes how much of it there must be
   * @return -1 if the message has none of that kind, or a shorter one
   */
  public int findControl(int message, int level, int type, int dataBytes) {
    int at = control(message);
    int end = at + (int) buffer.getLong(message * MESSAGE_BYTES + CONTROL_LENGTH);
    while (at + CONTROL_HEADER_BYTES <= end) {
      long length = buffer.getLong(at);
      if (length < CONTROL_HEADER_BYTES || length > end - at) {
        return -1;
      }
      if (buffer.getInt(at + 8) == level
          && buffer.getInt(at + 12) == type
          && length >= CONTROL_HEADER_BYTES + dataBytes) {
        return at + CONTROL_HEADER_BYTES;
      }
      at += ((int) length + 7) & ~7;
    }
    return -1;
  }

  /** For {@link #findControl}; native byte order, for absolute reads only. */
  public ByteBuffer buffer() {
    return buffer;
  }

  long address(int first, int count) {
    if (first < 0 || count < 0 || first > capacity - count) {
      throw new IndexOutOfBoundsException(count + " messages from " + first + " of " + capacity);
    }
    return memory.address() + (long) first * MESSAGE_BYTES;
  }

  private int iovec(int message, int part) {
    if (message < 0 || message >= capacity || part < 0 || part >= parts) {
      throw new IndexOutOfBoundsException("part " + part + " of message " + message);
    }
    return iovecs + (message * parts + part) * IOVEC_BYTES;
  }

  private int control(int message) {
    return controls + message * controlBytes;
  }
}
