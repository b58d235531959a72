// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.netlink.route;

import static dev.plumbline.netlink.wire.Codecs.BE16;
import static dev.plumbline.netlink.wire.Codecs.BE32;
import static dev.plumbline.netlink.wire.Codecs.BOOL8;
import static dev.plumbline.netlink.wire.Codecs.BYTES;
import static dev.plumbline.netlink.wire.Codecs.FLAG;
import static dev.plumbline.netlink.wire.Codecs.IPV4;
import static dev.plumbline.netlink.wire.Codecs.IPV6;
import static dev.plumbline.netlink.wire.Codecs.S32;
import static dev.plumbline.netlink.wire.Codecs.U32;
import static dev.plumbline.netlink.wire.Codecs.U8;

import dev.plumbline.netlink.wire.Attribute;
import dev.plumbline.netlink.wire.AttributeCodec;
import dev.plumbline.netlink.wire.AttributeMap;
import dev.plumbline.netlink.wire.AttributeSchema;
import dev.plumbline.netlink.wire.MessageWriter;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * VXLAN (RFC 7348): {@code IFLA_INFO_DATA} of kind "vxlan".
 *
 * <p>"Fixed at creation": a change is refused with EOPNOTSUPP or EINVAL and the device must be made
 * anew. "In place": can be changed while the device is up.
 *
 * <p>Source: {@code <linux/if_link.h>} IFLA_VXLAN_*, drivers/net/vxlan/vxlan_core.c
 * (vxlan_nl2conf).
 */
public final class Vxlan {
  /** The kernel's name of this kind. */
  public static final String KIND = "vxlan";

  /** VNI, 0 to 16777215. Fixed at creation. */
  public static final Attribute<Long> ID = new Attribute<>(1, "IFLA_VXLAN_ID", U32);

  /** Remote or multicast group, IPv4. In place. */
  public static final Attribute<InetAddress> GROUP = new Attribute<>(2, "IFLA_VXLAN_GROUP", IPV4);

  /** Index of the device below; 0 for whatever the route says. In place. */
  public static final Attribute<Integer> LINK = new Attribute<>(3, "IFLA_VXLAN_LINK", S32);

  /** Source address, IPv4. In place, not to the other family. */
  public static final Attribute<InetAddress> LOCAL = new Attribute<>(4, "IFLA_VXLAN_LOCAL", IPV4);

  /** 0 (default) lets the kernel choose. In place. */
  public static final Attribute<Integer> TTL = new Attribute<>(5, "IFLA_VXLAN_TTL", U8);

  /** 1 inherits from the inner packet. In place. */
  public static final Attribute<Integer> TOS = new Attribute<>(6, "IFLA_VXLAN_TOS", U8);

  /** Learns remotes from what arrives. Default on. In place. */
  public static final Attribute<Boolean> LEARNING =
      new Attribute<>(7, "IFLA_VXLAN_LEARNING", BOOL8);

  /** Seconds that a learnt address stays, 0 for ever. Default 300. In place. */
  public static final Attribute<Long> AGEING = new Attribute<>(8, "IFLA_VXLAN_AGEING", U32);

  /** Largest number of FDB entries, 0 for no limit (default). Fixed at creation. */
  public static final Attribute<Long> LIMIT = new Attribute<>(9, "IFLA_VXLAN_LIMIT", U32);

  /** UDP source ports; 0-0 takes the host's range. Fixed at creation. */
  public static final Attribute<PortRange> PORT_RANGE =
      new Attribute<>(10, "IFLA_VXLAN_PORT_RANGE", PortRange.BIG_ENDIAN);

  /** ARP proxy. Default off. Fixed at creation. */
  public static final Attribute<Boolean> PROXY = new Attribute<>(11, "IFLA_VXLAN_PROXY", BOOL8);

  /** Route short circuit. Default off. Fixed at creation. */
  public static final Attribute<Boolean> RSC = new Attribute<>(12, "IFLA_VXLAN_RSC", BOOL8);

  /** Notifies about unknown MAC addresses. Default off. Fixed at creation. */
  public static final Attribute<Boolean> L2MISS = new Attribute<>(13, "IFLA_VXLAN_L2MISS", BOOL8);

