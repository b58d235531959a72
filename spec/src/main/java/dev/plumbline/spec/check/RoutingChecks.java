// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.spec.check;

import dev.plumbline.spec.model.NextHop;
import dev.plumbline.spec.model.Route;
import dev.plumbline.spec.model.RouteType;
import dev.plumbline.spec.model.Rule;
import dev.plumbline.spec.model.RuleAction;
import dev.plumbline.spec.value.IpAddress;
import dev.plumbline.spec.value.IpFamily;
import dev.plumbline.spec.value.Prefix;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Routes, rules and VRFs: families, tables, and nothing twice. */
final class RoutingChecks {
  private static final Set<RouteType> WITHOUT_WAY =
      Set.of(RouteType.BLACKHOLE, RouteType.UNREACHABLE, RouteType.PROHIBIT, RouteType.THROW);

  private RoutingChecks() {}

  /** What the kernel tells routes apart by. */
  private record RouteKey(String namespace, long table, Prefix to, long metric) {}

  /** A table of a namespace. */
  private record TableKey(String namespace, long table) {}

  static void run(Scope scope) {
    Map<RouteKey, String> seen = new HashMap<>();
    for (int i = 0; i < scope.state.routes().size(); i++) {
      Route route = scope.state.routes().get(i);
      String object = "routes[" + i + "]";
      long metric = route.metric() == null ? -1 : route.metric();
      RouteKey key = new RouteKey(route.namespace(), route.tableOrMain(), route.to(), metric);
      String first = seen.putIfAbsent(key, object);
      if (first != null) {
        scope.error(
            object,
            object,
            "it has the destination, table and metric of the route at line "
                + scope.at(first).line(),
            "another metric, or `nextHops` for several ways at once");
      }
      route(scope, object, route);
    }
    rules(scope);
    vrfs(scope);
  }

  private static void route(Scope scope, String object, Route route) {
    RouteType type = route.type() == null ? RouteType.UNICAST : route.type();
    boolean way = route.via() != null || route.dev() != null || !route.nextHops().isEmpty();
    if (WITHOUT_WAY.contains(type) && way) {
      scope.error(object, object, "a " + type.spelling() + " route leads nowhere", "no via or dev");
    } else if (!WITHOUT_WAY.contains(type) && !way) {
      scope.error(object, object, "it does not say which way", "`via`, `dev` or `nextHops`");
    }
    if (!route.nextHops().isEmpty() && (route.via() != null || route.dev() != null)) {
      scope.error(
          object + ".nextHops", object, "`nextHops` and `via` or `dev` exclude each other", "one");
    }
    family(scope, object, ".via", route, route.via());
    family(scope, object, ".source", route, route.source());
    for (int i = 0; i < route.nextHops().size(); i++) {
      NextHop hop = route.nextHops().get(i);
      family(scope, object, ".nextHops[" + i + "].via", route, hop.via());
      onlink(scope, object, ".nextHops[" + i + "]", hop.onlink(), hop.via(), hop.dev());
    }
    onlink(scope, object, "", route.onlink(), route.via(), route.dev());
    if (route.family() == IpFamily.IPV6 && route.scope() != null) {
      scope.error(object + ".scope", object, "IPv6 routes have no scope", "the route without it");
    }
  }

  private static void onlink(
      Scope scope,
      String object,
      String at,
      @Nullable Boolean onlink,
      @Nullable IpAddress via,
      @Nullable String dev) {
    if (Boolean.TRUE.equals(onlink) && (via == null || dev == null)) {
      scope.error(object + at + ".onlink", object, "`onlink` needs both `via` and `dev`", null);
    }
  }

  private static void family(
      Scope scope, String object, String at, Route route, @Nullable IpAddress ip) {
    if (ip != null && ip.family() != route.family()) {
      scope.error(
          object + at,
          object,
          ip + " is " + ip.family().prose() + ", and the destination is " + route.family().prose(),
          "one family");
    }
  }

  private static void rules(Scope scope) {
    Map<Rule, String> seen = new HashMap<>();
    for (int i = 0; i < scope.state.rules().size(); i++) {
      Rule rule = scope.state.rules().get(i);
      String object = "rules[" + i + "]";
      String first = seen.putIfAbsent(rule, object);
      if (first != null) {
        scope.error(
            object,
            object,
            "the same rule is at line " + scope.at(first).line() + " already",
            null);
      }
      if (rule.from() != null && rule.to() != null && rule.from().family() != rule.to().family()) {
        scope.error(object + ".to", object, "`from` and `to` are of two families", "one family");
      }
      boolean vrf = Boolean.TRUE.equals(rule.l3mdev());
      if (rule.action() == RuleAction.TABLE && rule.table() == null && !vrf) {
        scope.error(object, object, "it does not say which table", "`table`");
      } else if (rule.table() != null && (rule.action() != RuleAction.TABLE || vrf)) {
        scope.error(object + ".table", object, "this rule uses no table of its own", "no `table`");
      }
      if (rule.fwmask() != null && rule.fwmark() == null) {
        scope.error(object + ".fwmask", object, "`fwmask` needs `fwmark`", null);
      }
      Integer suppress = rule.suppressPrefixLength();
      if (suppress != null && suppress > rule.family().bits()) {
        scope.error(
            object + ".suppressPrefixLength",
            object,
            "longer than any " + rule.family().prose() + " prefix",
            "0 to " + rule.family().bits());
      }
    }
  }

  private static void vrfs(Scope scope) {
    Map<TableKey, String> seen = new HashMap<>();
    scope
        .state
        .vrfs()
        .forEach(
            (key, vrf) -> {
              String object = "vrfs." + key;
              TableKey table = new TableKey(vrf.settings().namespace(), vrf.table());
              String first = seen.putIfAbsent(table, object);
              if (first != null) {
                scope.error(
                    object + ".table",
                    object,
                    "the table " + vrf.table() + " is that of " + first + " already",
                    "another");
              }
              if (List.of(253L, 254L, 255L).contains(vrf.table())) {
                scope.error(
                    object + ".table",
                    object,
                    "the table " + vrf.table() + " is one of the host's own",
                    "a table that nothing else uses");
              }
            });
  }
}
