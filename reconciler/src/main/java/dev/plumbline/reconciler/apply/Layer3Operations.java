// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.apply;

import dev.plumbline.netlink.route.Address;
import dev.plumbline.netlink.route.AddressBuilder;
import dev.plumbline.netlink.route.FdbEntry;
import dev.plumbline.netlink.route.NextHop;
import dev.plumbline.netlink.route.PortRange;
import dev.plumbline.netlink.route.Route;
import dev.plumbline.netlink.route.RouteBuilder;
import dev.plumbline.netlink.route.RouteMetrics;
import dev.plumbline.netlink.route.Rule;
import dev.plumbline.netlink.route.RuleBuilder;
import dev.plumbline.netlink.socket.Request;
import dev.plumbline.netlink.wire.Attribute;
import dev.plumbline.reconciler.resource.AddressText;
import dev.plumbline.reconciler.resource.Numbers;
import dev.plumbline.reconciler.resource.Resource;
import dev.plumbline.reconciler.resource.ResourceId;
import dev.plumbline.reconciler.resource.RouteText;
import dev.plumbline.reconciler.resource.RouteText.Hop;
import dev.plumbline.spec.value.Durations;
import dev.plumbline.spec.value.IpAddress;
import dev.plumbline.spec.value.IpFamily;
import dev.plumbline.spec.value.Prefix;
import java.net.InetAddress;
import java.util.List;

/** Requests for addresses, routes, rules and VXLAN remotes. */
final class Layer3Operations {
  private static final int AF_INET = 2;
  private static final int AF_INET6 = 10;

  private final Indexes indexes;
  private final boolean addressProtocol;

  Layer3Operations(Indexes indexes, boolean addressProtocol) {
    this.indexes = indexes;
    this.addressProtocol = addressProtocol;
  }

  Request create(Resource resource) {
    switch (resource.id().type()) {
      case ADDRESS -> {
        // Replacing, for the kernel may have kept a secondary address (promote_secondaries).
        return Address.replace(address(resource));
      }
      case ROUTE -> {
        return Route.add(route(resource));
      }
      case RULE -> {
        return Rule.add(rule(resource));
      }
      case FDB -> {
        return FdbEntry.append(remote(resource.id()));
      }
      default -> {
        throw new IllegalStateException("no request makes a " + resource.id());
      }
    }
  }

  /** Makes a rule beside others as which the kernel would take it. */
  Request beside(Resource resource) {
    return Rule.addBeside(rule(resource));
  }

  Request replace(Resource resource) {
    switch (resource.id().type()) {
      case ADDRESS -> {
        return Address.replace(address(resource));
      }
      case ROUTE -> {
        return Route.replace(route(resource));
      }
      default -> {
        throw new IllegalStateException("no request changes a " + resource.id());
      }
    }
  }

  Request delete(Resource resource) {
    switch (resource.id().type()) {
      case ADDRESS -> {
        return Address.delete(place(resource));
      }
      case ROUTE -> {
        return Route.delete(route(resource));
      }
      case RULE -> {
        return Rule.delete(rule(resource));
      }
      case FDB -> {
        return FdbEntry.delete(remote(resource.id()));
      }
      default -> {
        throw new IllegalStateException("no request removes a " + resource.id());
      }
    }
  }

  /** What tells the address from others; with a label too, a renamed device's is not found. */
  private AddressBuilder place(Resource resource) {
    String key = resource.id().key();
    Prefix prefix = AddressText.prefix(key);
    InetAddress local = IpAddress.parse(AddressText.local(key)).toInetAddress();
    AddressBuilder builder =
        Address.of(local, prefix.length()).on(indexes.of(resource.id().ofDevice()));
    if (AddressText.hasPeer(key)) {
      builder.peer(prefix.address().toInetAddress());
    }
    return builder;
  }