  /** Notifies about unknown IP addresses. Default off. Fixed at creation. */
  public static final Attribute<Boolean> L3MISS = new Attribute<>(14, "IFLA_VXLAN_L3MISS", BOOL8);

  /**
   * UDP destination port; the kernel's own default is 8472, IANA's port is 4789. Fixed at creation.
   */
  public static final Attribute<Integer> PORT = new Attribute<>(15, "IFLA_VXLAN_PORT", BE16);

  /** Remote or multicast group, IPv6. In place. */
  public static final Attribute<InetAddress> GROUP6 =
      new Attribute<>(16, "IFLA_VXLAN_GROUP6", IPV6);

  /** Source address, IPv6. In place, not to the other family. */
  public static final Attribute<InetAddress> LOCAL6 =
      new Attribute<>(17, "IFLA_VXLAN_LOCAL6", IPV6);

  /** UDP checksums over IPv4. Default on. Fixed at creation. */
  public static final Attribute<Boolean> UDP_CSUM =
      new Attribute<>(18, "IFLA_VXLAN_UDP_CSUM", BOOL8);

  /** Sends no UDP checksum over IPv6. Default off. Fixed at creation. */
  public static final Attribute<Boolean> UDP_ZERO_CSUM6_TX =
      new Attribute<>(19, "IFLA_VXLAN_UDP_ZERO_CSUM6_TX", BOOL8);

  /** Accepts no UDP checksum over IPv6. Default off. Fixed at creation. */
  public static final Attribute<Boolean> UDP_ZERO_CSUM6_RX =
      new Attribute<>(20, "IFLA_VXLAN_UDP_ZERO_CSUM6_RX", BOOL8);

  /** Remote checksum offload. Fixed at creation. */
  public static final Attribute<Boolean> REMCSUM_TX =
      new Attribute<>(21, "IFLA_VXLAN_REMCSUM_TX", BOOL8);

  /** Remote checksum offload. Fixed at creation. */
  public static final Attribute<Boolean> REMCSUM_RX =
      new Attribute<>(22, "IFLA_VXLAN_REMCSUM_RX", BOOL8);

  /** Group policy extension. Fixed at creation. */
  public static final Attribute<Boolean> GBP = new Attribute<>(23, "IFLA_VXLAN_GBP", FLAG);

  /** Fixed at creation. */
  public static final Attribute<Boolean> REMCSUM_NOPARTIAL =
      new Attribute<>(24, "IFLA_VXLAN_REMCSUM_NOPARTIAL", FLAG);

  /** External: the tunnel is told by each packet; excludes an id and remotes. Fixed at creation. */
  public static final Attribute<Boolean> COLLECT_METADATA =
      new Attribute<>(25, "IFLA_VXLAN_COLLECT_METADATA", BOOL8);

  /** IPv6 flow label, 0 to 0xfffff; EINVAL unless the remote is IPv6. In place. */
  public static final Attribute<Long> LABEL = new Attribute<>(26, "IFLA_VXLAN_LABEL", BE32);

  /** Generic protocol extension: no Ethernet inside. Fixed at creation. */
  public static final Attribute<Boolean> GPE = new Attribute<>(27, "IFLA_VXLAN_GPE", FLAG);

  /** Takes the TTL from the inner packet. Fixed at creation. */
  public static final Attribute<Boolean> TTL_INHERIT =
      new Attribute<>(28, "IFLA_VXLAN_TTL_INHERIT", new PresentOrBool8());

  /** Don't-fragment bit: 0 unset (default), 1 set, 2 inherit. In place. */
  public static final Attribute<Integer> DF = new Attribute<>(29, "IFLA_VXLAN_DF", U8);

  /** VNIs are filtered; needs {@link #COLLECT_METADATA}. Fixed at creation. */
  public static final Attribute<Boolean> VNIFILTER =
      new Attribute<>(30, "IFLA_VXLAN_VNIFILTER", BOOL8);

  /** Packets to a vxlan of this host skip the stack. Default on. In place. */
  public static final Attribute<Boolean> LOCALBYPASS =
      new Attribute<>(31, "IFLA_VXLAN_LOCALBYPASS", BOOL8);

