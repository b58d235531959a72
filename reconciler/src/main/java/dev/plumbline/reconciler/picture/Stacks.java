// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.picture;

import dev.plumbline.reconciler.picture.Diagram.Kind;
import dev.plumbline.reconciler.picture.Diagram.Tone;
import dev.plumbline.reconciler.plan.Action;
import dev.plumbline.reconciler.resource.AddressText;
import dev.plumbline.reconciler.resource.Resource;
import dev.plumbline.reconciler.resource.ResourceId;
import dev.plumbline.reconciler.resource.ResourceType;
import dev.plumbline.reconciler.resource.RouteText;
import dev.plumbline.spec.value.IpAddress;
import dev.plumbline.spec.value.Prefix;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What the stacks of namespaces say: addresses at their devices, and routes where they leave. */
final class Stacks {
  private static final int MOST_ROUTES = 3;
  private static final int MOST_ADDRESSES = 4;
  private static final long MAIN = 254;
  private static final Set<String> FORWARDING =
      Set.of("net.ipv4.ip_forward", "net.ipv6.conf.all.forwarding");

  private final Inventory inventory;
  private final Map<ResourceId, Action> marks;
  private final BiFunction<String, String, List<String>> sentBy;

  /** The routes that leave by a device, by that; those that leave by none by the namespace. */
  private final Map<ResourceId, List<Resource>> routes = new HashMap<>();

  private final Map<ResourceId, Set<String>> carried = new HashMap<>();

  Stacks(
      Inventory inventory,
      Map<ResourceId, Action> marks,
      BiFunction<String, String, List<String>> sentBy) {
    this.inventory = inventory;
    this.marks = marks;
    this.sentBy = sentBy;
    for (String namespace : inventory.namespaces) {
      for (Resource route : inventory.of(ResourceType.ROUTE, namespace)) {
        for (String device : devices(namespace, route)) {
          routes
              .computeIfAbsent(ResourceId.deviceIn(namespace, device), key -> new ArrayList<>())
              .add(route);
        }
      }
    }
  }

  /** Those that it names, or those whose network its gateway is in; an empty name for none. */
  private Set<String> devices(String namespace, Resource route) {
    Set<String> devices = new TreeSet<>(RouteText.devices(route));
    if (devices.isEmpty()) {
      for (String gateway : RouteText.gateways(route)) {
        String by = connected(namespace, gateway);
        if (by != null) {
          devices.add(by);
        }
      }
    }
    return devices.isEmpty() ? Set.of("") : devices;
  }

  private @Nullable String connected(String namespace, String gateway) {
    IpAddress address = IpAddress.parse(gateway);
    for (Resource each : inventory.of(ResourceType.ADDRESS, namespace)) {
      Prefix network = AddressText.network(each.id().key());
      if (network != null && network.contains(address)) {
        return each.id().device();
      }
    }
    return null;
  }

  boolean hasRoutes(Resource device) {
    return routes.containsKey(device.id());
  }

  /** Remembers by which devices a tunnel's packets leave. */
  void carries(String namespace, String tunnel, List<String> remotes) {
    for (String remote : remotes) {
      for (String device : sentBy.apply(namespace, remote)) {
        carried
            .computeIfAbsent(ResourceId.deviceIn(namespace, device), key -> new TreeSet<>())
            .add(tunnel);
      }
    }
  }

  /** A device that leads nowhere: its text stands in the box itself. */
  void alone(Sketch stack, Resource device) {
    String port = "alone " + device.id().device();
    stack.portPlace(port, "device:" + Drafter.place(device));
  }

  /** Writes all texts. */
  void finish(Map<String, Sketch> sketches) {
    // Of a namespace in which there is nothing, too: tunnels are sent by it.
    for (Sketch sketch : List.copyOf(sketches.values())) {
      if (sketch.kind == Kind.STACK) {
        finish(sketch.id.substring("stack ".length()), sketch);
      }
    }
  }

