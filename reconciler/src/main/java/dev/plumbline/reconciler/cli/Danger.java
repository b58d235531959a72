// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.cli;

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
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Finds the changes that could cut off whoever applies a plan: those that touch the path to the
 * default gateway or to the peer of the shell's SSH connection, in the host's own namespace.
 *
 * <p>A path is a route, the address it is spoken from, its device, and all that this device rests
 * on: parents, the ports of a bridge, the members of a bond.
 */
final class Danger {
  private final LiveState live;
  private final Set<ResourceId> devices = new HashSet<>();
  private final Set<ResourceId> others = new HashSet<>();

  private Danger(LiveState live) {
    this.live = live;
  }

  /**
   * A sentence for each path that the plan touches; none where it touches none.
   *
   * @param ssh the environment's SSH_CONNECTION: the client's address and port, then the server's
   *     (sshd(8)); null without one
   */
  static List<String> of(Plan plan, LiveState live, @Nullable String ssh) {
    List<String> sentences = new ArrayList<>();
    Danger gateway = new Danger(live);
    live.ofType(ResourceType.ROUTE).stream().filter(Danger::isDefault).forEach(gateway::route);
    gateway.sentence("the path to the default gateway", plan, sentences);
    if (ssh != null) {
      Danger peer = new Danger(live);
      String[] words = ssh.trim().split("\\s+", -1);
      if (words.length == 4 && peer.peer(words[0], words[2])) {
        peer.sentence("the path of this SSH session to " + words[0], plan, sentences);
      }
    }
    return sentences;
  }

  private static boolean isDefault(Resource route) {
    return route.id().namespace().isEmpty()
        && RouteText.table(route.id()) == Route.MAIN_TABLE
        && RouteText.destination(route.id()).endsWith("/0");
  }

  private void route(Resource route) {
    others.add(route.id());
    for (String device : RouteText.devices(route)) {
      device(ResourceId.deviceIn("", device));
    }
    for (String gateway : gateways(route)) {
      addressesTowards(gateway);
    }
  }

  private static List<String> gateways(Resource route) {
    List<String> gateways = new ArrayList<>();
    gateways.add(route.get("via"));
    RouteText.hops(route).forEach(hop -> gateways.add(hop.via()));
    gateways.removeIf(String::isEmpty);
    return gateways;
  }

  /** The host's addresses in whose network the other end is. */
  private boolean addressesTowards(String end) {
    IpAddress ip = IpAddress.parse(end);
    boolean found = false;
    for (Resource address : live.ofType(ResourceType.ADDRESS)) {
      if (address.id().namespace().isEmpty()
          && AddressText.network(address.id().key()).contains(ip)) {
        others.add(address.id());
        device(address.id().ofDevice());
        found = true;
      }
    }
    return found;
  }

  /** Whether anything of the way to the peer is known. */
  private boolean peer(String client, String server) {
    try {
      IpAddress own = IpAddress.parse(withoutZone(server));
      for (Resource address : live.ofType(ResourceType.ADDRESS)) {
        boolean same =
            address.id().namespace().isEmpty()
                && IpAddress.parse(AddressText.local(address.id().key())).equals(own);
        if (same) {
          others.add(address.id());
          device(address.id().ofDevice());
        }
      }
      if (!addressesTowards(withoutZone(client))) {
        routeTo(IpAddress.parse(withoutZone(client)));
      }
      return !devices.isEmpty();
    } catch (ValueException e) {
      // Not an address: a shell may have anything in its environment.
      return false;
    }
  }

  private static String withoutZone(String address) {
    int zone = address.indexOf('%');
    return zone < 0 ? address : address.substring(0, zone);
  }

  private void routeTo(IpAddress end) {
    Resource best = null;
    int length = -1;
    for (Resource route : live.ofType(ResourceType.ROUTE)) {
      Prefix to = Prefix.parse(RouteText.destination(route.id()));
      boolean leads =
          route.id().namespace().isEmpty()
              && RouteText.table(route.id()) == Route.MAIN_TABLE
              && to.contains(end);
      if (leads && to.length() > length) {
        best = route;
        length = to.length();
      }
    }
    if (best != null) {
      route(best);
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
    for (Resource port : live.ofType(ResourceType.DEVICE)) {
      boolean below = port.id().namespace().isEmpty() && port.get("master").equals(id.device());
      if (below && !device.get("kind").equals("vrf")) {
        device(port.id());
      }
    }
    inSwitch(id);
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

  private void sentence(String path, Plan plan, List<String> sentences) {
    Set<String> touching = new TreeSet<>();
    for (Change change : plan.changes()) {
      if (touches(change)) {
        touching.add(change.address());
      }
    }
    if (!touching.isEmpty()) {
      List<String> named = touching.stream().limit(3).toList();
      int more = touching.size() - named.size();
      sentences.add(
          "this touches "
              + path
              + ": "
              + String.join(", ", named)
              + (more > 0 ? " and " + more + " more" : ""));
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
    // Another default route may win over the one there is.
    boolean rival =
        id.type() == ResourceType.ROUTE
            && change.action() == Action.CREATE
            && !others.isEmpty()
            && others.stream().anyMatch(other -> isSameDestination(other, id));
    return rival || (others.contains(id) && change.action() != Action.CREATE);
  }

  private static boolean isSameDestination(ResourceId other, ResourceId route) {
    return other.type() == ResourceType.ROUTE
        && other.namespace().equals(route.namespace())
        && RouteText.destination(other).equals(RouteText.destination(route))
        && RouteText.table(other) == RouteText.table(route);
  }
}
