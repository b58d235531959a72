// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.netlink.route;

import static dev.plumbline.netlink.wire.Codecs.BYTES;
import static dev.plumbline.netlink.wire.Codecs.IP;
import static dev.plumbline.netlink.wire.Codecs.S32;
import static dev.plumbline.netlink.wire.Codecs.U16;
import static dev.plumbline.netlink.wire.Codecs.U32;
import static dev.plumbline.netlink.wire.Codecs.U8;

import dev.plumbline.netlink.socket.Request;
import dev.plumbline.netlink.wire.Attribute;
import dev.plumbline.netlink.wire.AttributeCodec;
import dev.plumbline.netlink.wire.AttributeMap;
import dev.plumbline.netlink.wire.AttributeSchema;
import dev.plumbline.netlink.wire.Codecs;
import dev.plumbline.netlink.wire.MessageWriter;
import dev.plumbline.netlink.wire.WireException;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A route (RTM_NEWROUTE), IPv4 or IPv6.
 *
 * <pre>{@code
 * socket.execute(Route.replace(Route.to(InetAddress.getByName("10.2.0.0"), 16).via(gateway).table(1000).metric(50)));
 * }</pre>
 *
 * <p>Immutable; equality is by all that the message says, ages included.
 */
public final class Route extends Message<RouteHeader> {

  /** Table: what the kernel looks at after the main one. */
  public static final long TABLE_DEFAULT = 253;

  /** Table: the main one. */
  public static final long TABLE_MAIN = 254;

  /** Table: the host's own addresses, kept by the kernel. */
  public static final long TABLE_LOCAL = 255;

  /** Protocol: made by the kernel. */
  public static final int PROTOCOL_KERNEL = 2;

  /** Protocol: made at boot, and iproute2's default. */
  public static final int PROTOCOL_BOOT = 3;

  /** Protocol: made by an administrator. */
  public static final int PROTOCOL_STATIC = 4;

  /** Protocol: made from router advertisements. */
  public static final int PROTOCOL_RA = 9;

  /** Protocol: made by a DHCP client. */
  public static final int PROTOCOL_DHCP = 16;

  /** Scope: anywhere. IPv6 reads as this always. */
  public static final int SCOPE_UNIVERSE = 0;

  /** Scope: on the link, without gateway. */
  public static final int SCOPE_LINK = 253;

  /** Scope: this host. */
  public static final int SCOPE_HOST = 254;

  /** Scope in a deletion: any. */
  public static final int SCOPE_NOWHERE = 255;

  /** Type: passes packets on. */
  public static final int UNICAST = 1;

  /** Type: for this host. */
  public static final int LOCAL = 2;

  /** Type: for this host, as broadcast. */
  public static final int BROADCAST = 3;

  /** Type: for the nearest of several hosts. */
  public static final int ANYCAST = 4;

  /** Type: multicast. */
  public static final int MULTICAST = 5;

  /** Type: drops silently; local senders get EINVAL. */
  public static final int BLACKHOLE = 6;

  /** Type: drops with ICMP unreachable; local senders get EHOSTUNREACH. */
  public static final int UNREACHABLE = 7;

  /** Type: drops with ICMP prohibited; local senders get EACCES. */
  public static final int PROHIBIT = 8;

  /** Type: ends the lookup in this table. */
  public static final int THROW = 9;

  /** Flag: the next hop is gone. Read-only. */
  public static final int DEAD = 1;

  /** Flag: the gateway need not be in a network of the link. */
  public static final int ONLINK = 4;

  /** Flag: the link has no carrier. Read-only. */
  public static final int LINKDOWN = 16;

  /** The flags that a request may have; the kernel refuses DEAD and LINKDOWN (EINVAL). */
  private static final int WRITABLE_FLAGS = 2 | ONLINK;

  /** Destination; absent for the default route. */
  public static final Attribute<InetAddress> DST = new Attribute<>(1, "RTA_DST", IP);

  /** Source (IPv6 only). */
  public static final Attribute<InetAddress> SRC = new Attribute<>(2, "RTA_SRC", IP);

