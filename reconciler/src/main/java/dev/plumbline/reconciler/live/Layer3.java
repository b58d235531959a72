// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.live;

import dev.plumbline.netlink.route.Address;
import dev.plumbline.netlink.route.FdbEntry;
import dev.plumbline.netlink.route.NextHop;
import dev.plumbline.netlink.route.PortRange;
import dev.plumbline.netlink.route.Route;
import dev.plumbline.netlink.route.RouteMetrics;
import dev.plumbline.netlink.route.RouteSocket;
import dev.plumbline.netlink.route.Rule;
import dev.plumbline.netlink.wire.Attribute;
import dev.plumbline.reconciler.kind.Text.Names;
import dev.plumbline.reconciler.resource.AddressText;
import dev.plumbline.reconciler.resource.Numbers;
import dev.plumbline.reconciler.resource.Resource;
import dev.plumbline.reconciler.resource.ResourceId;
import dev.plumbline.reconciler.resource.RouteText;
import dev.plumbline.reconciler.resource.RouteText.Hop;
import dev.plumbline.reconciler.resource.RuleText;
import dev.plumbline.spec.value.Durations;
import dev.plumbline.spec.value.IpAddress;
import dev.plumbline.spec.value.IpFamily;
import dev.plumbline.spec.value.Prefix;
import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Reads addresses, routes, rules and the remotes of VXLAN devices in one namespace. */
final class Layer3 {
  private static final int AF_INET = 2;
  private static final int AF_INET6 = 10;

  /** IFAPROT_KERNEL_LO, _RA and _LL (linux/if_addr.h): addresses that the kernel made by itself. */
  private static final int LAST_KERNEL_PROTOCOL = 3;

  /** RTM_F_CLONED (linux/rtnetlink.h): a cached exception, no configured route. */
  private static final int CLONED = 0x200;

  private final String namespace;
  private final Names names;
  private final Map<Integer, LinkFacts> links;

  Layer3(String namespace, Names names, Map<Integer, LinkFacts> links) {
    this.namespace = namespace;
    this.names = names;
    this.links = links;
  }

  /** The addresses of all devices, by index. */
  Map<Integer, List<Resource>> addresses(RouteSocket socket) throws IOException {
    return addresses(socket.addresses());
  }

  /** The addresses of one device. */
  List<Resource> addresses(RouteSocket socket, int index) throws IOException {
    return addresses(socket.addresses(index)).getOrDefault(index, List.of());
  }

  private Map<Integer, List<Resource>> addresses(List<Address> addresses) {
    Map<Integer, List<Resource>> resources = new HashMap<>();
    Map<Integer, Integer> positions = new HashMap<>();
    for (Address address : addresses) {
      // The kernel dumps the IPv4 addresses of a device in the order in which it keeps them.
      boolean ipv4 = address.family() == AF_INET;
      int position = ipv4 ? positions.merge(address.index(), 1, Integer::sum) : 0;
      if (links.containsKey(address.index()) && !kernelMade(address)) {
        resources
            .computeIfAbsent(address.index(), index -> new ArrayList<>())
            .add(address(address, position));
      }
    }
    return resources;
  }

  private boolean kernelMade(Address address) {
    InetAddress local = address.local();
    boolean ipv6 = address.family() == AF_INET6;
    if (address.protocol() > 0 && address.protocol() <= LAST_KERNEL_PROTOCOL) {
      return true;
    }
    LinkFacts link = links.get(address.index());
    if (link != null && link.name().equals("lo") && local.isLoopbackAddress()) {
      return address.prefixLength() == (ipv6 ? 128 : 8);
    }
    if (!ipv6) {
      return false;
    }
    // A temporary address (RFC 8981); the flag is the same as IPv4's "secondary".
    boolean temporary = address.has(Address.SECONDARY);
    boolean autoconfigured = !address.has(Address.PERMANENT) && address.protocol() == 0;
    return temporary
        || (autoconfigured && address.has(Address.MANAGETEMPADDR))
        || linkLocal(address);
  }

  /**
   * On kernels without IFA_PROTO: the link-local address that a MAC address gives (RFC 4291, A).
   */
  private boolean linkLocal(Address address) {
    LinkFacts link = links.get(address.index());
    if (link == null
        || link.address() == null
        || address.attributes().has(Address.PROTO)
        || !address.local().isLinkLocalAddress()) {
      return false;
    }
    byte[] mac = link.address().bytes();
    byte[] ip = address.local().getAddress();
    return address.prefixLength() == 64
        && mac.length == 6
        && ip[8] == (byte) (mac[0] ^ 2)
        && ip[9] == mac[1]
        && ip[10] == mac[2]
        && ip[11] == (byte) 0xff
        && ip[12] == (byte) 0xfe
        && ip[13] == mac[3]
        && ip[14] == mac[4]
        && ip[15] == mac[5];
  }

