// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.netlink.route;

import static dev.plumbline.netlink.wire.Codecs.BE16;
import static dev.plumbline.netlink.wire.Codecs.BE32;
import static dev.plumbline.netlink.wire.Codecs.BOOL8;
import static dev.plumbline.netlink.wire.Codecs.FLAG;
import static dev.plumbline.netlink.wire.Codecs.IP;
import static dev.plumbline.netlink.wire.Codecs.S32;
import static dev.plumbline.netlink.wire.Codecs.U16;
import static dev.plumbline.netlink.wire.Codecs.U32;
import static dev.plumbline.netlink.wire.Codecs.U8;

import dev.plumbline.netlink.wire.Attribute;
import dev.plumbline.netlink.wire.AttributeSchema;
import java.net.InetAddress;

/**
 * GRE (RFC 2784, 2890): {@code IFLA_INFO_DATA} of the kinds "gre", "gretap", "ip6gre" and
 * "ip6gretap".
 *
 * <p>A change in place sends all parameters: what the message leaves out goes back to its default.
 * So a change starts from the data that was read, with what differs. The kernel refuses a change of
 * {@link #COLLECT_METADATA}, and EEXIST says that another tunnel has the same local, remote and
 * key.
 *
 * <p>Source: {@code <linux/if_tunnel.h>} IFLA_GRE_*, net/ipv4/ip_gre.c, net/ipv6/ip6_gre.c.
 */
public final class Gre {
  /** Index of the device below; 0 for whatever the route says. */
  public static final Attribute<Integer> LINK = new Attribute<>(1, "IFLA_GRE_LINK", S32);

  /**
   * Header bits expected: {@link #CSUM}, {@link #KEY}, {@link #SEQ}. An {@link #IKEY} counts only
   * with {@link #KEY}.
   */
  public static final Attribute<Integer> IFLAGS = new Attribute<>(2, "IFLA_GRE_IFLAGS", BE16);

  /** Header bits sent, as {@link #IFLAGS}. */
  public static final Attribute<Integer> OFLAGS = new Attribute<>(3, "IFLA_GRE_OFLAGS", BE16);

  /** Key expected, 0 to 2^32-1. */
  public static final Attribute<Long> IKEY = new Attribute<>(4, "IFLA_GRE_IKEY", BE32);

  /** Key sent, 0 to 2^32-1. */
  public static final Attribute<Long> OKEY = new Attribute<>(5, "IFLA_GRE_OKEY", BE32);

  /** Source address of the outer header; 0.0.0.0 or :: for any. */
  public static final Attribute<InetAddress> LOCAL = new Attribute<>(6, "IFLA_GRE_LOCAL", IP);

  /** Destination of the outer header; 0.0.0.0 or :: for any. */
  public static final Attribute<InetAddress> REMOTE = new Attribute<>(7, "IFLA_GRE_REMOTE", IP);

  /**
   * 0 inherits from the inner packet (needs path MTU discovery). Default 0 for gre, 64 for ip6gre.
   */
  public static final Attribute<Integer> TTL = new Attribute<>(8, "IFLA_GRE_TTL", U8);

  /** 1 inherits from the inner packet. gre and gretap only. */
  public static final Attribute<Integer> TOS = new Attribute<>(9, "IFLA_GRE_TOS", U8);

  /** Path MTU discovery: sets the don't-fragment bit. Default on. gre and gretap only. */
  public static final Attribute<Boolean> PMTUDISC = new Attribute<>(10, "IFLA_GRE_PMTUDISC", BOOL8);

  /** Tunnel encapsulation limit (RFC 2473). Default 4. ip6gre and ip6gretap only. */
  public static final Attribute<Integer> ENCAP_LIMIT =
      new Attribute<>(11, "IFLA_GRE_ENCAP_LIMIT", U8);

  /** IPv6 traffic class and flow label. ip6gre and ip6gretap only. */
  public static final Attribute<Long> FLOWINFO = new Attribute<>(12, "IFLA_GRE_FLOWINFO", BE32);

  /** IP6_TNL_F_* bits. ip6gre and ip6gretap only. */
  public static final Attribute<Long> FLAGS = new Attribute<>(13, "IFLA_GRE_FLAGS", U32);

