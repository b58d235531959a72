// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.netlink.traffic;

import dev.plumbline.netlink.wire.MessageWriter;
import dev.plumbline.netlink.wire.WireException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The fixed header of all messages of traffic control (struct tcmsg).
 *
 * <pre>
 *    0               1               2               3
 *   +---------------+---------------+-------------------------------+
 *   |    family     |                   padding                     |
 *   +---------------+-----------------------------------------------+
 *   |                             index                             |
 *   +---------------------------------------------------------------+
 *   |                            handle                             |
 *   +---------------------------------------------------------------+
 *   |                            parent                             |
 *   +-------------------------------+-------------------------------+
 *   |  info: priority (filters)     |  protocol, network byte order |
 *   +-------------------------------+-------------------------------+
 * </pre>
 */
record TrafficHeader(int index, int handle, int parent, int info) {
  static final int BYTES = 20;
  private static final int ANY_PROTOCOL = 3; // ETH_P_ALL

  static TrafficHeader read(ByteBuffer b) {
    if (b.limit() < BYTES) {
      throw new WireException("tcmsg has " + b.limit() + " bytes", 0);
    }
    return new TrafficHeader(b.getInt(4), b.getInt(8), b.getInt(12), b.getInt(16));
  }

  /** The header of messages about a filter of frames of any protocol. */
  static TrafficHeader of(TrafficFilter filter) {
    int protocol =
        ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN ? ANY_PROTOCOL << 8 : ANY_PROTOCOL;
    return new TrafficHeader(
        filter.index(), filter.handle(), filter.parent(), filter.priority() << 16 | protocol);
  }

  void write(MessageWriter w) {
    w.u32(0).s32(index).u32(handle).u32(parent).u32(info);
  }
}
