// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.spec.check;

import dev.plumbline.spec.check.Scope.DeviceId;
import dev.plumbline.spec.model.AddressSetting;
import dev.plumbline.spec.model.Devices.Device;
import dev.plumbline.spec.model.NextHop;
import dev.plumbline.spec.model.Route;
import dev.plumbline.spec.value.IpAddress;
import dev.plumbline.spec.value.IpFamily;
import dev.plumbline.spec.value.Prefix;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A gateway that no connected network has.
 *
 * <p>It is an error only when it is certain: the namespace is one of the file's {@code namespaces}
 * (so that no device is in it that nobody named), or the route names a {@code dev}; and every
 * device in question names its addresses or is made by the file. Elsewhere, in the host's own
 * namespace above all, a device that the file does not name may have the network: then it is a
 * warning, and only where the file connects networks of that family at all. A device under {@code
 * interfaces} without {@code addresses} may have any, and another route of the file may lead to the
 * gateway; then nothing is said.
 */
final class GatewayChecks {
  private final Scope scope;

  /** Networks by the namespace and device of a route: 10,000 routes share few of them. */
  private final Map<Way, Optional<List<Prefix>>> networks = new HashMap<>();

  /** Destinations of routes without a gateway, by namespace. */
  private final Map<String, Set<Prefix>> linkRoutes = new HashMap<>();

  /** Namespaces with devices whose addresses could not be read. */
  private final Set<String> hidden = new HashSet<>();

  /** Whether any namespace may be such a one. */
  private boolean hiddenAnywhere;

  /** Whether a direct route may lead to any gateway that could not be read. */
  private boolean hiddenRoutes;

  private record Way(String namespace, @Nullable String dev) {}

  private GatewayChecks(Scope scope) {
    this.scope = scope;
    List<Route> routes = scope.state.routes();
    Set<String> read = new HashSet<>();
    for (int i = 0; i < routes.size(); i++) {
      Route route = routes.get(i);
      String object = scope.item("routes", i);
      read.add(object);
      if (!hasGateway(object)) {
        hiddenRoutes |= !scope.isSure(object, "via", "dev", "nextHops", "namespace");
        if (route.dev() != null) {
          linkRoutes.computeIfAbsent(route.namespace(), k -> new LinkedHashSet<>()).add(route.to());
        }
      }
    }
    for (int i = 0; scope.state.sources().has("routes[" + i + "]"); i++) {
      String object = "routes[" + i + "]";
      hiddenRoutes |= !read.contains(object) && !hasGateway(object);
    }
    hiddenRoutes |= scope.doubts.hidesObjects();
    for (Doubts.Touched object : scope.doubts.objects()) {
      boolean some = scope.state.sources().has(object.address() + ".addresses");
      boolean sure = scope.isSure(object.address(), "addresses");
      if (object.namespace() == null) {
        hiddenAnywhere |= some || !sure;
      } else if (!sure || (some && scope.device(object.address()) == null)) {
        hidden.add(object.namespace());
      }
    }
  }

  private boolean hasGateway(String route) {
    return scope.state.sources().has(route + ".via");
  }

  static void run(Scope scope) {
    new GatewayChecks(scope).run();
  }

  private void run() {
    if (hiddenRoutes) {
      return;
    }
    for (int i = 0; i < scope.state.routes().size(); i++) {
      Route route = scope.state.routes().get(i);
      String object = scope.item("routes", i);
      boolean sure = scope.isSure(object, "onlink", "dev", "namespace");
      if (route.via() != null && sure && !Boolean.TRUE.equals(route.onlink())) {
        gateway(object, object + ".via", route, route.via(), route.dev());
      }
      for (int j = 0; j < route.nextHops().size(); j++) {
        NextHop hop = route.nextHops().get(j);
        String at = scope.item(object + ".nextHops", j);
        if (hop.via() != null
            && scope.isSure(at, "dev", "onlink")
            && !Boolean.TRUE.equals(hop.onlink())) {
          gateway(object, at + ".via", route, hop.via(), hop.dev());
        }
      }
    }
  }

  private void gateway(String object, String at, Route route, IpAddress via, @Nullable String dev) {
    if (via.isLinkLocal() && via.family() == IpFamily.IPV6) {
      if (dev == null) {
        scope.error(
            at, object, "the gateway " + via + " is link-local, which is of one device", "`dev`");
      }
      return;
    }
    List<Prefix> connected =
        networks
            .computeIfAbsent(
                new Way(route.namespace(), dev), way -> Optional.ofNullable(known(way)))
            .orElse(null);
    if (connected == null
        || connected.stream().anyMatch(network -> network.contains(via))
        || linkRoutes.getOrDefault(route.namespace(), Set.of()).stream()
            .anyMatch(network -> network.contains(via))) {
      return;
    }
    boolean certain = dev != null || scope.state.namespaces().containsKey(route.namespace());
    List<String> fitting =
        connected.stream()
            .filter(network -> network.family() == via.family())
            .map(Prefix::toString)
            .distinct()
            .limit(4)
            .toList();
    if (!certain) {
      if (!fitting.isEmpty()) {
        scope.warning(
            at,
            object,
            "the gateway "
                + via
                + " is on none of the networks that this file connects ("
                + String.join(", ", fitting)
                + "); name the device that leads to it as `dev`, or under `interfaces`",
            null);
      }
      return;
    }
    String where = dev != null ? " of `" + dev + "`" : " of `" + route.namespace() + "`";
    String expected =
        fitting.isEmpty()
            ? "an address in the gateway's network, or `onlink: true`"
            : "a gateway in " + String.join(" or ", fitting);
    scope.error(at, object, "the gateway " + via + " is on no connected network" + where, expected);
  }

  /** All networks that are connected there; null if that cannot be known. */
  private @Nullable List<Prefix> known(Way way) {
    List<Device> devices;
    if (way.dev != null) {
      Device device = scope.devices.resolve(way.namespace, way.dev);
      if (device == null
          || !scope.usesOf(DeviceId.of(device)).isEmpty()
          || !scope.isPlaced(device)
          || !scope.isSure(device.address(), "addresses")
          || scope.doubts.mayBeMember(way.dev)
          || scope.doubts.mayBeMember(device.name())) {
        return null;
      }
      devices = List.of(device);
    } else if (hiddenAnywhere || hidden.contains(way.namespace)) {
      return null;
    } else {
      devices =
          scope.devices.all().stream()
              .filter(device -> device.namespace().equals(way.namespace))
              .toList();
    }
    List<Prefix> connected = new ArrayList<>();
    for (Device device : devices) {
      if (!device.made() && device.settings().addresses() == null) {
        return null;
      }
      device.settings().addressesOrNone().forEach(address -> connected.add(network(address)));
    }
    return connected;
  }

  private static Prefix network(AddressSetting address) {
    IpAddress peer = address.peer();
    // A peer of the other family is a mistake that is reported elsewhere.
    return peer == null || peer.family() != address.prefix().family()
        ? address.prefix().network()
        : new Prefix(peer, address.prefix().length()).network();
  }
}