  /** Index of the link that packets come in by. */
  public static final Attribute<Integer> IIF = new Attribute<>(3, "RTA_IIF", S32);

  /** Index of the link that packets go out by. */
  public static final Attribute<Integer> OIF = new Attribute<>(4, "RTA_OIF", S32);

  /** Gateway of the route's own family. */
  public static final Attribute<InetAddress> GATEWAY = new Attribute<>(5, "RTA_GATEWAY", IP);

  /** Metric: the smaller wins. IPv6 reads 1024 where 0 was asked for. */
  public static final Attribute<Long> PRIORITY = new Attribute<>(6, "RTA_PRIORITY", U32);

  /** Source address of packets that this host sends. */
  public static final Attribute<InetAddress> PREFSRC = new Attribute<>(7, "RTA_PREFSRC", IP);

  /** {@link RouteMetrics}. */
  public static final Attribute<AttributeMap> METRICS =
      new Attribute<>(8, "RTA_METRICS", Codecs.nested(RouteMetrics.SCHEMA));

  /** Several ways, instead of {@link #OIF} and {@link #GATEWAY}. */
  public static final Attribute<List<NextHop>> MULTIPATH =
      new Attribute<>(9, "RTA_MULTIPATH", NextHop.LIST);

  /** Realm. */
  public static final Attribute<Long> FLOW = new Attribute<>(11, "RTA_FLOW", U32);

  /** Ages and users. Read-only. */
  public static final Attribute<byte[]> CACHEINFO = new Attribute<>(12, "RTA_CACHEINFO", BYTES);

  /** Table, also above 255. */
  public static final Attribute<Long> TABLE = new Attribute<>(15, "RTA_TABLE", U32);

  /** Gateway of the other family. */
  public static final Attribute<InetAddress> VIA = new Attribute<>(18, "RTA_VIA", new ViaCodec());

  /** IPv6: 0 medium (default), 1 high, 3 low (RFC 4191). */
  public static final Attribute<Integer> PREF = new Attribute<>(20, "RTA_PREF", U8);

  /** Mark of the packet that is looked up. Write-only. */
  static final Attribute<Long> MARK = new Attribute<>(16, "RTA_MARK", U32);

  /** Lightweight tunnel, LWTUNNEL_ENCAP_*. */
  public static final Attribute<Integer> ENCAP_TYPE = new Attribute<>(21, "RTA_ENCAP_TYPE", U16);

  /** Its parameters, undecoded. */
  public static final Attribute<byte[]> ENCAP = new Attribute<>(22, "RTA_ENCAP", BYTES);

  /** IPv6: seconds until it goes. */
  public static final Attribute<Long> EXPIRES = new Attribute<>(23, "RTA_EXPIRES", U32);

  /** Nexthop object. */
  public static final Attribute<Long> NH_ID = new Attribute<>(30, "RTA_NH_ID", U32);

  static final AttributeSchema SCHEMA =
      AttributeSchema.of(
          "RTA",
          DST,
          SRC,
          IIF,
          OIF,
          GATEWAY,
          PRIORITY,
          PREFSRC,
          METRICS,
          MULTIPATH,
          FLOW,
          CACHEINFO,
          TABLE,
          MARK,
          VIA,
          PREF,
          ENCAP_TYPE,
          ENCAP,
          EXPIRES,
          NH_ID);

  private static final Message.Layout<RouteHeader> LAYOUT =
      new Message.Layout<>("rtmsg", RouteHeader.BYTES, RouteHeader::read, SCHEMA);

  Route(RouteHeader header, AttributeMap attributes) {
    super(header, attributes);
  }

  /** Starts a route to a network; the bits after the prefix must be zero (EINVAL). */
  public static RouteBuilder to(InetAddress network, int prefixLength) {
    RouteBuilder builder =
        new RouteBuilder(Family.of(network), Family.checkPrefix(network, prefixLength));
    // iproute2 leaves a destination of length 0 out too, and so does the kernel's dump.
    return prefixLength == 0 ? builder : builder.set(DST, network);
  }

