// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.plan;

import dev.plumbline.reconciler.resource.Resource;
import dev.plumbline.reconciler.resource.ResourceId;
import dev.plumbline.reconciler.resource.ResourceType;
import dev.plumbline.reconciler.resource.RouteText;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** With the last IPv4 address of a device go all IPv4 routes through it. */
final class EmptiedDevices {
  private final Forecast forecast;
  private final RouteWays ways;
  private final Leaving leaving;
  private final Findings findings;
  private final Map<String, Set<String>> after;

  /**
   * @param forecast loses the routes that go
   * @param after gets the order
   */
  EmptiedDevices(
      Forecast forecast,
      RouteWays ways,
      Leaving leaving,
      Findings findings,
      Map<String, Set<String>> after) {
    this.forecast = forecast;
    this.ways = ways;
    this.leaving = leaving;
    this.findings = findings;
    this.after = after;
  }

  /**
   * Puts back, or moves away before, what goes along.
   *
   * @param emptied the devices, each with the changes that take its addresses
   * @param wanted gets what is put back
   */
  void foresee(Map<ResourceId, Set<String>> emptied, Map<ResourceId, Wanted> wanted) {
    if (emptied.isEmpty()) {
      return;
    }
    for (Wanted each : wanted.values()) {
      // Also one that is there and only comes to such a device now.
      if (isIpv4Route(each.resource().id())) {
        String namespace = each.resource().id().namespace();
        for (String device : RouteText.devices(ways.withDevice(each.resource()))) {
          ResourceId id = ResourceId.deviceIn(namespace, device);
          comesAfter(each.address(), emptied.getOrDefault(id, Set.of()));
        }
      }
    }
    for (Resource route : List.copyOf(forecast.current.values())) {
      ResourceId id = route.id();
      if (!isIpv4Route(id)) {
        continue;
      }
      for (String device : RouteText.devices(route)) {
        Set<String> causes = emptied.get(ResourceId.deviceIn(id.namespace(), device));
        if (causes != null && !leaving.leaves(route, wanted)) {
          lost(route, device, causes, wanted);
        }
      }
    }
  }

  private static boolean isIpv4Route(ResourceId id) {
    return id.type() == ResourceType.ROUTE && !RouteText.destination(id).contains(":");
  }

  private void lost(
      Resource route, String device, Set<String> causes, Map<ResourceId, Wanted> wanted) {
    Wanted again = wanted.get(route.id());
    if (again != null && !ways.otherDevice(again.resource(), route).isEmpty()) {
      // It gets another way before this one is broken.
      String moved = again.address();
      causes.forEach(cause -> comesAfter(cause, Set.of(moved)));
      return;
    }
    forecast.current.remove(route.id());
    forecast.lost(route, route.id(), causes);
    if (again == null && !ways.reachesGateways(route)) {
      findings.warning(
          route.id() + " is lost with the addresses of " + device + ", which reach its gateway");
    } else if (again == null && forecast.restorable(route)) {
      again = new Wanted(route.id().toString(), route, true);
      wanted.put(route.id(), again);
    }
    if (again != null) {
      comesAfter(again.address(), causes);
    }
  }

  private void comesAfter(String address, Set<String> changesBefore) {
    after.computeIfAbsent(address, key -> new TreeSet<>()).addAll(changesBefore);
  }
}
