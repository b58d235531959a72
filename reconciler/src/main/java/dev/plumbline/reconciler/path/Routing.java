// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.path;

import dev.plumbline.reconciler.path.Topology.Own;
import dev.plumbline.reconciler.resource.Resource;
import dev.plumbline.reconciler.resource.RouteText;
import dev.plumbline.spec.value.IpAddress;
import dev.plumbline.spec.value.IpFamily;
import dev.plumbline.spec.value.Prefix;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Rules, tables and routes of one namespace (ip-rule(8), ip-route(8)). */
final class Routing {
  private static final long LOCAL = 255;
  private static final long MAIN = 254;
  private static final long DEFAULT = 253;
  private static final long L3MDEV_PRIORITY = 1000;
  private static final long MAIN_PRIORITY = 32766;
  private static final long DEFAULT_PRIORITY = 32767;

  private final Topology topology;
  private final String namespace;
  private final Notes notes;

  Routing(Topology topology, String namespace, Notes notes) {
    this.topology = topology;
    this.namespace = namespace;
    this.notes = notes;
  }

  /**
   * A way on.
   *
   * @param gateway null: the destination itself
   */
  record NextHop(Device device, @Nullable IpAddress gateway) {}

  /**
   * What routing says.
   *
   * @param hops none: the packet stays, or is dropped
   * @param drop why it goes nowhere; null: it does
   * @param reason the rule and the route that say so
   */
  record Choice(
      boolean isLocal,
      List<NextHop> hops,
      @Nullable IpAddress source,
      @Nullable String drop,
      String reason) {
    static Choice local(String reason) {
      return new Choice(true, List.of(), null, null, reason);
    }

    static Choice dropped(String why) {
      return new Choice(false, List.of(), null, why, why);
    }
  }

  /** A line of the rules, those that the kernel has by itself included. */
  private record Line(long priority, long table, @Nullable Resource rule) {}

  /** A line of a table, those that addresses make included. */
  private record Entry(
      Prefix to,
      long metric,
      String type,
      List<NextHop> hops,
      @Nullable IpAddress source,
      String text) {}

  /**
   * Looks a destination up.
   *
   * @param source null: not chosen yet
   * @param in the device that it came in by; null: the namespace's own
   * @param bound the device that it has to leave by; null: any
   */
  Choice lookUp(
      Packet packet, @Nullable IpAddress source, @Nullable Device in, @Nullable Device bound) {
    IpFamily family = packet.destination().family();
    Device inside = in != null ? in : bound;
    Device vrf = inside == null ? null : topology.vrf(inside);
    for (Line line : lines(family)) {
      Resource rule = line.rule();
      if (rule != null && !matches(rule, packet, source, in, bound)) {
        continue;
      }
      long table = line.table();
      if ((rule == null && line.priority() == L3MDEV_PRIORITY) || isL3mdev(rule)) {
        if (vrf == null) {
          continue;
        }
        table = Long.parseLong(vrf.resource().get("table"));
      }
      String action = rule == null ? "" : rule.get("action");
      if (Set.of("blackhole", "unreachable", "prohibit").contains(action)) {
        return Choice.dropped("rule " + name(rule) + " says " + action);
      }
      int suppressed = rule == null ? -1 : number(rule.get("suppressPrefixLength"), -1);
      Entry entry = best(table, packet.destination(), suppressed, bound);
      if (entry == null || entry.type().equals("throw")) {
        continue;
      }
      String by = rule == null ? "" : "rule " + name(rule) + ", ";
      String where = table == MAIN || table == LOCAL ? "" : " in table " + table;
      String reason = by + entry.text() + where;
      return switch (entry.type()) {
        case "local" -> Choice.local(reason);
        case "unicast" -> new Choice(false, by(bound, entry.hops()), entry.source(), null, reason);
        default -> Choice.dropped(reason + " is of type " + entry.type());
      };
    }
    if (bound != null && !bound.is("vrf") && family == IpFamily.IPV4) {
      String reason = "on the link of " + bound.name() + ": no route leads there by it";
      return new Choice(false, List.of(new NextHop(bound, null)), null, null, reason);
    }
    return Choice.dropped(
        "no route of " + Topology.name(namespace) + " leads to " + packet.destination());
  }

  private static List<NextHop> by(@Nullable Device bound, List<NextHop> hops) {
    return bound == null || bound.is("vrf")
        ? hops
        : hops.stream().filter(hop -> hop.device().equals(bound)).toList();
  }

  private static boolean isL3mdev(@Nullable Resource rule) {
    return rule != null && rule.get("l3mdev").equals("true");
  }

