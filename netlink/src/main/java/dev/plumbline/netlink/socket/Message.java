// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.netlink.socket;

import dev.plumbline.netlink.wire.AttributeMap;
import dev.plumbline.netlink.wire.AttributeSchema;
import dev.plumbline.netlink.wire.NetlinkFormat;
import dev.plumbline.netlink.wire.WireException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * A message from the kernel. It keeps the bytes it came in alive, up to 64 KiB shared with its
 * neighbours of a dump; they are never written to again.
 *
 * @param type {@code RTM_NEWLINK} and so on
 * @param flags NLM_F_* bits
 * @param sequence the request's; 0 in a multicast message that no request caused
 * @param port the netlink port of the socket that caused it; 0 is the kernel
 * @param payload what follows the header, from position 0 to the limit, host byte order; each
 *     access gives a view of its own
 */
public record Message(int type, int flags, int sequence, int port, ByteBuffer payload) {
  public Message {
    payload = payload.slice().order(ByteOrder.nativeOrder());
  }

  @Override
  public ByteBuffer payload() {
    return payload.duplicate().order(ByteOrder.nativeOrder());
  }

  /**
   * The attributes behind the type's fixed header.
   *
   * @param headerBytes size of the fixed header ({@code ifinfomsg}: 16)
   * @throws WireException if the message is shorter than the header, or the attributes are
   *     malformed
   */
  public AttributeMap attributes(int headerBytes, AttributeSchema schema) {
    int start = NetlinkFormat.align(headerBytes);
    if (payload.limit() < headerBytes) {
      throw new WireException(
          "message " + type + " has " + payload.limit() + " bytes, its header " + headerBytes, 0);
    }
    return schema.read(payload().position(Math.min(start, payload.limit())));
  }
}