  private void finish(String namespace, Sketch stack) {
    boolean isHost = namespace.isEmpty();
    stack.name(isHost ? Drafter.HOST : namespace);
    stack.note(isHost ? "the host's IP stack" : "namespace");
    for (Resource device : inventory.devices.values()) {
      String name = device.id().device();
      if (device.id().namespace().equals(namespace)) {
        for (String port : List.of(name, "alone " + name)) {
          if (stack.hasPort(port)) {
            device(stack, port, device);
          }
        }
      }
    }
    lines(
        routes.getOrDefault(ResourceId.deviceIn(namespace, ""), List.of()),
        MOST_ROUTES,
        "routes",
        each -> stack.row(Tone.VALUE, text(each, null), marks.get(each.id())),
        stack::note);
    List<Resource> rules = inventory.of(ResourceType.RULE, namespace);
    lines(
        rules.stream().filter(rule -> rule.isOurs() || marks.containsKey(rule.id())).toList(),
        MOST_ROUTES,
        "rules",
        each -> stack.row(Tone.VALUE, text(each.id()), marks.get(each.id())),
        stack::note);
    for (Resource each : inventory.of(ResourceType.SYSCTL, namespace)) {
      if (FORWARDING.contains(each.id().key()) && each.get("value").equals("1")) {
        String family = each.id().key().contains("ipv6") ? "IPv6" : "IPv4";
        stack.row(Tone.NOTE, "forwards " + family, marks.get(each.id()));
      }
    }
  }

  private void device(Sketch stack, String port, Resource device) {
    stack.first(port, Tone.NAME, device.id().device(), marks.get(device.id()));
    stack.portMark(port, marks.get(device.id()));
    if (device.get("up").equals("false")) {
      stack.row(port, Tone.NOTE, "down", null);
    }
    lines(
        inventory.addresses(device),
        MOST_ADDRESSES,
        "addresses",
        each -> stack.row(port, Tone.VALUE, each.id().key(), marks.get(each.id())),
        more -> stack.row(port, Tone.NOTE, more, null));
    Resource master = inventory.master(device);
    if (master != null && master.get("kind").equals("vrf")) {
      stack.row(port, Tone.NOTE, "VRF " + master.id().device(), marks.get(master.id()));
    }
    lines(
        routes.getOrDefault(device.id(), List.of()),
        MOST_ROUTES,
        "routes",
        each -> stack.row(port, Tone.VALUE, text(each, device), marks.get(each.id())),
        more -> stack.row(port, Tone.NOTE, more, null));
    Set<String> tunnels = carried.getOrDefault(device.id(), Set.of());
    if (!tunnels.isEmpty()) {
      List<String> names = List.copyOf(tunnels);
      int shown = Math.min(MOST_ROUTES, names.size());
      String more = shown < names.size() ? " and " + (names.size() - shown) + " more" : "";
      stack.row(
          port, Tone.NOTE, "sends " + String.join(", ", names.subList(0, shown)) + more, null);
    }
  }

  /** The first ones, those with a mark before others, and how many more there are. */
  private void lines(
      List<Resource> all, int most, String nouns, Consumer<Resource> print, Consumer<String> rest) {
    List<Resource> sorted = new ArrayList<>(all);
    sorted.sort(
        (one, two) -> Boolean.compare(marks.containsKey(two.id()), marks.containsKey(one.id())));
    int shown = sorted.size() <= most + 1 ? sorted.size() : most;
    sorted.subList(0, shown).forEach(print);
    if (shown < sorted.size()) {
      rest.accept("and " + (sorted.size() - shown) + " more " + nouns);
    }
  }

  /** {@code ipv4 1000: from …} without what the addresses in it say, too. */
  private static String text(ResourceId rule) {
    return "rule " + rule.key().replaceFirst("^ipv[46] ", "");
  }

  /**
   * A route.
   *
   * @param by where it is shown; null: it leads nowhere
   */
  private String text(Resource route, @Nullable Resource by) {
    ResourceId id = route.id();
    StringBuilder text = new StringBuilder();
    String type = route.get("type");
    if (!type.isEmpty() && !type.equals("unicast")) {
      text.append(type).append(' ');
    }
    String to = RouteText.destination(id);
    text.append(to.equals("0.0.0.0/0") || to.equals("::/0") ? "default" : to);
    String via = by == null ? route.get("via") : gateways(route, by);
    if (!via.isEmpty()) {
      text.append(" via ").append(via);
    }
    if (RouteText.table(id) != MAIN) {
      text.append(" table ").append(RouteText.table(id));
    }
    return text.toString();
  }

  /** Those of its gateways that are behind a device. */
  private String gateways(Resource route, Resource by) {
    String device = by.id().device();
    Set<String> gateways = new TreeSet<>();
    boolean isItsOwn = route.get("dev").isEmpty() || route.get("dev").equals(device);
    if (!route.get("via").isEmpty() && isItsOwn) {
      gateways.add(route.get("via"));
    }
    for (RouteText.Hop hop : RouteText.hops(route)) {
      boolean isHere =
          hop.dev().isEmpty()
              ? device.equals(connected(by.id().namespace(), hop.via()))
              : hop.dev().equals(device);
      if (isHere && !hop.via().isEmpty()) {
        gateways.add(hop.via());
      }
    }
    return String.join(", ", gateways);
  }
}