  private static String name(@Nullable Resource rule) {
    String key = rule == null ? "" : rule.id().key();
    return "`" + key.substring(key.indexOf(' ') + 1) + "`";
  }

  private static int number(String text, int otherwise) {
    return text.isEmpty() ? otherwise : Integer.parseInt(text);
  }

  private List<Line> lines(IpFamily family) {
    List<Line> lines = new ArrayList<>();
    lines.add(new Line(0, LOCAL, null));
    if (topology.hasVrf(namespace)) {
      lines.add(new Line(L3MDEV_PRIORITY, 0, null));
    }
    lines.add(new Line(MAIN_PRIORITY, MAIN, null));
    if (family == IpFamily.IPV4) {
      lines.add(new Line(DEFAULT_PRIORITY, DEFAULT, null));
    }
    for (Resource rule : topology.rules(namespace)) {
      if (rule.get("family").equals(family.spelling())) {
        String table = rule.get("table");
        long priority = Long.parseLong(rule.get("priority"));
        lines.add(new Line(priority, table.isEmpty() ? 0 : Long.parseLong(table), rule));
      }
    }
    lines.sort(Comparator.comparingLong(Line::priority));
    return lines;
  }

  private boolean matches(
      Resource rule,
      Packet packet,
      @Nullable IpAddress source,
      @Nullable Device in,
      @Nullable Device bound) {
    String users = rule.get("uidRange");
    if (!users.isEmpty() && in == null) {
      notes.unknown("whose packet it is: rule " + name(rule) + " asks, and is passed over");
      return false;
    }
    String from = rule.get("from");
    boolean fits =
        (from.isEmpty() || (source != null && Prefix.parse(from).contains(source)))
            && (rule.get("to").isEmpty()
                || Prefix.parse(rule.get("to")).contains(packet.destination()))
            && isNamed(rule.get("iif"), in, "lo")
            && isNamed(rule.get("oif"), bound, "")
            && isWithin(users, 0) // nobody's, as what comes in is, is root's
            && unmarked(rule.get("fwmark"))
            && number(rule.get("tos"), 0) == 0
            && (rule.get("ipProto").isEmpty()
                || number(rule.get("ipProto"), 0) == packet.protocol())
            && isWithin(rule.get("sourcePort"), packet.sourcePort())
            && isWithin(rule.get("destinationPort"), packet.destinationPort());
    return fits != rule.get("invert").equals("true");
  }

  private static boolean isNamed(String name, @Nullable Device device, String none) {
    return name.isEmpty() || name.equals(device == null ? none : device.name());
  }

  /** Packets have no mark: nothing that is followed here sets one. */
  private boolean unmarked(String mark) {
    if (mark.isEmpty()) {
      return true;
    }
    notes.unknown("marks of packets: rules for them are asked for packets without");
    return Long.decode(mark.substring(0, mark.indexOf('/'))) == 0;
  }

  private static boolean isWithin(String range, int port) {
    if (range.isEmpty()) {
      return true;
    }
    int dash = range.indexOf('-');
    int low = Integer.parseInt(dash < 0 ? range : range.substring(0, dash));
    int high = dash < 0 ? low : Integer.parseInt(range.substring(dash + 1));
    return port >= low && port <= high;
  }

  /** The longest prefix that has the destination, of those the one with the lowest metric. */
  private @Nullable Entry best(
      long table, IpAddress destination, int suppressed, @Nullable Device bound) {
    Entry best = null;
    for (Entry entry : entries(table)) {
      boolean leaves =
          bound == null
              || bound.is("vrf")
              || entry.type().equals("local")
              || entry.hops().stream().anyMatch(hop -> hop.device().equals(bound));
      if (leaves && entry.to().contains(destination)) {
        int longer = best == null ? 1 : entry.to().length() - best.to().length();
        if (best == null || longer > 0 || (longer == 0 && entry.metric() < best.metric())) {
          best = entry;
        }
      }
    }
    return best == null || best.to().length() <= suppressed ? null : best;
  }

  private List<Entry> entries(long table) {
    List<Entry> entries = new ArrayList<>();
    for (Own own : topology.addresses(namespace)) {
      addressed(own, table, entries);
    }
    for (Resource route : topology.routes(namespace)) {
      if (RouteText.table(route.id()) == table) {
        Entry entry = entry(route);
        if (entry != null) {
          entries.add(entry);
        }
      }
    }
    if (table == LOCAL) {
      Prefix loopback = Prefix.parse("127.0.0.0/8");
      entries.add(new Entry(loopback, 0, "local", List.of(), null, "the loopback network"));
      entries.add(
          new Entry(Prefix.parse("::1/128"), 0, "local", List.of(), null, "the loopback address"));
    }
    return entries;
  }

