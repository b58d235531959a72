// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.adopt;

import dev.plumbline.reconciler.resource.Resource;
import dev.plumbline.reconciler.resource.RouteText;
import dev.plumbline.reconciler.resource.RouteText.Hop;
import dev.plumbline.spec.model.Route;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Routes and rules as entries of {@code routes} and {@code rules}. */
final class Routing {
  /** Protocols whose routes somebody configured, and does not keep by himself. */
  private static final Set<String> CONFIGURED = Set.of("boot", "static", "unspec", "");

  private static final Set<String> ACTIONS =
      Set.of("table", "blackhole", "unreachable", "prohibit");

  /** IP6_RT_PRIO_USER (linux/ipv6_route.h). */
  private static final long IPV6_METRIC = 1024;

  private static final List<String> METRICS =
      List.of("source", "mtu", "advmss", "initcwnd", "initrwnd", "hopLimit");

  private static final List<String> RULE_NUMBERS_LAST =
      List.of(
          "tos",
          "table",
          "invert",
          "uidRange",
          "ipProto",
          "sourcePort",
          "destinationPort",
          "suppressPrefixLength",
          "l3mdev");

  private Routing() {}

  /** Why the route does not belong into the file; empty where it does. */
  static String obstacle(Resource route) {
    String key = route.id().key();
    if (key.contains(" tos ") || key.contains(" from ")) {
      return "the file has no word for the TOS or source that the route is for";
    }
    for (String device : RouteText.devices(route)) {
      if (Sections.isElsewhere(device)) {
        return "its device is unknown";
      }
    }
    String protocol = route.get("protocol");
    return route.isOurs() || CONFIGURED.contains(protocol)
        ? ""
        : "protocol " + protocol + ": the program that made it keeps it";
  }

  static Map<String, Object> route(Resource route, Sections sections) {
    String namespace = route.id().namespace();
    String to = RouteText.destination(route.id());
    boolean v6 = to.contains(":");
    boolean plain = to.equals("0.0.0.0/0") || (to.equals("::/0") && !route.get("via").isEmpty());
    Tree tree = new Tree().put("to", plain ? "default" : to).putIfAny("via", route.get("via"));
    if (!route.get("dev").isEmpty()) {
      tree.put("dev", sections.reference(namespace, route.get("dev")));
    }
    if (!namespace.isEmpty()) {
      tree.put("namespace", namespace);
    }
    long table = RouteText.table(route.id());
    if (table != Route.MAIN_TABLE) {
      tree.put("table", table);
    }
    long metric = RouteText.metric(route.id());
    if (metric != (v6 ? IPV6_METRIC : 0)) {
      tree.put("metric", metric);
    }
    boolean unicast = route.get("type").equals("unicast");
    if (!unicast) {
      tree.put("type", route.get("type"));
    }
    String usualScope = route.get("via").isEmpty() && hops(route).isEmpty() ? "link" : "global";
    if (unicast && !v6 && !route.get("scope").equals(usualScope)) {
      tree.putIfAny("scope", route.get("scope"));
    }
    if (route.get("onlink").equals("true") && !route.get("via").isEmpty()) {
      tree.put("onlink", true);
    }
    METRICS.forEach(field -> tree.putIfAny(field, route.get(field)));
    List<Object> hops = new ArrayList<>();
    for (Hop hop : hops(route)) {
      Tree each = new Tree().putIfAny("via", hop.via());
      if (!hop.dev().isEmpty()) {
        each.put("dev", sections.reference(namespace, hop.dev()));
      }
      if (hop.weight() != 1) {
        each.put("weight", (long) hop.weight());
      }
      if (hop.onlink()) {
        each.put("onlink", true);
      }
      hops.add(each.map());
    }
    if (!hops.isEmpty()) {
      tree.put("nextHops", hops);
    }
    return tree.map();
  }

  private static List<Hop> hops(Resource route) {
    return RouteText.hops(route);
  }

  /** Why the rule does not belong into the file; empty where it does. */
  static String ruleObstacle(Resource rule) {
    if (!ACTIONS.contains(rule.get("action"))) {
      return "the file has no word for its action " + rule.get("action");
    }
    boolean nowhere =
        rule.get("action").equals("table")
            && rule.get("table").isEmpty()
            && !rule.get("l3mdev").equals("true");
    return nowhere ? "it names no table" : "";
  }

  static Map<String, Object> rule(Resource rule, Sections sections) {
    String namespace = rule.id().namespace();
    Tree tree = new Tree().putIfAny("priority", rule.get("priority"));
    if (rule.get("from").isEmpty()
        && rule.get("to").isEmpty()
        && rule.get("family").equals("ipv6")) {
      tree.put("family", "ipv6");
    }
    if (!namespace.isEmpty()) {
      tree.put("namespace", namespace);
    }
    tree.putIfAny("from", rule.get("from")).putIfAny("to", rule.get("to"));
    for (String device : new String[] {"iif", "oif"}) {
      if (!rule.get(device).isEmpty()) {
        tree.put(device, sections.reference(namespace, rule.get(device)));
      }
    }
    String mark = rule.get("fwmark");
    if (!mark.isEmpty()) {
      String[] parts = mark.split("/", 2);
      tree.put("fwmark", Long.decode(parts[0]));
      long mask = Long.decode(parts[1]);
      if (mask != 0xffffffffL) {
        tree.put("fwmask", mask);
      }
    }
    if (!rule.get("action").equals("table")) {
      tree.put("action", rule.get("action"));
    }
    RULE_NUMBERS_LAST.forEach(field -> tree.putIfAny(field, rule.get(field)));
    return tree.map();
  }
}