  private Resource address(Address address, int position) {
    IpAddress local = IpAddress.of(address.local());
    boolean ipv6 = address.family() == AF_INET6;
    InetAddress peer = address.peer();
    String key =
        peer == null
            ? new Prefix(local, address.prefixLength()).toString()
            : AddressText.of(
                local.toString(), new Prefix(IpAddress.of(peer), address.prefixLength()));
    Map<String, String> fields = new TreeMap<>();
    fields.put("broadcast", text(address.broadcast()));
    fields.put("label", address.label() == null ? "" : address.label());
    fields.put("scope", Numbers.scope(address.scope()));
    fields.put("metric", address.metric() == 0 ? "" : String.valueOf(address.metric()));
    fields.put("noPrefixRoute", String.valueOf(address.has(Address.NOPREFIXROUTE)));
    fields.put("noDad", String.valueOf(address.has(Address.NODAD)));
    fields.put("validLifetime", lifetime(address.validSeconds()));
    // IPv4 tells no other one beside a valid lifetime without end, only that it is over.
    boolean over = !ipv6 && address.has(Address.DEPRECATED);
    fields.put("preferredLifetime", over ? "0s" : lifetime(address.preferredSeconds()));
    left(fields, AddressText.VALID_LEFT, address.validSeconds());
    left(fields, AddressText.PREFERRED_LEFT, address.preferredSeconds());
    if (position > 0) {
      fields.put(AddressText.POSITION, String.valueOf(position));
    }
    fields.put("secondary", String.valueOf(!ipv6 && address.has(Address.SECONDARY)));
    fields.put("dynamic", String.valueOf(!address.has(Address.PERMANENT)));
    return new Resource(
        ResourceId.addressOn(namespace, names.nameOf(address.index()), key),
        owner(address.protocol()),
        fields);
  }

  /** A lifetime runs down, so that only its ends can be compared; what is left is told beside. */
  private static String lifetime(long seconds) {
    return seconds >= Address.FOREVER ? "forever" : seconds == 0 ? "0s" : AddressText.RUNNING;
  }

  private static void left(Map<String, String> fields, String name, long seconds) {
    if (lifetime(seconds).equals(AddressText.RUNNING)) {
      fields.put(name, Durations.print(Duration.ofSeconds(seconds)));
    }
  }

  private static String text(@Nullable InetAddress address) {
    return address == null ? "" : IpAddress.of(address).toString();
  }

  private static @Nullable String owner(int protocol) {
    return protocol == Numbers.PROTOCOL ? Resource.OURS : null;
  }

  List<Resource> routes(RouteSocket socket) throws IOException {
    List<Resource> resources = new ArrayList<>();
    for (int family : new int[] {AF_INET, AF_INET6}) {
      for (Route route : socket.routes(family)) {
        if (isConfigured(route)) {
          resources.add(route(route));
        }
      }
    }
    return resources;
  }

  /** The routes by one device, among others. */
  List<Resource> routesBy(RouteSocket socket, int index) throws IOException {
    List<Resource> resources = new ArrayList<>();
    for (int family : new int[] {AF_INET, AF_INET6}) {
      for (Route route : socket.routesBy(family, index)) {
        if (isConfigured(route)) {
          resources.add(route(route));
        }
      }
    }
    return resources;
  }

  /** The kernel's own for its addresses, in the local table above all, have its protocol. */
  static boolean isConfigured(Route route) {
    return route.protocol() != Route.PROTOCOL_KERNEL && !isCached(route);
  }

  static boolean isCached(Route route) {
    return (route.flags() & CLONED) != 0;
  }

  Resource route(Route route) {
    IpFamily family = route.family() == AF_INET6 ? IpFamily.IPV6 : IpFamily.IPV4;
    InetAddress destination = route.destination();
    Prefix to =
        destination == null
            ? Prefix.any(family)
            : new Prefix(IpAddress.of(destination), route.prefixLength());
    String key = RouteText.key(to.toString(), route.table(), route.metric());
    if (route.tos() != 0) {
      key += " tos " + route.tos();
    }
    if (route.source() != null) {
      key += " from " + text(route.source()) + "/" + route.sourcePrefixLength();
    }
    Map<String, String> fields = new TreeMap<>();
    fields.put("type", Numbers.routeType(route.type()));
    fields.put("protocol", Numbers.protocol(route.protocol()));
    fields.put("scope", family == IpFamily.IPV6 ? "" : Numbers.scope(route.scope()));
    fields.put("source", text(route.preferredSource()));
    fields.put("onlink", String.valueOf(route.isOnlink()));
    if (route.nextHops().isEmpty()) {
      fields.put("via", text(route.gateway()));
      // IPv6 keeps blackholes on the loopback device.
      boolean discards = Numbers.discards(route.type());
      fields.put("dev", route.index() == 0 || discards ? "" : names.nameOf(route.index()));
      fields.put("nextHops", "");
    } else {
      fields.put("via", "");
      fields.put("dev", "");
      fields.put("nextHops", hops(route));
    }
    metric(fields, "mtu", route, RouteMetrics.MTU);
    metric(fields, "advmss", route, RouteMetrics.ADVMSS);
    metric(fields, "initcwnd", route, RouteMetrics.INITCWND);
    metric(fields, "initrwnd", route, RouteMetrics.INITRWND);
    metric(fields, "hopLimit", route, RouteMetrics.HOPLIMIT);
    return new Resource(ResourceId.route(namespace, key), owner(route.protocol()), fields);
  }