  /** What the kernel makes of an address by itself: a local route, and one to its network. */
  private void addressed(Own own, long table, List<Entry> entries) {
    Device vrf = topology.vrf(own.device());
    long in = vrf == null ? 0 : Long.parseLong(vrf.resource().get("table"));
    Prefix network = own.network();
    Prefix host = Prefix.host(own.address());
    if (table == (vrf == null ? LOCAL : in)) {
      entries.add(
          new Entry(host, 0, "local", List.of(), null, own.address() + " is its own address"));
    }
    boolean connects = network != null && !network.isHost() && !own.device().isDown();
    boolean peers = network != null && network.isHost() && !network.equals(host);
    if (network != null && (connects || peers) && table == (vrf == null ? MAIN : in)) {
      String text =
          "route " + network + ", connected by " + own.address() + " of " + own.device().name();
      long metric = network.family() == IpFamily.IPV6 ? 256 : 0;
      entries.add(
          new Entry(
              network,
              metric,
              "unicast",
              List.of(new NextHop(own.device(), null)),
              own.address(),
              text));
    }
  }

  private @Nullable Entry entry(Resource route) {
    Prefix to = Prefix.parse(RouteText.destination(route.id()));
    String type = route.get("type").isEmpty() ? "unicast" : route.get("type");
    List<NextHop> hops = new ArrayList<>();
    if (type.equals("unicast")) {
      List<RouteText.Hop> several = RouteText.hops(route);
      if (several.isEmpty()) {
        add(hops, route.get("via"), route.get("dev"));
      }
      several.forEach(hop -> add(hops, hop.via(), hop.dev()));
      if (hops.isEmpty()) {
        return null; // the kernel has no such route: its device is down, or nothing leads to it
      }
    }
    String source = route.get("source");
    return new Entry(
        to,
        RouteText.metric(route.id()),
        type,
        hops,
        source.isEmpty() ? null : IpAddress.parse(source),
        "route " + (to.length() == 0 ? "default" : to.toString()) + gateways(hops));
  }

  private static String gateways(List<NextHop> hops) {
    List<String> gateways = new ArrayList<>();
    for (NextHop hop : hops) {
      if (hop.gateway() != null) {
        gateways.add(hop.gateway().toString());
      }
    }
    return gateways.isEmpty() ? "" : " via " + String.join(" or ", gateways);
  }

  private void add(List<NextHop> hops, String via, String dev) {
    IpAddress gateway = via.isEmpty() ? null : IpAddress.parse(via);
    Device device = dev.isEmpty() ? null : topology.device(namespace, dev);
    if (device == null && gateway != null) {
      device = connected(gateway);
    }
    if (device != null && !device.isDown()) {
      hops.add(new NextHop(device, gateway));
    }
  }

  /** The device that leads to a gateway: the connected network that it is in, the longest. */
  private @Nullable Device connected(IpAddress gateway) {
    Device found = null;
    int length = -1;
    for (Own own : topology.addresses(namespace)) {
      Prefix network = own.network();
      if (network != null && network.contains(gateway) && network.length() > length) {
        found = own.device();
        length = network.length();
      }
    }
    for (Resource route : topology.routes(namespace)) {
      Prefix to = Prefix.parse(RouteText.destination(route.id()));
      boolean leads = RouteText.isDirect(route) && to.contains(gateway) && to.length() > length;
      if (leads && !RouteText.devices(route).isEmpty()) {
        found = topology.device(namespace, RouteText.devices(route).get(0));
        length = to.length();
      }
    }
    return found;
  }

  /** The address that packets without one get. */
  @Nullable IpAddress sourceFor(Choice choice, NextHop hop, IpFamily family) {
    if (choice.source() != null) {
      return choice.source();
    }
    IpAddress towards = hop.gateway();
    IpAddress first = null;
    for (Own own : topology.addresses(hop.device())) {
      if (own.address().family() == family) {
        boolean near = towards != null && own.network() != null && own.network().contains(towards);
        if (near) {
          return own.address();
        }
        first = first == null ? own.address() : first;
      }
    }
    for (Own own : topology.addresses(namespace)) {
      boolean fits = own.address().family() == family && !own.address().isLoopback();
      first = first == null && fits ? own.address() : first;
    }
    return first;
  }
}
