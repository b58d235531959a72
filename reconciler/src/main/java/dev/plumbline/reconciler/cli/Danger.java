// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.cli;

import dev.plumbline.reconciler.embedded.FlowText;
import dev.plumbline.reconciler.embedded.PortText;
import dev.plumbline.reconciler.live.LiveState;
import dev.plumbline.reconciler.plan.Action;
import dev.plumbline.reconciler.plan.Change;
import dev.plumbline.reconciler.plan.Disruption;
import dev.plumbline.reconciler.plan.Plan;
import dev.plumbline.reconciler.resource.AddressText;
import dev.plumbline.reconciler.resource.Resource;
import dev.plumbline.reconciler.resource.ResourceId;
import dev.plumbline.reconciler.resource.ResourceType;
import dev.plumbline.reconciler.resource.RouteText;
import dev.plumbline.spec.model.Route;
import dev.plumbline.spec.value.IpAddress;
import dev.plumbline.spec.value.Prefix;
import dev.plumbline.spec.value.ValueException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Finds the changes that could cut off whoever applies a plan: those that touch the path to a
 * default gateway, to the repository that an agent follows, or to the peer of the shell's SSH
 * connection, in the host's own namespace.
 *
 * <p>A path is what sends packets to its end ({@link RouteLookup}): rules, routes, the addresses
 * they are spoken from, their devices, and all that these rest on: parents, the ports of a bridge,
 * the members of a bond, the VRF, the way to the other end of a tunnel.
 */
final class Danger {
  /** Of whom a path is looked for. */
  private record End(IpAddress to, @Nullable IpAddress from) {}

  private final String path;
  private final LiveState live;
  private final RouteLookup lookup;
  private final List<End> ends = new ArrayList<>();
  private final Set<ResourceId> devices = new HashSet<>();
  private final Set<ResourceId> others = new HashSet<>();

  private Danger(String path, LiveState live) {
    this.path = path;
    this.live = live;
    this.lookup = new RouteLookup(live);
  }

  /**
   * A path that a plan touches.
   *
   * @param path what it is
   * @param steps the addresses of the changes that touch it, in the plan's order
   */
  record Touched(String path, List<String> steps) {
    /** For people: the path, and the first few steps. */
    String sentence() {
      List<String> named = steps.stream().limit(3).toList();
      int more = steps.size() - named.size();
      return "this touches "
          + path
          + ": "
          + String.join(", ", named)
          + (more > 0 ? " and " + more + " more" : "");
    }
  }

  /**
   * The paths that the plan touches; none where it touches none.
   *
   * @param ssh the environment's SSH_CONNECTION: the client's address and port, then the server's
   *     (sshd(8)); null without one
   * @param repository the addresses of the host that the agent fetches from
   */
  static List<Touched> of(
      Plan plan, LiveState live, @Nullable String ssh, List<IpAddress> repository) {
    List<Danger> dangers = new ArrayList<>();
    Set<Long> tables = new LinkedHashSet<>(List.of(Route.MAIN_TABLE));
    live.ofType(ResourceType.ROUTE).stream()
        .filter(Danger::isDefault)
        .forEach(route -> tables.add(RouteText.table(route.id())));
    for (long table : tables) {
      Danger gateway =
          new Danger(
              "the path to the default gateway"
                  + (table == Route.MAIN_TABLE ? "" : " of table " + table),
              live);
      live.ofType(ResourceType.ROUTE).stream()
          .filter(route -> isDefault(route) && RouteText.table(route.id()) == table)
          .forEach(gateway::route);
      dangers.add(gateway);
    }
    if (!repository.isEmpty()) {
      Danger git = new Danger("the path to the agent's repository", live);
      repository.forEach(address -> git.end(address, null));
      dangers.add(git);
    }
    String[] words = ssh == null ? new String[0] : ssh.trim().split("\\s+", -1);
    if (words.length == 4) {
      Danger peer = new Danger("the path of this SSH session to " + words[0], live);
      peer.session(words[0], words[2]);
      dangers.add(peer);
    }
    return dangers.stream()
        .map(danger -> danger.touched(plan))
        .filter(touched -> !touched.steps().isEmpty())
        .toList();
  }

  private static boolean isDefault(Resource route) {
    return route.id().namespace().isEmpty() && RouteText.destination(route.id()).endsWith("/0");
  }

  private Touched touched(Plan plan) {
    return new Touched(
        path, plan.changes().stream().filter(this::touches).map(Change::address).toList());
  }

  private void session(String client, String server) {
    IpAddress to;
    IpAddress own;
    try {
      to = IpAddress.parse(withoutZone(client));
      own = IpAddress.parse(withoutZone(server));
    } catch (ValueException e) {
      return; // A shell may have anything in its environment.
    }
    for (Resource address : live.ofType(ResourceType.ADDRESS)) {
      boolean same =
          address.id().namespace().isEmpty()
              && IpAddress.parse(AddressText.local(address.id().key())).equals(own);
      if (same) {
        address(address);
      }
    }
    end(to, own);
  }

  private static String withoutZone(String address) {
    int zone = address.indexOf('%');
    return zone < 0 ? address : address.substring(0, zone);
  }

  /** All that leads to an address. */
  private void end(IpAddress to, @Nullable IpAddress from) {
    RouteLookup.Ways ways = lookup.find(to, from);
    if (!ways.isEmpty()) {
      ends.add(new End(to, from));
    }
    ways.rules().forEach(rule -> others.add(rule.id()));
    ways.routes().forEach(this::route);
    ways.addresses().forEach(this::address);
  }