  /** Further encapsulation: 0 none, 1 FOU, 2 GUE. */
  public static final Attribute<Integer> ENCAP_TYPE =
      new Attribute<>(14, "IFLA_GRE_ENCAP_TYPE", U16);

  /** TUNNEL_ENCAP_FLAG_* bits. */
  public static final Attribute<Integer> ENCAP_FLAGS =
      new Attribute<>(15, "IFLA_GRE_ENCAP_FLAGS", U16);

  /** UDP source port of the further encapsulation. */
  public static final Attribute<Integer> ENCAP_SPORT =
      new Attribute<>(16, "IFLA_GRE_ENCAP_SPORT", BE16);

  /** UDP destination port of the further encapsulation. */
  public static final Attribute<Integer> ENCAP_DPORT =
      new Attribute<>(17, "IFLA_GRE_ENCAP_DPORT", BE16);

  /** External: the tunnel is told by each packet. Fixed at creation. */
  public static final Attribute<Boolean> COLLECT_METADATA =
      new Attribute<>(18, "IFLA_GRE_COLLECT_METADATA", FLAG);

  /** Ignores the inner don't-fragment bit; excludes {@link #PMTUDISC}. gretap only. */
  public static final Attribute<Boolean> IGNORE_DF =
      new Attribute<>(19, "IFLA_GRE_IGNORE_DF", BOOL8);

  /** Mark used for the route lookup of the outer packet. */
  public static final Attribute<Long> FWMARK = new Attribute<>(20, "IFLA_GRE_FWMARK", U32);

  /** ERSPAN only. */
  public static final Attribute<Long> ERSPAN_INDEX =
      new Attribute<>(21, "IFLA_GRE_ERSPAN_INDEX", U32);

  /** ERSPAN only; the kernel reports it for gre too. */
  public static final Attribute<Integer> ERSPAN_VER =
      new Attribute<>(22, "IFLA_GRE_ERSPAN_VER", U8);

  /** ERSPAN only. */
  public static final Attribute<Integer> ERSPAN_DIR =
      new Attribute<>(23, "IFLA_GRE_ERSPAN_DIR", U8);

  /** ERSPAN only. */
  public static final Attribute<Integer> ERSPAN_HWID =
      new Attribute<>(24, "IFLA_GRE_ERSPAN_HWID", U16);

  /** Layer 3 over IPv4. */
  public static final String GRE = "gre";

  /** Ethernet over IPv4. */
  public static final String GRETAP = "gretap";

  /** Layer 3 over IPv6. */
  public static final String IP6GRE = "ip6gre";

  /** Ethernet over IPv6. */
  public static final String IP6GRETAP = "ip6gretap";

  /** Header bit: checksum. */
  public static final int CSUM = 0x8000;

  /** Header bit: key. */
  public static final int KEY = 0x2000;

  /** Header bit: sequence numbers. */
  public static final int SEQ = 0x1000;

  /** All attributes of the nest that are known here. */
  public static final AttributeSchema SCHEMA =
      AttributeSchema.of(
          "Gre",
          LINK,
          IFLAGS,
          OFLAGS,
          IKEY,
          OKEY,
          LOCAL,
          REMOTE,
          TTL,
          TOS,
          PMTUDISC,
          ENCAP_LIMIT,
          FLOWINFO,
          FLAGS,
          ENCAP_TYPE,
          ENCAP_FLAGS,
          ENCAP_SPORT,
          ENCAP_DPORT,
          COLLECT_METADATA,
          IGNORE_DF,
          FWMARK,
          ERSPAN_INDEX,
          ERSPAN_VER,
          ERSPAN_DIR,
          ERSPAN_HWID);

  /**
   * A tunnel to be created.
   *
   * @param kind {@link #GRE}, {@link #GRETAP}, {@link #IP6GRE} or {@link #IP6GRETAP}
   */
  public static LinkBuilder named(String name, String kind, InetAddress local, InetAddress remote) {
    return Link.named(name).kind(kind).data(LOCAL, local).data(REMOTE, remote);
  }

  /** Sends and expects this key (0 to 2^32-1); sets the header bits that make it count. */
  public static LinkBuilder key(LinkBuilder link, long key) {
    return link.data(IFLAGS, KEY).data(OFLAGS, KEY).data(IKEY, key).data(OKEY, key);
  }

  private Gre() {}
}