  private AddressBuilder address(Resource resource) {
    AddressBuilder builder = place(resource);
    if (!resource.get("broadcast").isEmpty()) {
      builder.broadcast(ip(resource.get("broadcast")));
    }
    if (!resource.get("label").isEmpty()) {
      builder.label(resource.get("label"));
    }
    if (!resource.get("scope").isEmpty()) {
      builder.scope(Numbers.scope(resource.get("scope")));
    }
    if (!resource.get("metric").isEmpty()) {
      builder.metric(Long.parseLong(resource.get("metric")));
    }
    if (resource.get("noPrefixRoute").equals("true")) {
      builder.flag(Address.NOPREFIXROUTE);
    }
    if (resource.get("noDad").equals("true")) {
      builder.flag(Address.NODAD);
    }
    long valid = lifetime(resource, "validLifetime", AddressText.VALID_LEFT);
    long preferred = lifetime(resource, "preferredLifetime", AddressText.PREFERRED_LEFT);
    if (valid != Address.FOREVER || preferred != Address.FOREVER) {
      builder.lifetimes(valid, Math.min(valid, preferred));
    }
    if (resource.isOurs() && addressProtocol) {
      builder.protocol(Numbers.PROTOCOL);
    }
    return builder;
  }

  /** What is put back runs on from where it was. */
  private static long lifetime(Resource address, String field, String left) {
    boolean running = address.get(field).equals(AddressText.RUNNING);
    String text = address.get(running ? left : field);
    boolean endless = text.isEmpty() || text.equals("forever");
    return endless ? Address.FOREVER : Durations.parse(text).toSeconds();
  }

  private static InetAddress ip(String text) {
    return IpAddress.parse(text).toInetAddress();
  }

  private RouteBuilder route(Resource resource) {
    ResourceId id = resource.id();
    Prefix to = Prefix.parse(RouteText.destination(id));
    boolean ipv6 = to.family() == IpFamily.IPV6;
    RouteBuilder builder =
        to.length() == 0
            ? Route.toDefault(ipv6 ? AF_INET6 : AF_INET)
            : Route.to(to.address().toInetAddress(), to.length());
    builder
        .table(RouteText.table(id))
        .metric(RouteText.metric(id))
        .type(Numbers.routeType(resource.get("type").isEmpty() ? "unicast" : resource.get("type")))
        .protocol(
            resource.isOurs()
                ? Numbers.PROTOCOL
                : resource.get("protocol").isEmpty()
                    ? Route.PROTOCOL_BOOT
                    : Numbers.protocol(resource.get("protocol")))
        .scope(scope(resource, ipv6));
    List<Hop> hops = RouteText.hops(resource);
    for (Hop hop : hops) {
      int index = hop.dev().isEmpty() ? 0 : index(id, hop.dev());
      NextHop next =
          hop.via().isEmpty()
              ? NextHop.dev(index, hop.weight())
              : NextHop.via(ip(hop.via()), index, hop.weight());
      builder.nextHop(hop.onlink() ? next.onlink() : next);
    }
    if (!resource.get("via").isEmpty()) {
      builder.via(ip(resource.get("via")));
    }
    if (!resource.get("dev").isEmpty()) {
      builder.dev(index(id, resource.get("dev")));
    }
    if (!resource.get("source").isEmpty()) {
      builder.preferredSource(ip(resource.get("source")));
    }
    if (resource.get("onlink").equals("true")) {
      builder.onlink();
    }
    metric(builder, resource, "mtu", RouteMetrics.MTU);
    metric(builder, resource, "advmss", RouteMetrics.ADVMSS);
    metric(builder, resource, "initcwnd", RouteMetrics.INITCWND);
    metric(builder, resource, "initrwnd", RouteMetrics.INITRWND);
    metric(builder, resource, "hopLimit", RouteMetrics.HOPLIMIT);
    return builder;
  }

  private int index(ResourceId route, String device) {
    return indexes.of(ResourceId.deviceIn(route.namespace(), device));
  }