  /** How the IPv6 flow label is made: 0 fixed (default), 1 inherited. */
  public static final Attribute<Long> LABEL_POLICY =
      new Attribute<>(32, "IFLA_VXLAN_LABEL_POLICY", U32);

  /** Bits of the header that are tolerated on receipt; 8 bytes. */
  public static final Attribute<byte[]> RESERVED_BITS =
      new Attribute<>(33, "IFLA_VXLAN_RESERVED_BITS", BYTES);

  /** Multicast goes by the multicast routing table. Default off. */
  public static final Attribute<Boolean> MC_ROUTE =
      new Attribute<>(34, "IFLA_VXLAN_MC_ROUTE", BOOL8);

  /** The port that IANA gave VXLAN (RFC 7348). */
  public static final int IANA_PORT = 4789;

  /** All attributes of the nest that are known here. */
  public static final AttributeSchema SCHEMA =
      AttributeSchema.of(
          "Vxlan",
          ID,
          GROUP,
          LINK,
          LOCAL,
          TTL,
          TOS,
          LEARNING,
          AGEING,
          LIMIT,
          PORT_RANGE,
          PROXY,
          RSC,
          L2MISS,
          L3MISS,
          PORT,
          GROUP6,
          LOCAL6,
          UDP_CSUM,
          UDP_ZERO_CSUM6_TX,
          UDP_ZERO_CSUM6_RX,
          REMCSUM_TX,
          REMCSUM_RX,
          GBP,
          REMCSUM_NOPARTIAL,
          COLLECT_METADATA,
          LABEL,
          GPE,
          TTL_INHERIT,
          DF,
          VNIFILTER,
          LOCALBYPASS,
          LABEL_POLICY,
          RESERVED_BITS,
          MC_ROUTE);

  /** The kernel's values where nothing was said; the remote and source are absent then. */
  public static final AttributeMap DEFAULTS =
      AttributeMap.EMPTY
          .with(TTL, 0)
          .with(TOS, 0)
          .with(LEARNING, true)
          .with(AGEING, 300L)
          .with(LIMIT, 0L)
          .with(PROXY, false)
          .with(RSC, false)
          .with(L2MISS, false)
          .with(L3MISS, false)
          .with(PORT, 8472)
          .with(UDP_CSUM, true)
          .with(UDP_ZERO_CSUM6_TX, false)
          .with(UDP_ZERO_CSUM6_RX, false)
          .with(COLLECT_METADATA, false)
          .with(LABEL, 0L)
          .with(DF, 0);

  /**
   * A vxlan device to be created, with IANA's port, not the kernel's.
   *
   * @param id VNI, 0 to 16777215
   */
  public static LinkBuilder named(String name, long id) {
    return Link.named(name).kind(KIND).data(ID, id).data(PORT, IANA_PORT);
  }

  /**
   * Remote address or multicast group in the attribute of its family; {@code link} is a builder of
   * this kind.
   */
  public static LinkBuilder remote(LinkBuilder link, InetAddress remote) {
    return link.data(remote instanceof Inet4Address ? GROUP : GROUP6, remote);
  }

  /** Source address in the attribute of its family. */
  public static LinkBuilder local(LinkBuilder link, InetAddress local) {
    return link.data(local instanceof Inet4Address ? LOCAL : LOCAL6, local);
  }

  /** The remote or group of a vxlan's data, of whichever family. */
  public static @Nullable InetAddress remote(AttributeMap data) {
    InetAddress v4 = data.get(GROUP);
    return v4 != null ? v4 : data.get(GROUP6);
  }

  /** The source address of a vxlan's data, of whichever family. */
  public static @Nullable InetAddress local(AttributeMap data) {
    InetAddress v4 = data.get(LOCAL);
    return v4 != null ? v4 : data.get(LOCAL6);
  }

  /** The kernel wants an empty attribute (NLA_FLAG) and gives one byte back. */
  private static final class PresentOrBool8 implements AttributeCodec<Boolean> {
    @Override
    public Boolean read(ByteBuffer payload) {
      return !payload.hasRemaining() || payload.get(payload.position()) != 0;
    }

    @Override
    public void write(MessageWriter w, int type, Boolean value) {
      w.attribute(type, value ? new byte[0] : new byte[] {0});
    }
  }

  private Vxlan() {}
}
