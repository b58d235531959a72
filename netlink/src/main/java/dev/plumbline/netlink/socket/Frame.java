// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.netlink.socket;

import dev.plumbline.netlink.wire.NetlinkFormat;
import dev.plumbline.netlink.wire.WireException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * A cursor over the messages of a received datagram; the header's layout is in the wire package.
 */
final class Frame {
  private final ByteBuffer datagram;
  private int start;
  private int end;

  Frame(ByteBuffer datagram) {
    this.datagram = datagram;
  }

  /**
   * Steps to the next message.
   *
   * @return false if there is none left
   * @throws WireException if its header is cut off or its length is out of bounds
   */
  boolean next() {
    start = NetlinkFormat.align(end);
    int left = datagram.limit() - start;
    if (left <= 0) {
      return false;
    }
    if (left < NetlinkFormat.HEADER_BYTES) {
      throw new WireException(left + " bytes left, too few for a message", start);
    }
    int length = datagram.getInt(start + NetlinkFormat.LENGTH_OFFSET);
    if (length < NetlinkFormat.HEADER_BYTES || length > left) {
      throw new WireException("message length " + length + " is outside 16.." + left, start);
    }
    end = start + length;
    return true;
  }

  int type() {
    return datagram.getShort(start + NetlinkFormat.TYPE_OFFSET) & 0xffff;
  }

  int flags() {
    return datagram.getShort(start + NetlinkFormat.FLAGS_OFFSET) & 0xffff;
  }

  int sequence() {
    return datagram.getInt(start + NetlinkFormat.SEQUENCE_OFFSET);
  }

  boolean has(int flag) {
    return (flags() & flag) != 0;
  }

  /** The payload, in the datagram's own memory. */
  ByteBuffer payload() {
    int payload = start + NetlinkFormat.HEADER_BYTES;
    return datagram.slice(payload, end - payload).order(ByteOrder.nativeOrder());
  }

  /** A message that refers to the datagram's memory. */
  Message message() {
    int port = datagram.getInt(start + NetlinkFormat.PORT_OFFSET);
    return new Message(type(), flags(), sequence(), port, payload());
  }

  /** A message with bytes of its own. */
  Message copiedMessage() {
    int port = datagram.getInt(start + NetlinkFormat.PORT_OFFSET);
    return new Message(type(), flags(), sequence(), port, copy(payload()));
  }

  /** A copy on the heap: a datagram's memory is that of the socket's next one as well. */
  static ByteBuffer copy(ByteBuffer datagram) {
    ByteBuffer copy = ByteBuffer.allocate(datagram.remaining()).order(ByteOrder.nativeOrder());
    return copy.put(datagram).flip();
  }
}