  private static void metric(
      Map<String, String> fields, String name, Route route, Attribute<Long> metric) {
    Long value = route.metrics().get(metric);
    fields.put(name, value == null ? "" : String.valueOf(value));
  }

  private String hops(Route route) {
    List<Hop> hops = new ArrayList<>();
    for (NextHop hop : route.nextHops()) {
      hops.add(
          new Hop(
              text(hop.gateway()),
              hop.index() == 0 ? "" : names.nameOf(hop.index()),
              hop.weight(),
              (hop.flags() & Route.ONLINK) != 0));
    }
    return RouteText.hops(hops);
  }

  List<Resource> rules(RouteSocket socket) throws IOException {
    List<Resource> resources = new ArrayList<>();
    for (int family : new int[] {AF_INET, AF_INET6}) {
      for (Rule rule : socket.rules(family)) {
        // The three rules that every namespace starts with, and the one of VRF devices.
        if (rule.protocol() != Route.PROTOCOL_KERNEL) {
          resources.add(rule(rule));
        }
      }
    }
    return resources;
  }

  private Resource rule(Rule rule) {
    Map<String, String> fields = new TreeMap<>();
    fields.put("family", rule.family() == AF_INET6 ? "ipv6" : "ipv4");
    fields.put("priority", String.valueOf(rule.priority()));
    fields.put("action", Numbers.ruleAction(rule.action()));
    put(fields, "from", prefix(rule.source(), rule.sourcePrefixLength()));
    put(fields, "to", prefix(rule.destination(), rule.destinationPrefixLength()));
    put(fields, "iif", rule.get(Rule.IIFNAME));
    put(fields, "oif", rule.get(Rule.OIFNAME));
    Long mark = rule.get(Rule.FWMARK);
    Long mask = rule.get(Rule.FWMASK);
    if (mark != null || (mask != null && mask != 0)) {
      put(
          fields,
          "fwmark",
          "0x"
              + Long.toHexString(mark == null ? 0 : mark)
              + "/0x"
              + Long.toHexString(mask == null ? 0xffffffffL : mask));
    }
    put(fields, "tos", rule.tos() == 0 ? null : rule.tos());
    boolean vrf = Integer.valueOf(1).equals(rule.get(Rule.L3MDEV));
    put(fields, "l3mdev", vrf ? true : null);
    put(fields, "table", rule.action() == Rule.TO_TABLE && !vrf ? rule.table() : null);
    put(fields, "invert", rule.isInverted() ? true : null);
    Rule.UidRange uids = rule.get(Rule.UID_RANGE);
    put(fields, "uidRange", uids == null ? null : range(uids.first(), uids.last()));
    put(fields, "ipProto", rule.get(Rule.IP_PROTO));
    put(fields, "sourcePort", range(rule.get(Rule.SPORT_RANGE)));
    put(fields, "destinationPort", range(rule.get(Rule.DPORT_RANGE)));
    Integer suppress = rule.get(Rule.SUPPRESS_PREFIXLEN);
    put(fields, "suppressPrefixLength", suppress == null || suppress < 0 ? null : suppress);
    return new Resource(
        ResourceId.rule(namespace, RuleText.key(fields)), owner(rule.protocol()), fields);
  }

  private static @Nullable String range(@Nullable PortRange range) {
    return range == null ? null : range(range.low(), range.high());
  }

  private static String range(long first, long last) {
    return first == last ? String.valueOf(first) : first + "-" + last;
  }

  private static @Nullable String prefix(@Nullable InetAddress address, int length) {
    return address == null ? null : new Prefix(IpAddress.of(address), length).toString();
  }

  private static void put(Map<String, String> fields, String name, @Nullable Object value) {
    if (value != null) {
      fields.put(name, value.toString());
    }
  }

  /** Where VXLAN devices send what has no other destination, beside their own remote. */
  List<Resource> remotes(RouteSocket socket, Map<Integer, Map<String, String>> devices)
      throws IOException {
    List<Resource> resources = new ArrayList<>();
    for (FdbEntry entry : socket.fdb()) {
      LinkFacts link = links.get(entry.index());
      InetAddress remote = entry.remote();
      if (link == null || remote == null) {
        continue;
      }
      boolean configured =
          "vxlan".equals(link.kind())
              && isZero(entry.address().bytes())
              && (entry.flags() & FdbEntry.EXT_LEARNED) == 0;
      if (configured) {
        String own = devices.getOrDefault(entry.index(), Map.of()).getOrDefault("remote", "");
        if (!own.equals(text(remote))) {
          resources.add(
              new Resource(
                  ResourceId.fdb(namespace, link.name(), entry.address() + " " + text(remote)),
                  null,
                  Map.of()));
        }
      }
    }
    return resources;
  }

  private static boolean isZero(byte[] bytes) {
    for (byte b : bytes) {
      if (b != 0) {
        return false;
      }
    }
    return true;
  }
}