  /** Starts a default route of {@link Family#INET} or {@link Family#INET6}. */
  public static RouteBuilder toDefault(int family) {
    return new RouteBuilder(family, 0);
  }

  /** {@link Family#INET} or {@link Family#INET6}. */
  public int family() {
    return header.family();
  }

  /** Destination, or null for a default route. */
  public @Nullable InetAddress destination() {
    return attributes.get(DST);
  }

  /** Bits of the destination, 0 for a default route. */
  public int prefixLength() {
    return header.dstLength();
  }

  /** Source network (IPv6), or null. */
  public @Nullable InetAddress source() {
    return attributes.get(SRC);
  }

  /** Bits of the source network. */
  public int sourcePrefixLength() {
    return header.srcLength();
  }

  /** IPv4: type of service that it is for, 0 for any. */
  public int tos() {
    return header.tos();
  }

  /** Table, 1 to 2^32-1. */
  public long table() {
    return attributes.get(TABLE, (long) header.table());
  }

  /** Who made it, 0 to 255. */
  public int protocol() {
    return header.protocol();
  }

  /** {@link #SCOPE_UNIVERSE} to {@link #SCOPE_HOST}. */
  public int scope() {
    return header.scope();
  }

  /** {@link #UNICAST} to {@link #THROW}. */
  public int type() {
    return header.type();
  }

  /** {@link #DEAD}, {@link #ONLINK}, {@link #LINKDOWN} and RTM_F_* bits. */
  public int flags() {
    return header.flags();
  }

  /**
   * Whether the gateway need not be in a network of the link; of several ways see {@link
   * NextHop#flags}.
   */
  public boolean isOnlink() {
    return (header.flags() & ONLINK) != 0;
  }

  /** Gateway of whichever family, or null. */
  public @Nullable InetAddress gateway() {
    InetAddress gateway = attributes.get(GATEWAY);
    return gateway != null ? gateway : attributes.get(VIA);
  }

  /** Index of the link that packets go out by, or 0. */
  public int index() {
    return attributes.get(OIF, 0);
  }

  /** Whether packets go out by the link, on one of several ways too. */
  public boolean goesBy(int index) {
    return index() == index || nextHops().stream().anyMatch(hop -> hop.index() == index);
  }

  /** Metric, the smaller wins. */
  public long metric() {
    return attributes.get(PRIORITY, 0L);
  }

  /** Source address of packets that this host sends, or null. */
  public @Nullable InetAddress preferredSource() {
    return attributes.get(PREFSRC);
  }

  /** {@link RouteMetrics}. */
  public AttributeMap metrics() {
    return attributes.get(METRICS, AttributeMap.EMPTY);
  }

  /** Several ways, empty if there is one. */
  public List<NextHop> nextHops() {
    return attributes.get(MULTIPATH, List.of());
  }

  /**
   * Adds it. EEXIST if there is one with the same destination, table, tos and metric (IPv6: and the
   * same gateway and link); ENETUNREACH if the gateway is not in a network of the link; ENETDOWN if
   * the link is down.
   */
  public static Request add(Route route) {
    return route.request(
        RouteRequest.NEWROUTE, RouteRequest.CREATE | RouteRequest.EXCLUSIVE, "add");
  }

  /** As {@link #add(Route)}. */
  public static Request add(RouteBuilder route) {
    return add(route.build());
  }

  /** Adds it or replaces the first with the same destination, table, tos and metric. */
  public static Request replace(Route route) {
    return route.request(RouteRequest.NEWROUTE, RouteRequest.CREATE | RouteRequest.REPLACE, "set");
  }

  /** As {@link #replace(Route)}. */
  public static Request replace(RouteBuilder route) {
    return replace(route.build());
  }

  /** Deletes the first route that has all that this one says. ESRCH if there is none. */
  public static Request delete(Route route) {
    return route.request(RouteRequest.DELROUTE, 0, "delete");
  }

