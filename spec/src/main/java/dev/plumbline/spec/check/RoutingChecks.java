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
      String object = scope.item("routes", i);
      long metric = route.metric() == null ? -1 : route.metric();
      RouteKey key = new RouteKey(route.namespace(), route.tableOrMain(), route.to(), metric);
      // `default` takes its family from the way.
      boolean sure =
          scope.isSure(object, "namespace", "table", "metric", "via", "nextHops", "source");
      String first = sure ? seen.putIfAbsent(key, object) : null;
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
    boolean waySure = scope.isSure(object, "via", "dev", "nextHops", "type");
    if (WITHOUT_WAY.contains(type) && way) {
      scope.error(object, object, "a " + type.spelling() + " route leads nowhere", "no via or dev");
    } else if (!WITHOUT_WAY.contains(type) && !way && waySure) {
      scope.error(object, object, "it does not say which way", "`via`, `dev` or `nextHops`");
    }
    if (!route.nextHops().isEmpty() && (route.via() != null || route.dev() != null)) {
      scope.error(
          object + ".nextHops", object, "`nextHops` and `via` or `dev` exclude each other", "one");
    }
    boolean familySure = scope.isSure(object, "to", "via", "nextHops", "source");
    if (familySure) {
      family(scope, object, object + ".via", route, route.via());
      family(scope, object, object + ".source", route, route.source());
    }
    for (int i = 0; i < route.nextHops().size(); i++) {
      NextHop hop = route.nextHops().get(i);
      String at = scope.item(object + ".nextHops", i);
      if (familySure) {
        family(scope, object, at + ".via", route, hop.via());
      }
      onlink(scope, object, at, hop.onlink(), hop.via(), hop.dev());
    }
    onlink(scope, object, object, route.onlink(), route.via(), route.dev());
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
    boolean half = Boolean.TRUE.equals(onlink) && (via == null || dev == null);
    if (half && scope.isSure(at, "via", "dev")) {
      scope.error(at + ".onlink", object, "`onlink` needs both `via` and `dev`", null);
    }
  }

  private static void family(
      Scope scope, String object, String at, Route route, @Nullable IpAddress ip) {
    if (ip != null && ip.family() != route.family()) {
      scope.error(
          at,
          object,
          ip + " is " + ip.family().prose() + ", and the destination is " + route.family().prose(),
          "one family");
    }
  }

  private static void rules(Scope scope) {
    Map<Rule, String> seen = new HashMap<>();
    for (int i = 0; i < scope.state.rules().size(); i++) {
      Rule rule = scope.state.rules().get(i);
      String object = scope.item("rules", i);
      String first = scope.doubts.about(object) ? null : seen.putIfAbsent(rule, object);
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
        if (scope.isSure(object, "table", "action", "l3mdev")) {
          scope.error(object, object, "it does not say which table", "`table`");
        }
      } else if (rule.table() != null && (rule.action() != RuleAction.TABLE || vrf)) {
        scope.error(object + ".table", object, "this rule uses no table of its own", "no `table`");
      }
      if (rule.fwmask() != null && rule.fwmark() == null && scope.isSure(object, "fwmark")) {
        scope.error(object + ".fwmask", object, "`fwmask` needs `fwmark`", null);
      }
      Integer suppress = rule.suppressPrefixLength();
      boolean familySure = scope.isSure(object, "family", "from", "to");
      if (suppress != null && suppress > rule.family().bits() && familySure) {
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
              String first =
                  scope.isSure(object, "namespace") ? seen.putIfAbsent(table, object) : null;
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
