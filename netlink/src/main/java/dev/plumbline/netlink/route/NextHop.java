// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.netlink.route;

import dev.plumbline.netlink.wire.AttributeCodec;
import dev.plumbline.netlink.wire.AttributeMap;
import dev.plumbline.netlink.wire.MessageWriter;
import dev.plumbline.netlink.wire.WireException;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One of several ways of a route (struct rtnexthop and attributes, in RTA_MULTIPATH).
 *
 * <pre>
 *    0               1               2               3
 *   +-------------------------------+---------------+---------------+
 *   |    length, attributes too     |     flags     |  weight - 1   |
 *   +-------------------------------+---------------+---------------+
 *   |                          link index                           |
 *   +---------------------------------------------------------------+
 * </pre>
 *
 * @param index index of the link; 0 lets the kernel find it by the gateway
 * @param weight 1 to 256
 * @param flags {@link Route#ONLINK} and read-only ones
 * @param attributes {@link Route#GATEWAY}, {@link Route#VIA} and others of the route's
 */
public record NextHop(int index, int weight, int flags, AttributeMap attributes) {
  private static final int HEADER_BYTES = 8;

  static final AttributeCodec<List<NextHop>> LIST = new ListCodec();

  public NextHop {
    if (weight < 1 || weight > 256) {
      throw new IllegalArgumentException("weight " + weight + " is outside 1..256");
    }
  }

  /** A way through a gateway on a link. */
  public static NextHop via(InetAddress gateway, int index, int weight) {
    return new NextHop(index, weight, 0, AttributeMap.EMPTY.with(Route.GATEWAY, gateway));
  }

  /** A way through a link without gateway. */
  public static NextHop dev(int index, int weight) {
    return new NextHop(index, weight, 0, AttributeMap.EMPTY);
  }

  /** This way with a gateway that need not be in a network of the link. */
  public NextHop onlink() {
    return new NextHop(index, weight, flags | Route.ONLINK, attributes);
  }

  /** The gateway of whichever family, or null. */
  public @Nullable InetAddress gateway() {
    InetAddress gateway = attributes.get(Route.GATEWAY);
    return gateway != null ? gateway : attributes.get(Route.VIA);
  }

  private static final class ListCodec implements AttributeCodec<List<NextHop>> {
    @Override
    public List<NextHop> read(ByteBuffer payload) {
      List<NextHop> hops = new ArrayList<>();
      int end = payload.limit();
      int at = payload.position();
      while (at < end) {
        int length = end - at < HEADER_BYTES ? 0 : payload.getShort(at) & 0xffff;
        if (length < HEADER_BYTES || length > end - at) {
          throw new WireException(
              "next hop of " + length + " bytes is outside 8.." + (end - at), at);
        }
        ByteBuffer attributes =
            payload.slice(at + HEADER_BYTES, length - HEADER_BYTES).order(ByteOrder.nativeOrder());
        hops.add(
            new NextHop(
                payload.getInt(at + 4),
                (payload.get(at + 3) & 0xff) + 1,
                payload.get(at + 2) & 0xff,
                Route.SCHEMA.read(attributes)));
        at += (length + 3) & ~3;
      }
      return List.copyOf(hops);
    }

    @Override
    public void write(MessageWriter w, int type, List<NextHop> value) {
      int mark = w.beginAttribute(type);
      for (NextHop hop : value) {
        byte[] attributes = bytes(hop.attributes);
        w.u16(HEADER_BYTES + attributes.length)
            .u8(hop.flags)
            .u8(hop.weight - 1)
            .s32(hop.index)
            .bytes(attributes);
      }
      w.endNested(mark);
    }

    /** The length comes first, so the attributes are written elsewhere before. */
    private static byte[] bytes(AttributeMap attributes) {
      return new MessageWriter(64).attributes(attributes).toByteArray();
    }
  }
}
