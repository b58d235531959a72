// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.desired;

import dev.plumbline.reconciler.resource.ResourceId;
import dev.plumbline.reconciler.resource.RouteText;
import dev.plumbline.reconciler.resource.RouteText.Hop;
import dev.plumbline.spec.model.NextHop;
import dev.plumbline.spec.model.Route;
import dev.plumbline.spec.value.IpFamily;
import java.util.ArrayList;
import java.util.List;

/** Routes. */
final class RouteGoals {
  /**
   * IP6_RT_PRIO_USER (linux/ipv6_route.h): what the kernel makes of an IPv6 route without metric.
   */
  private static final long IPV6_METRIC = 1024;

  private RouteGoals() {}

  static void collect(Goals goals) {
    for (Route route : goals.state().routes()) {
      route(goals, route);
    }
  }

  private static void route(Goals goals, Route route) {
    boolean ipv6 = route.family() == IpFamily.IPV6;
    long named = route.metric() == null ? 0 : route.metric();
    long metric = ipv6 && named == 0 ? IPV6_METRIC : named;
    String key = RouteText.key(route.to().toString(), route.tableOrMain(), metric);
    boolean host = route.namespace().isEmpty();
    boolean several = !route.nextHops().isEmpty();
    Draft draft =
        goals
            .addOwned(
                "routes[" + key + (host ? "" : " in " + route.namespace()) + "]",
                ResourceId.route(route.namespace(), key))
            .set("type", route.type() == null ? "unicast" : route.type())
            .set("nextHops", several ? hops(goals, route) : "")
            .set("source", route.source())
            .set("mtu", route.mtu())
            .set("advmss", route.advmss())
            .set("initcwnd", route.initcwnd())
            .set("initrwnd", route.initrwnd())
            .set("hopLimit", route.hopLimit());
    if (several) {
      draft.set("via", "").set("dev", "").set("onlink", false);
    } else {
      draft
          .set("via", route.via() == null ? "" : route.via())
          .set("dev", goals.deviceName(route.namespace(), route.dev()))
          .set("onlink", route.onlink());
    }
    if (!ipv6) {
      // IPv6 routes have no scope: the kernel takes any and gives back global.
      draft.set("scope", route.scope());
    }
  }

  private static String hops(Goals goals, Route route) {
    List<Hop> hops = new ArrayList<>();
    for (NextHop hop : route.nextHops()) {
      String device = goals.deviceName(route.namespace(), hop.dev());
      hops.add(
          new Hop(
              hop.via() == null ? "" : hop.via().toString(),
              device == null ? "" : device,
              hop.weight() == null ? 1 : hop.weight(),
              Boolean.TRUE.equals(hop.onlink())));
    }
    return RouteText.hops(hops);
  }
}