  private static void metric(
      RouteBuilder builder, Resource resource, String name, Attribute<Long> metric) {
    if (!resource.get(name).isEmpty()) {
      builder.metric(metric, Long.valueOf(resource.get(name)));
    }
  }

  private static int scope(Resource resource, boolean ipv6) {
    if (!resource.get("scope").isEmpty()) {
      return Numbers.scope(resource.get("scope"));
    }
    return ipv6 ? Route.SCOPE_UNIVERSE : Numbers.scope(RouteText.usualScope(resource));
  }

  private static RuleBuilder rule(Resource resource) {
    RuleBuilder builder =
        Rule.of(resource.get("family").equals("ipv6") ? AF_INET6 : AF_INET)
            .priority(Long.parseLong(resource.get("priority")))
            .protocol(resource.isOurs() ? Numbers.PROTOCOL : Route.PROTOCOL_BOOT);
    if (!resource.get("from").isEmpty()) {
      Prefix from = Prefix.parse(resource.get("from"));
      builder.from(from.address().toInetAddress(), from.length());
    }
    if (!resource.get("to").isEmpty()) {
      Prefix to = Prefix.parse(resource.get("to"));
      builder.to(to.address().toInetAddress(), to.length());
    }
    if (!resource.get("iif").isEmpty()) {
      builder.inputDevice(resource.get("iif"));
    }
    if (!resource.get("oif").isEmpty()) {
      builder.outputDevice(resource.get("oif"));
    }
    String[] mark = resource.get("fwmark").split("/", -1);
    if (mark.length == 2) {
      builder.fwmark(Long.decode(mark[0]), Long.decode(mark[1]));
    }
    if (!resource.get("tos").isEmpty()) {
      builder.tos(Integer.parseInt(resource.get("tos")));
    }
    if (resource.get("invert").equals("true")) {
      builder.invert();
    }
    target(builder, resource);
    if (!resource.get("uidRange").isEmpty()) {
      PortText uids = PortText.parse(resource.get("uidRange"));
      builder.set(Rule.UID_RANGE, new Rule.UidRange(uids.first(), uids.last()));
    }
    if (!resource.get("ipProto").isEmpty()) {
      builder.set(Rule.IP_PROTO, Integer.valueOf(resource.get("ipProto")));
    }
    if (!resource.get("sourcePort").isEmpty()) {
      builder.set(Rule.SPORT_RANGE, PortText.parse(resource.get("sourcePort")).ports());
    }
    if (!resource.get("destinationPort").isEmpty()) {
      builder.set(Rule.DPORT_RANGE, PortText.parse(resource.get("destinationPort")).ports());
    }
    if (!resource.get("suppressPrefixLength").isEmpty()) {
      builder.set(Rule.SUPPRESS_PREFIXLEN, Integer.valueOf(resource.get("suppressPrefixLength")));
    }
    return builder;
  }

  private static void target(RuleBuilder builder, Resource resource) {
    if (resource.get("l3mdev").equals("true")) {
      builder.lookupVrf();
    } else if (!resource.get("table").isEmpty()) {
      builder.lookup(Long.parseLong(resource.get("table")));
    } else {
      builder.action(Numbers.ruleAction(resource.get("action")));
    }
  }

  /** A range as text: {@code 80} or {@code 80-90}. */
  private record PortText(long first, long last) {
    static PortText parse(String text) {
      int dash = text.indexOf('-');
      return dash < 0
          ? new PortText(Long.parseLong(text), Long.parseLong(text))
          : new PortText(
              Long.parseLong(text.substring(0, dash)), Long.parseLong(text.substring(dash + 1)));
    }

    PortRange ports() {
      return new PortRange((int) first, (int) last);
    }
  }

  private FdbEntry remote(ResourceId id) {
    String remote = id.key().substring(id.key().indexOf(' ') + 1);
    return FdbEntry.vxlanDefault(indexes.of(id.ofDevice()), ip(remote));
  }
}
