// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.netlink.route;

import static dev.plumbline.netlink.wire.Codecs.BE16;
import static dev.plumbline.netlink.wire.Codecs.BE32;
import static dev.plumbline.netlink.wire.Codecs.BOOL8;
import static dev.plumbline.netlink.wire.Codecs.FLAG;
import static dev.plumbline.netlink.wire.Codecs.IPV4;
import static dev.plumbline.netlink.wire.Codecs.IPV6;
import static dev.plumbline.netlink.wire.Codecs.U32;
import static dev.plumbline.netlink.wire.Codecs.U8;

import dev.plumbline.netlink.wire.Attribute;
import dev.plumbline.netlink.wire.AttributeMap;
import dev.plumbline.netlink.wire.AttributeSchema;
import java.net.Inet4Address;
import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/**
 * GENEVE (RFC 8926): {@code IFLA_INFO_DATA} of kind "geneve".
 *
 * <p>"Fixed at creation": a change that has the attribute at all, even with the value that is there
 * (the id excepted), is refused with EOPNOTSUPP; the device must be made anew.
 *
 * <p>Source: {@code <linux/if_link.h>} IFLA_GENEVE_*, drivers/net/geneve.c.
 */
public final class Geneve {
  /** The kernel's name of this kind. */
  public static final String KIND = "geneve";

  /** VNI, 0 to 16777215. Fixed at creation. */
  public static final Attribute<Long> ID = new Attribute<>(1, "IFLA_GENEVE_ID", U32);

  /** Remote address, IPv4, no multicast. In place; sets the MTU to the largest (Linux 6.1). */
  public static final Attribute<InetAddress> REMOTE =
      new Attribute<>(2, "IFLA_GENEVE_REMOTE", IPV4);

  /** 0 (default) lets the kernel choose. In place. */
  public static final Attribute<Integer> TTL = new Attribute<>(3, "IFLA_GENEVE_TTL", U8);

  /** 1 inherits from the inner packet. In place. */
  public static final Attribute<Integer> TOS = new Attribute<>(4, "IFLA_GENEVE_TOS", U8);

  /** UDP destination port. Default 6081. Fixed at creation. */
  public static final Attribute<Integer> PORT = new Attribute<>(5, "IFLA_GENEVE_PORT", BE16);

  /** External: the tunnel is told by each packet. Fixed at creation. */
  public static final Attribute<Boolean> COLLECT_METADATA =
      new Attribute<>(6, "IFLA_GENEVE_COLLECT_METADATA", FLAG);

  /** Remote address, IPv6, no multicast, not link-local. In place as {@link #REMOTE}. */
  public static final Attribute<InetAddress> REMOTE6 =
      new Attribute<>(7, "IFLA_GENEVE_REMOTE6", IPV6);

  /** UDP checksums over IPv4. Default on since Linux 6.2, off before; absent for an IPv6 remote. */
  public static final Attribute<Boolean> UDP_CSUM =
      new Attribute<>(8, "IFLA_GENEVE_UDP_CSUM", BOOL8);

  /** Sends no UDP checksum over IPv6. Default on. */
  public static final Attribute<Boolean> UDP_ZERO_CSUM6_TX =
      new Attribute<>(9, "IFLA_GENEVE_UDP_ZERO_CSUM6_TX", BOOL8);

  /** Accepts no UDP checksum over IPv6. Default off. */
  public static final Attribute<Boolean> UDP_ZERO_CSUM6_RX =
      new Attribute<>(10, "IFLA_GENEVE_UDP_ZERO_CSUM6_RX", BOOL8);

  /** IPv6 flow label, 0 to 0xfffff. In place. */
  public static final Attribute<Long> LABEL = new Attribute<>(11, "IFLA_GENEVE_LABEL", BE32);

  /** Takes the TTL from the inner packet. In place. */
  public static final Attribute<Boolean> TTL_INHERIT =
      new Attribute<>(12, "IFLA_GENEVE_TTL_INHERIT", BOOL8);

  /** Don't-fragment bit: 0 unset (default), 1 set, 2 inherit. In place. */
  public static final Attribute<Integer> DF = new Attribute<>(13, "IFLA_GENEVE_DF", U8);

  /** No Ethernet inside. Fixed at creation. */
  public static final Attribute<Boolean> INNER_PROTO_INHERIT =
      new Attribute<>(14, "IFLA_GENEVE_INNER_PROTO_INHERIT", FLAG);

  /** UDP source ports (Linux 6.14). Fixed at creation. */
  public static final Attribute<PortRange> PORT_RANGE =
      new Attribute<>(15, "IFLA_GENEVE_PORT_RANGE", PortRange.BIG_ENDIAN);

  /** All attributes of the nest that are known here. */
  public static final AttributeSchema SCHEMA =
      AttributeSchema.of(
          "Geneve",
          ID,
          REMOTE,
          TTL,
          TOS,
          PORT,
          COLLECT_METADATA,
          REMOTE6,
          UDP_CSUM,
          UDP_ZERO_CSUM6_TX,
          UDP_ZERO_CSUM6_RX,
          LABEL,
          TTL_INHERIT,
          DF,
          INNER_PROTO_INHERIT,
          PORT_RANGE);

  /** The kernel's values where nothing was said. */
  public static final AttributeMap DEFAULTS =
      AttributeMap.EMPTY
          .with(TTL, 0)
          .with(TOS, 0)
          .with(PORT, 6081)
          .with(LABEL, 0L)
          .with(TTL_INHERIT, false)
          .with(DF, 0);

  /**
   * A geneve device to be created.
   *
   * @param id VNI, 0 to 16777215
   */
  public static LinkBuilder named(String name, long id, InetAddress remote) {
    LinkBuilder link = Link.named(name).kind(KIND).data(ID, id);
    return link.data(remote instanceof Inet4Address ? REMOTE : REMOTE6, remote);
  }

  /** The remote of a geneve device's data, of whichever family. */
  public static @Nullable InetAddress remote(AttributeMap data) {
    InetAddress v4 = data.get(REMOTE);
    return v4 != null ? v4 : data.get(REMOTE6);
  }

  private Geneve() {}
}
