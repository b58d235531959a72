// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.netlink.route;

import dev.plumbline.netlink.wire.Attribute;
import dev.plumbline.netlink.wire.AttributeMap;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;

/** Collects what a route is to be. Not thread-safe. */
public final class RouteBuilder {
  private final int family;
  private final int dstLength;
  private int srcLength;
  private int tos;
  private long table = Route.TABLE_MAIN;
  private int protocol = Route.PROTOCOL_BOOT;
  private int scope = -1;
  private int type = Route.UNICAST;
  private int flags;
  private final List<NextHop> hops = new ArrayList<>();
  private AttributeMap metrics = AttributeMap.EMPTY;
  private AttributeMap attributes = AttributeMap.EMPTY;

  RouteBuilder(int family, int dstLength) {
    this.family = family;
    this.dstLength = dstLength;
  }

  /** Only for packets from this network (IPv6). */
  public RouteBuilder from(InetAddress network, int prefixLength) {
    srcLength = Family.checkPrefix(network, prefixLength);
    return set(Route.SRC, network);
  }

  /** Gateway, also of the other family. */
  public RouteBuilder via(InetAddress gateway) {
    return set(Family.of(gateway) == family ? Route.GATEWAY : Route.VIA, gateway);
  }

  /** Index of the link that packets go out by. */
  public RouteBuilder dev(int index) {
    return set(Route.OIF, index);
  }

  /** One of several ways. */
  public RouteBuilder nextHop(NextHop hop) {
    hops.add(hop);
    return this;
  }

  /** Table, 1 to 2^32-1. Default {@link Route#TABLE_MAIN}. */
  public RouteBuilder table(long value) {
    table = value;
    return this;
  }

  /** Metric, the smaller wins. */
  public RouteBuilder metric(long value) {
    return set(Route.PRIORITY, value);
  }

  /** Who makes it, 0 to 255. Default {@link Route#PROTOCOL_BOOT}. */
  public RouteBuilder protocol(int value) {
    protocol = value;
    return this;
  }

  /** Scope; the default follows from the type and the gateway as in iproute2. */
  public RouteBuilder scope(int value) {
    scope = value;
    return this;
  }

  /** Any scope, if none was said: what a deletion means. */
  RouteBuilder anyScope() {
    return scope < 0 ? scope(Route.SCOPE_NOWHERE) : this;
  }

  /** {@link Route#UNICAST} (default) to {@link Route#THROW}. */
  public RouteBuilder type(int value) {
    type = value;
    return this;
  }

  /** Source address of packets that this host sends. */
  public RouteBuilder preferredSource(InetAddress value) {
    return set(Route.PREFSRC, value);
  }

  /** IPv4: only for packets of this type of service. */
  public RouteBuilder tos(int value) {
    tos = value;
    return this;
  }

  /** The gateway need not be in a network of the link. */
  public RouteBuilder onlink() {
    flags |= Route.ONLINK;
    return this;
  }

  /** A metric of {@link RouteMetrics}. */
  public <T> RouteBuilder metric(Attribute<T> metric, T value) {
    metrics = metrics.with(metric, value);
    return this;
  }

  /** Any attribute. */
  public <T> RouteBuilder set(Attribute<T> attribute, T value) {
    attributes = attributes.with(attribute, value);
    return this;
  }

  /** The route as said so far. */
  public Route build() {
    AttributeMap all = attributes.with(Route.TABLE, table);
    if (!metrics.isEmpty()) {
      all = all.with(Route.METRICS, metrics);
    }
    if (!hops.isEmpty()) {
      all = all.with(Route.MULTIPATH, hops.stream().map(this::inFamily).toList());
    }
    return new Route(
        new RouteHeader(
            family,
            dstLength,
            srcLength,
            tos,
            RouteHeader.compatTable(table),
            protocol,
            scope < 0 ? usualScope() : scope,
            type,
            flags),
        all);
  }

  private NextHop inFamily(NextHop hop) {
    InetAddress gateway = hop.attributes().get(Route.GATEWAY);
    if (gateway == null || Family.of(gateway) == family) {
      return hop;
    }
    return new NextHop(
        hop.index(),
        hop.weight(),
        hop.flags(),
        hop.attributes().without(Route.GATEWAY).with(Route.VIA, gateway));
  }

  private int usualScope() {
    if (family == Family.INET6) {
      return Route.SCOPE_UNIVERSE;
    }
    return switch (type) {
      case Route.LOCAL -> Route.SCOPE_HOST;
      case Route.BROADCAST, Route.MULTICAST, Route.ANYCAST -> Route.SCOPE_LINK;
      case Route.UNICAST -> {
        boolean direct =
            !attributes.has(Route.GATEWAY)
                && !attributes.has(Route.VIA)
                && !attributes.has(Route.NH_ID);
        yield direct && hops.stream().allMatch(hop -> hop.gateway() == null)
            ? Route.SCOPE_LINK
            : Route.SCOPE_UNIVERSE;
      }
      default -> Route.SCOPE_UNIVERSE;
    };
  }
}