  /** As {@link #delete(Route)}; the scope counts only if it was set. */
  public static Request delete(RouteBuilder route) {
    return delete(route.anyScope().build());
  }

  /** Asks for the routes of all tables of a family; {@link Family#UNSPEC} for both. */
  public static Request dump(int family) {
    return new RouteRequest(
        RouteRequest.GETROUTE, 0, "list routes", RouteHeader.dump(family, 0)::write);
  }

  /**
   * Asks for the routes of one table. ENOENT if the kernel has no such table (nothing was ever put
   * in).
   */
  public static Request dump(int family, long table) {
    return new RouteRequest(
        RouteRequest.GETROUTE,
        0,
        "list routes of table " + table,
        new Route(RouteHeader.dump(family, table), AttributeMap.EMPTY.with(TABLE, table))
            ::writeBody);
  }

  /**
   * Asks for the routes of all tables that go by a link, among others. ENODEV if there is no such
   * link.
   */
  public static Request dumpBy(int family, int index) {
    return new RouteRequest(
        RouteRequest.GETROUTE,
        0,
        "list routes by link " + index,
        new Route(RouteHeader.dump(family, 0), AttributeMap.EMPTY.with(OIF, index))::writeBody);
  }

  /**
   * Asks where a packet of this host would go, by all rules and tables. ENETUNREACH, EHOSTUNREACH,
   * EACCES or EINVAL if nowhere.
   *
   * @param source null: the one that the route gives
   * @param tos type of service or traffic class; its two ECN bits do not count
   * @param mark 0 for none
   */
  public static Request lookup(
      InetAddress destination, @Nullable InetAddress source, int tos, long mark) {
    int bits = destination.getAddress().length * Byte.SIZE;
    RouteHeader header =
        new RouteHeader(
            Family.of(destination), bits, source == null ? 0 : bits, tos & 0xfc, 0, 0, 0, 0, 0);
    AttributeMap attributes = AttributeMap.EMPTY.with(DST, destination);
    if (source != null) {
      attributes = attributes.with(SRC, source);
    }
    if (mark != 0) {
      attributes = attributes.with(MARK, mark);
    }
    return new RouteRequest(
        RouteRequest.GETROUTE,
        0,
        "look up the route to " + Text.of(destination),
        new Route(header, attributes)::writeBody);
  }

  private Request request(int type, int flags, String verb) {
    String description =
        verb
            + " route "
            + Text.prefix(destination(), header.dstLength())
            + " in table "
            + table()
            + (metric() == 0 ? "" : " metric " + metric());
    return new RouteRequest(type, flags, description, asked()::writeBody);
  }

  /** What of a route that was read can be asked for: without ages and states. */
  private Route asked() {
    AttributeMap all = attributes.without(CACHEINFO);
    List<NextHop> hops = attributes.get(MULTIPATH);
    if (hops != null) {
      all =
          all.with(
              MULTIPATH,
              hops.stream()
                  .map(
                      hop ->
                          new NextHop(
                              hop.index(),
                              hop.weight(),
                              hop.flags() & WRITABLE_FLAGS,
                              hop.attributes()))
                  .toList());
    }
    return new Route(header.withFlagsOf(WRITABLE_FLAGS), all);
  }

  /**
   * Reads the payload of an RTM_NEWROUTE or RTM_DELROUTE message.
   *
   * @throws WireException if it is malformed
   */
  public static Route readBody(ByteBuffer payload) {
    return LAYOUT.read(payload, Route::new);
  }

  /** struct rtvia: the family in host order, then the address. */
  private static final class ViaCodec implements AttributeCodec<InetAddress> {
    @Override
    public InetAddress read(ByteBuffer payload) {
      if (payload.remaining() < 2) {
        throw new WireException("too short for rtvia", payload.position());
      }
      return IP.read(payload.slice(payload.position() + 2, payload.remaining() - 2));
    }

    @Override
    public void write(MessageWriter w, int type, InetAddress value) {
      int mark = w.beginAttribute(type);
      w.u16(Family.of(value)).bytes(value.getAddress());
      w.endNested(mark);
    }
  }
}
