// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.netlink.route;

import static dev.plumbline.netlink.wire.Codecs.S32;

import dev.plumbline.netlink.namespace.NetNamespace;
import dev.plumbline.netlink.socket.Request;
import dev.plumbline.netlink.wire.Attribute;
import dev.plumbline.netlink.wire.AttributeMap;
import dev.plumbline.netlink.wire.AttributeSchema;
import java.nio.ByteBuffer;

/**
 * The number under which one namespace knows another (RTM_NEWNSID): what {@link Link#LINK_NETNSID}
 * holds. The kernel gives numbers when it needs them, and user space can give them before. A number
 * stays for the life of both namespaces.
 *
 * <p>The header is struct rtgenmsg, the family alone. Source: {@code <linux/net_namespace.h>},
 * ip-netns(8).
 */
public final class NamespaceId {
  /** What the kernel says for a namespace without number. */
  public static final int NONE = -1;

  private static final int HEADER_BYTES = 4;
  private static final Attribute<Integer> NSID = new Attribute<>(1, "NETNSA_NSID", S32);
  private static final Attribute<Integer> FD = new Attribute<>(3, "NETNSA_FD", S32);
  private static final AttributeSchema SCHEMA = AttributeSchema.of("NETNSA", NSID, FD);

  private NamespaceId() {}

  /** Asks for the number of a namespace; the answer is {@link #NONE} if it has none. */
  public static Request get(NetNamespace namespace) {
    return request(
        RouteRequest.GETNSID,
        "read the id of namespace " + namespace,
        AttributeMap.EMPTY.with(FD, namespace.fd()));
  }

  /** Gives a namespace the next free number. EEXIST if it has one. */
  public static Request assign(NetNamespace namespace) {
    return assign(namespace, NONE);
  }

  /**
   * Gives a namespace this number. EEXIST if it has one, ENOSPC or EEXIST if the number is taken.
   */
  public static Request assign(NetNamespace namespace, int id) {
    return request(
        RouteRequest.NEWNSID,
        "give namespace " + namespace + " an id",
        AttributeMap.EMPTY.with(FD, namespace.fd()).with(NSID, id));
  }

  private static Request request(int type, String description, AttributeMap attributes) {
    return new RouteRequest(type, 0, description, w -> w.u8(0).align().attributes(attributes));
  }

  /**
   * Reads the payload of an RTM_NEWNSID message.
   *
   * @throws dev.plumbline.netlink.wire.WireException if it is malformed
   */
  public static int readBody(ByteBuffer payload) {
    Headers.of(payload, HEADER_BYTES, "rtgenmsg");
    return SCHEMA.read(Headers.after(payload, HEADER_BYTES)).get(NSID, NONE);
  }
}
