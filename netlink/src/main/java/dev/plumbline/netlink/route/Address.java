// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.netlink.route;

import static dev.plumbline.netlink.wire.Codecs.IP;
import static dev.plumbline.netlink.wire.Codecs.STRING;
import static dev.plumbline.netlink.wire.Codecs.U32;
import static dev.plumbline.netlink.wire.Codecs.U8;

import dev.plumbline.netlink.socket.Request;
import dev.plumbline.netlink.wire.Attribute;
import dev.plumbline.netlink.wire.AttributeCodec;
import dev.plumbline.netlink.wire.AttributeMap;
import dev.plumbline.netlink.wire.AttributeSchema;
import dev.plumbline.netlink.wire.Codecs;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * An IP address of a link (RTM_NEWADDR).
 *
 * <pre>{@code
 * socket.execute(Address.add(Address.of(InetAddress.getByName("10.0.0.1"), 24).on(index).protocol(112)));
 * }</pre>
 *
 * <p>Immutable; equality is by all that the message says, time stamps included.
 */
public final class Address extends Message<AddressHeader> {

  /**
   * Flag, IPv4: another address of the same network on the link came first. Read-only; IPv6:
   * temporary (RFC 8981).
   */
  public static final long SECONDARY = 0x01;

  /** Flag, IPv6: no duplicate address detection. */
  public static final long NODAD = 0x02;

  /** Flag, IPv6: usable before duplicate address detection is done. */
  public static final long OPTIMISTIC = 0x04;

  /** Flag, IPv6: another host has this address. Read-only. */
  public static final long DADFAILED = 0x08;

  /** Flag, IPv6: a mobile host's home address. */
  public static final long HOMEADDRESS = 0x10;

  /** Flag: the preferred lifetime is over. Read-only. */
  public static final long DEPRECATED = 0x20;

  /** Flag, IPv6: duplicate address detection is not done yet. Read-only. */
  public static final long TENTATIVE = 0x40;

  /** Flag: the address has no end. Read-only; follows from the lifetimes. */
  public static final long PERMANENT = 0x80;

  /** Flag, IPv6: the kernel makes temporary addresses from this one. */
  public static final long MANAGETEMPADDR = 0x100;

  /** Flag: the kernel adds no route for the network. */
  public static final long NOPREFIXROUTE = 0x200;

  /** Flag: joins the multicast group of this address. */
  public static final long MCAUTOJOIN = 0x400;

  /** Flag, IPv6: made by the kernel as in RFC 7217. */
  public static final long STABLE_PRIVACY = 0x800;

  /** Scope: everywhere. */
  public static final int SCOPE_UNIVERSE = 0;

  /** Scope: within the site. */
  public static final int SCOPE_SITE = 200;

  /** Scope: on the link. The kernel sets it for fe80::/10 by itself. */
  public static final int SCOPE_LINK = 253;

  /** Scope: within the host. The kernel sets it for ::1 by itself. */
  public static final int SCOPE_HOST = 254;

  /** A lifetime without end, seconds. */
  public static final long FOREVER = 0xffff_ffffL;

  /** The other end's address, or the local one where there is none. */
  public static final Attribute<InetAddress> ADDRESS = new Attribute<>(1, "IFA_ADDRESS", IP);

  /** The local address; absent in IPv6 messages without a peer. */
  public static final Attribute<InetAddress> LOCAL = new Attribute<>(2, "IFA_LOCAL", IP);

  /** IPv4: label, the link's name or the name, a colon and something; at most 15 bytes. */
  public static final Attribute<String> LABEL = new Attribute<>(3, "IFA_LABEL", STRING);

  /** IPv4: broadcast address. The kernel sets none by itself. */
  public static final Attribute<InetAddress> BROADCAST = new Attribute<>(4, "IFA_BROADCAST", IP);

  /** Lifetimes and time stamps. */
  public static final Attribute<CacheInfo> CACHEINFO =
      new Attribute<>(6, "IFA_CACHEINFO", CacheInfo.CODEC);

  /** All flags; the header has room for eight. */
  public static final Attribute<Long> FLAGS = new Attribute<>(8, "IFA_FLAGS", U32);

  /** Metric of the route that the kernel adds for the network. */
  public static final Attribute<Long> RT_PRIORITY = new Attribute<>(9, "IFA_RT_PRIORITY", U32);

  /**
   * Who made it, 0 to 255 (Linux 5.18): 0 unsaid, 1 kernel for lo, 2 router advertisement, 3 kernel
   * for link-local.
   */
  public static final Attribute<Integer> PROTO = new Attribute<>(11, "IFA_PROTO", U8);

  private static final AttributeSchema SCHEMA =
      AttributeSchema.of(
          "IFA", ADDRESS, LOCAL, LABEL, BROADCAST, CACHEINFO, FLAGS, RT_PRIORITY, PROTO);

  private static final Message.Layout<AddressHeader> LAYOUT =
      new Message.Layout<>("ifaddrmsg", AddressHeader.BYTES, AddressHeader::read, SCHEMA);

  Address(AddressHeader header, AttributeMap attributes) {
    super(header, attributes);
  }

  /**
   * Starts an address.
   *
   * @param prefixLength 0 to 32, or to 128
   */
  public static AddressBuilder of(InetAddress local, int prefixLength) {
    return new AddressBuilder(local, prefixLength);
  }

  /** AF_INET or AF_INET6, see {@link Family}. */
  public int family() {
    return header.family();
  }