  private void address(Resource address) {
    others.add(address.id());
    device(address.id().ofDevice());
  }

  private void route(Resource route) {
    if (!others.add(route.id())) {
      return;
    }
    for (String device : RouteText.devices(route)) {
      device(ResourceId.deviceIn("", device));
    }
    List<String> gateways = new ArrayList<>(List.of(route.get("via")));
    RouteText.hops(route).forEach(hop -> gateways.add(hop.via()));
    gateways.stream().filter(each -> !each.isEmpty()).forEach(this::towards);
  }

  /** The host's addresses in whose network a gateway is. */
  private void towards(String gateway) {
    IpAddress ip = IpAddress.parse(gateway);
    for (Resource address : live.ofType(ResourceType.ADDRESS)) {
      if (address.id().namespace().isEmpty()
          && AddressText.network(address.id().key()).contains(ip)) {
        address(address);
      }
    }
  }

  private void device(ResourceId id) {
    Resource device = live.find(id);
    if (device == null || !devices.add(id)) {
      return;
    }
    if (!device.get("parent").isEmpty()) {
      device(ResourceId.deviceIn("", device.get("parent")));
    }
    if (lookup.vrfTable(id) != null) {
      devices.add(ResourceId.deviceIn("", device.get("master")));
    }
    if (!device.get("remote").isEmpty()) {
      underlay(device.get("remote"));
    }
    boolean vrf = device.get("kind").equals("vrf");
    for (Resource port : live.ofType(ResourceType.DEVICE)) {
      boolean under = port.id().namespace().isEmpty() && port.get("master").equals(id.device());
      if (under && !vrf) {
        device(port.id());
      }
    }
    inSwitch(id);
  }

  private void underlay(String remote) {
    try {
      end(IpAddress.parse(withoutZone(remote)), null);
    } catch (ValueException e) {
      return; // A remote that is no address leads nowhere that is known.
    }
  }

  /** Through an internal port the way may lead by any other port of its bridge. */
  private void inSwitch(ResourceId device) {
    for (Resource port : live.ofType(ResourceType.PORT)) {
      boolean internal = port.get("type").equals("internal");
      if (internal && port.get("device").equals(device.device())) {
        String bridge = PortText.bridge(port.id());
        others.add(ResourceId.bridge(bridge));
        for (Resource other : live.ofType(ResourceType.PORT)) {
          if (PortText.bridge(other.id()).equals(bridge)) {
            others.add(other.id());
            PortText.devices(other).forEach(each -> device(ResourceId.deviceIn("", each)));
          }
        }
      }
    }
  }

  private boolean touches(Change change) {
    ResourceId id = change.id();
    if (id.type() == ResourceType.DEVICE) {
      boolean harmless =
          change.action() == Action.CREATE
              || (change.action() == Action.MODIFY
                  && change.disruption().level() == Disruption.Level.NONE);
      ResourceId before = change instanceof Change.Modify modify ? modify.live().id() : id;
      return !harmless && (devices.contains(id) || devices.contains(before));
    }
    Resource port = id.type() == ResourceType.PORT ? change.after() : null;
    if (port != null) {
      return others.contains(id)
          || PortText.devices(port).stream()
              .anyMatch(device -> devices.contains(ResourceId.deviceIn("", device)));
    }
    if (id.type() == ResourceType.VLANS) {
      return devices.contains(id.ofDevice());
    }
    if (id.type().isDecidedBy()) {
      return others.contains(ResourceId.bridge(FlowText.bridge(id)));
    }
    return (others.contains(id) && change.action() != Action.CREATE) || isRival(change);
  }

  /** What is made or changed may win over what there is. */
  private boolean isRival(Change change) {
    Resource after = change.after();
    ResourceId id = change.id();
    if (after == null || !id.namespace().isEmpty()) {
      return false;
    }
    return switch (id.type()) {
      case ROUTE ->
          change.action() == Action.CREATE
              && (others.stream().anyMatch(other -> isSameDestination(other, id)) || isNearer(id));
      case ADDRESS ->
          change.action() == Action.CREATE
              && !devices.contains(id.ofDevice())
              && leadsToAnEnd(AddressText.network(id.key()));
      case RULE -> ends.stream().anyMatch(end -> RouteLookup.mayMatch(after, end.to(), end.from()));
      default -> false;
    };
  }

  private boolean leadsToAnEnd(Prefix prefix) {
    return ends.stream().anyMatch(end -> prefix.contains(end.to()));
  }

  /** Whether a route leads to an end in a table in which one of the path does, or in the main. */
  private boolean isNearer(ResourceId route) {
    Prefix prefix = Prefix.parse(RouteText.destination(route));
    long table = RouteText.table(route);
    boolean used =
        table == Route.MAIN_TABLE
            || others.stream()
                .anyMatch(
                    other -> other.type() == ResourceType.ROUTE && RouteText.table(other) == table);
    boolean wider =
        others.stream()
            .anyMatch(
                other ->
                    other.type() == ResourceType.ROUTE
                        && RouteText.table(other) == table
                        && Prefix.parse(RouteText.destination(other)).length() > prefix.length());
    return used && !wider && leadsToAnEnd(prefix);
  }

  private static boolean isSameDestination(ResourceId other, ResourceId route) {
    return other.type() == ResourceType.ROUTE
        && other.namespace().equals(route.namespace())
        && RouteText.destination(other).equals(RouteText.destination(route))
        && RouteText.table(other) == RouteText.table(route);
  }
}
