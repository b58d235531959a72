// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.cli;

import dev.plumbline.reconciler.live.LiveState;
import dev.plumbline.reconciler.resource.AddressText;
import dev.plumbline.reconciler.resource.Resource;
import dev.plumbline.reconciler.resource.ResourceId;
import dev.plumbline.reconciler.resource.ResourceType;
import dev.plumbline.reconciler.resource.RouteText;
import dev.plumbline.spec.model.Route;
import dev.plumbline.spec.value.IpAddress;
import dev.plumbline.spec.value.IpFamily;
import dev.plumbline.spec.value.Prefix;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which way the host's own namespace sends a packet, from its live state: rules by priority, in the
 * table that they name the longest prefix, of these the lowest metric (ip-rule(8), ip-route(8)).
 * The tables of a VRF come first for what is sent from its devices' addresses.
 *
 * <p>Rules that ask for what nobody knows beforehand (marks, users, ports) may match or not: the
 * ways of both are found.
 */
final class RouteLookup {
  private static final int MAIN_PRIORITY = 32766;
  private static final int VRF_PRIORITY = 1000; // drivers/net/vrf.c
  private static final Set<String> UNKNOWN =
      Set.of(
          "fwmark", "tos", "uidRange", "ipProto", "sourcePort", "destinationPort", "oif", "invert");

  /**
   * What a packet may take.
   *
   * @param rules that send it to a table
   * @param routes in those tables
   * @param addresses whose networks it is sent into without a gateway
   */
  record Ways(List<Resource> rules, List<Resource> routes, List<Resource> addresses) {
    boolean isEmpty() {
      return routes.isEmpty() && addresses.isEmpty();
    }
  }

  private record Step(int priority, long table, @Nullable Resource rule) {}

  private final LiveState live;

  RouteLookup(LiveState live) {
    this.live = live;
  }

  /**
   * The ways to an address.
   *
   * @param from the host's address that is spoken from; null: any
   */
  Ways find(IpAddress to, @Nullable IpAddress from) {
    Ways ways = new Ways(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
    for (Step step : steps(to, from)) {
      Resource rule = step.rule();
      boolean certain = rule == null || UNKNOWN.stream().noneMatch(word -> says(rule, word));
      boolean found = inTable(step, to, ways);
      if (found && rule != null) {
        ways.rules().add(rule);
      }
      if (found && certain) {
        break;
      }
    }
    return ways;
  }

  /** Whether a rule may be about packets to an address. */
  static boolean mayMatch(Resource rule, IpAddress to, @Nullable IpAddress from) {
    boolean family = rule.get("family").equals(to.family() == IpFamily.IPV6 ? "ipv6" : "ipv4");
    boolean inverted = says(rule, "invert");
    // What is sent from here has no device that it came in by, but for lo.
    boolean here = rule.get("iif").isEmpty() || rule.get("iif").equals("lo");
    return family && here && (inverted || (contains(rule, "to", to) && comesFrom(rule, from)));
  }

  private static boolean says(Resource rule, String word) {
    return !rule.get(word).isEmpty() && !rule.get(word).equals("false");
  }

  private static boolean contains(Resource rule, String field, IpAddress address) {
    return rule.get(field).isEmpty() || Prefix.parse(rule.get(field)).contains(address);
  }

  private static boolean comesFrom(Resource rule, @Nullable IpAddress from) {
    return from == null ? rule.get("from").isEmpty() : contains(rule, "from", from);
  }

  private List<Step> steps(IpAddress to, @Nullable IpAddress from) {
    List<Step> steps = new ArrayList<>();
    for (Resource rule : live.ofType(ResourceType.RULE)) {
      boolean sends = rule.id().namespace().isEmpty() && !rule.get("table").isEmpty();
      if (sends && mayMatch(rule, to, from)) {
        steps.add(
            new Step(
                Integer.parseInt(rule.get("priority")), Long.parseLong(rule.get("table")), rule));
      }
    }
    Long vrf = from == null ? null : vrfOf(from);
    if (vrf != null) {
      steps.add(new Step(VRF_PRIORITY, vrf, null));
    }
    steps.add(new Step(MAIN_PRIORITY, Route.MAIN_TABLE, null));
    steps.sort(Comparator.comparingInt(Step::priority));
    return steps;
  }

  /** The table of the VRF that the device of an address belongs to; null for none. */
  private @Nullable Long vrfOf(IpAddress own) {
    for (Resource address : addresses()) {
      if (IpAddress.parse(AddressText.local(address.id().key())).equals(own)) {
        return vrfTable(address.id().ofDevice());
      }
    }
    return null;
  }

  /** The table that the networks of a device are in; null for the main one. */
  @Nullable Long vrfTable(ResourceId device) {
    Resource there = live.find(device);
    String master = there == null ? "" : there.get("master");
    Resource above = master.isEmpty() ? null : live.find(ResourceId.deviceIn("", master));
    return above != null && above.get("kind").equals("vrf")
        ? Long.valueOf(above.get("table"))
        : null;
  }

  private List<Resource> addresses() {
    return live.ofType(ResourceType.ADDRESS).stream()
        .filter(each -> each.id().namespace().isEmpty())
        .toList();
  }

  private boolean inTable(Step step, IpAddress to, Ways ways) {
    int longest = -1;
    long lowest = Long.MAX_VALUE;
    List<Resource> best = new ArrayList<>();
    for (Resource route : live.ofType(ResourceType.ROUTE)) {
      Prefix prefix = Prefix.parse(RouteText.destination(route.id()));
      boolean leads =
          route.id().namespace().isEmpty()
              && RouteText.table(route.id()) == step.table()
              && prefix.contains(to);
      if (!leads) {
        continue;
      }
      long metric = RouteText.metric(route.id());
      if (prefix.length() > longest || (prefix.length() == longest && metric < lowest)) {
        best.clear();
        longest = prefix.length();
        lowest = metric;
      }
      if (prefix.length() == longest && metric == lowest) {
        best.add(route);
      }
    }
    List<Resource> connected = connected(step.table(), to);
    int nearest =
        connected.stream()
            .mapToInt(each -> AddressText.network(each.id().key()).length())
            .max()
            .orElse(-1);
    Resource rule = step.rule();
    String suppressed = rule == null ? "" : rule.get("suppressPrefixLength");
    int found = Math.max(nearest, longest);
    if (found < 0 || (!suppressed.isEmpty() && found <= Integer.parseInt(suppressed))) {
      return false;
    }
    if (nearest >= longest) {
      ways.addresses().addAll(connected);
      return true;
    }
    if (best.stream().allMatch(each -> each.get("type").equals("throw"))) {
      return false;
    }
    ways.routes().addAll(best);
    return true;
  }

  /** The addresses in whose networks it is, as the kernel has routes for them in this table. */
  private List<Resource> connected(long table, IpAddress to) {
    List<Resource> connected = new ArrayList<>();
    for (Resource address : addresses()) {
      Long vrf = vrfTable(address.id().ofDevice());
      boolean here = vrf == null ? table == Route.MAIN_TABLE : vrf == table;
      if (here && AddressText.network(address.id().key()).contains(to)) {
        connected.add(address);
      }
    }
    return connected;
  }
}
