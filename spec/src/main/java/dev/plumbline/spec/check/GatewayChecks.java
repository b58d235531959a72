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
 * device in question names its addresses or is made by the file. A device under {@code interfaces}
 * without {@code addresses} may have any, the host's own namespace may have devices that the file
 * does not name, and another route of the file may lead to the gateway; then nothing is said.
 */
final class GatewayChecks {
  private final Scope scope;

  /** Networks by the namespace and device of a route: 10,000 routes share few of them. */
  private final Map<Way, Optional<List<Prefix>>> networks = new HashMap<>();

  /** Destinations of routes without a gateway, by namespace. */
  private final Map<String, Set<Prefix>> linkRoutes = new HashMap<>();

  private record Way(String namespace, @Nullable String dev) {}

  private GatewayChecks(Scope scope) {
    this.scope = scope;
    for (Route route : scope.state.routes()) {
      if (route.via() == null && route.dev() != null) {
        linkRoutes.computeIfAbsent(route.namespace(), k -> new LinkedHashSet<>()).add(route.to());
      }
    }
  }

  static void run(Scope scope) {
    new GatewayChecks(scope).run();
  }

  private void run() {
    for (int i = 0; i < scope.state.routes().size(); i++) {
      Route route = scope.state.routes().get(i);
      String object = "routes[" + i + "]";
      if (route.via() != null && !Boolean.TRUE.equals(route.onlink())) {
        gateway(object, object + ".via", route, route.via(), route.dev());
      }
      for (int j = 0; j < route.nextHops().size(); j++) {
        NextHop hop = route.nextHops().get(j);
        if (hop.via() != null && !Boolean.TRUE.equals(hop.onlink())) {
          String at = object + ".nextHops[" + j + "].via";
          gateway(object, at, route, hop.via(), hop.dev());
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
    String where = dev != null ? " of `" + dev + "`" : " of `" + route.namespace() + "`";
    List<String> fitting =
        connected.stream()
            .filter(network -> network.family() == via.family())
            .map(Prefix::toString)
            .distinct()
            .limit(4)
            .toList();
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
      if (device == null || !scope.usesOf(DeviceId.of(device)).isEmpty()) {
        return null;
      }
      devices = List.of(device);
    } else if (scope.state.namespaces().containsKey(way.namespace)) {
      devices =
          scope.devices.all().stream()
              .filter(device -> device.namespace().equals(way.namespace))
              .toList();
    } else {
      return null;
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
    return address.peer() == null
        ? address.prefix().network()
        : new Prefix(address.peer(), address.prefix().length()).network();
  }
}
