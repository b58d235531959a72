// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.netlink.route;

import dev.plumbline.netlink.namespace.NetNamespace;
import dev.plumbline.netlink.wire.Attribute;
import dev.plumbline.netlink.wire.AttributeCodec;
import dev.plumbline.netlink.wire.MessageWriter;
import java.nio.ByteBuffer;

/**
 * A pair of devices, each of which receives what the other sends: {@code IFLA_INFO_DATA} of kind
 * "veth".
 *
 * <p>Only creation takes data; a read shows none. The peer of a device that was read is {@link
 * Link#link()} in the namespace {@link Link#linkNamespaceId()} (absent for the same namespace).
 * Deleting either end deletes both.
 *
 * <p>Source: {@code <linux/veth.h>}, drivers/net/veth.c.
 */
public final class Veth {
  /** The kernel's name of this kind. */
  public static final String KIND = "veth";

  /**
   * The other end: an ifinfomsg and attributes of its own, such as name, MTU, address, namespace.
   * Write-only: a link that is read has it as bytes, until somebody asks for it.
   */
  public static final Attribute<Link> PEER = new Attribute<>(1, "VETH_INFO_PEER", new PeerCodec());

  private Veth() {}

  /**
   * A pair to be created.
   *
   * @param peer the other end; the kernel honours its name, address, MTU, queue counts, txqlen,
   *     group and namespace ({@link LinkBuilder#namespace(NetNamespace)}), and silently ignores its
   *     alias and master
   * @throws IllegalArgumentException if the peer is to be up: the kernel would refuse with
   *     ENOTCONN, since the first end is not there yet when the peer is configured
   */
  public static LinkBuilder named(String name, LinkBuilder peer) {
    Link other = peer.build();
    if (other.isUp()) {
      throw new IllegalArgumentException(
          "the peer " + other.name() + " of " + name + " cannot be created up");
    }
    return Link.named(name).kind(KIND).data(PEER, other);
  }

  private static final class PeerCodec implements AttributeCodec<Link> {
    @Override
    public Link read(ByteBuffer payload) {
      return Link.readBody(payload);
    }

    @Override
    public void write(MessageWriter w, int type, Link value) {
      int mark = w.beginNested(type);
      value.writeBody(w);
      w.endNested(mark);
    }
  }
}