  /** Index of the link. */
  public int index() {
    return header.index();
  }

  /** The local address. */
  public InetAddress local() {
    InetAddress local = attributes.get(LOCAL);
    return local != null ? local : attributes.require(ADDRESS);
  }

  /** Bits of the network; of the peer's network if there is a peer. */
  public int prefixLength() {
    return header.prefixLength();
  }

  /** The other end's address on a point-to-point link, or null. */
  public @Nullable InetAddress peer() {
    InetAddress address = attributes.get(ADDRESS);
    return address == null || address.equals(local()) ? null : address;
  }

  /** Broadcast address, or null. */
  public @Nullable InetAddress broadcast() {
    return attributes.get(BROADCAST);
  }

  /** Label, or null (IPv6 has none). */
  public @Nullable String label() {
    return attributes.get(LABEL);
  }

  /** {@link #SCOPE_UNIVERSE} to {@link #SCOPE_HOST}. */
  public int scope() {
    return header.scope();
  }

  /** All flags. */
  public long flags() {
    return attributes.get(FLAGS, (long) header.flags());
  }

  /** Whether all these flags are set. */
  public boolean has(long flag) {
    return (flags() & flag) == flag;
  }

  /** Seconds until the kernel removes it, or {@link #FOREVER}. */
  public long validSeconds() {
    CacheInfo info = attributes.get(CACHEINFO);
    return info == null ? FOREVER : info.valid();
  }

  /** Seconds until it is not used for new connections, or {@link #FOREVER}. */
  public long preferredSeconds() {
    CacheInfo info = attributes.get(CACHEINFO);
    return info == null ? FOREVER : info.preferred();
  }

  /** Metric of the network's route, 0 for the kernel's default. */
  public long metric() {
    return attributes.get(RT_PRIORITY, 0L);
  }

  /** Who made it; 0 also where the kernel does not know IFA_PROTO. */
  public int protocol() {
    return attributes.get(PROTO, 0);
  }

  /** Adds it. EEXIST if the link has it (IPv4: with this prefix length). */
  public static Request add(Address address) {
    return address.request(
        RouteRequest.NEWADDR, RouteRequest.CREATE | RouteRequest.EXCLUSIVE, "add");
  }

  /** As {@link #add(Address)}. */
  public static Request add(AddressBuilder address) {
    return add(address.build());
  }

  /**
   * Adds it, or changes the one that is there: lifetimes and metric; the protocol in newer kernels
   * only (6.18, not 6.1); noprefixroute and the peer of IPv6 addresses. The kernel silently keeps
   * an IPv4 address's label, broadcast, scope and flags.
   */
  public static Request replace(Address address) {
    return address.request(RouteRequest.NEWADDR, RouteRequest.CREATE | RouteRequest.REPLACE, "set");
  }

  /** As {@link #replace(Address)}. */
  public static Request replace(AddressBuilder address) {
    return replace(address.build());
  }

  /**
   * Deletes it. EADDRNOTAVAIL if it is not there. Deleting the first IPv4 address of a network
   * deletes the secondary ones of that network too, unless net.ipv4.conf.DEVICE.promote_secondaries
   * is on.
   */
  public static Request delete(Address address) {
    return address.request(RouteRequest.DELADDR, 0, "delete");
  }

  /** As {@link #delete(Address)}. */
  public static Request delete(AddressBuilder address) {
    return delete(address.build());
  }

  /** Asks for all addresses of all families. */
  public static Request dump() {
    return dump(0);
  }

  /** Asks for the addresses of one link; 0 for all. */
  public static Request dump(int index) {
    return new RouteRequest(
        RouteRequest.GETADDR, 0, "list addresses", new AddressHeader(0, 0, 0, 0, index)::write);
  }

  private Request request(int type, int flags, String verb) {
    String description =
        verb
            + " address "
            + Text.of(local())
            + "/"
            + header.prefixLength()
            + " on link #"
            + index();
    return new RouteRequest(type, flags, description, this::writeBody);
  }

  /**
   * Reads the payload of an RTM_NEWADDR or RTM_DELADDR message.
   *
   * @throws dev.plumbline.netlink.wire.WireException if it is malformed
   */
  public static Address readBody(ByteBuffer payload) {
    return LAYOUT.read(payload, Address::new);
  }

  @Override
  public String toString() {
    return "Address["
        + Text.of(local())
        + "/"
        + header.prefixLength()
        + " link="
        + header.index()
        + " scope="
        + header.scope()
        + " "
        + attributes
        + "]";
  }

  /**
   * Lifetimes and time stamps (struct ifa_cacheinfo).
   *
   * @param preferred seconds, or {@link Address#FOREVER}
   * @param valid seconds, or {@link Address#FOREVER}
   * @param created centiseconds since boot; read-only
   * @param updated centiseconds since boot; read-only
   */
  public record CacheInfo(long preferred, long valid, long created, long updated) {
    static final AttributeCodec<CacheInfo> CODEC =
        Codecs.struct(
            16,
            b ->
                new CacheInfo(
                    Integer.toUnsignedLong(b.getInt(0)),
                    Integer.toUnsignedLong(b.getInt(4)),
                    Integer.toUnsignedLong(b.getInt(8)),
                    Integer.toUnsignedLong(b.getInt(12))),
            (b, c) ->
                b.putInt((int) c.preferred)
                    .putInt((int) c.valid)
                    .putInt((int) c.created)
                    .putInt((int) c.updated));
  }
}
