// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.plan;

import dev.plumbline.reconciler.resource.Resource;
import dev.plumbline.reconciler.resource.ResourceType;
import dev.plumbline.reconciler.resource.RouteText;
import dev.plumbline.reconciler.resource.RouteText.Hop;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** When a wanted value and a live one are the same although their texts differ. */
final class SameText {
  /** What a route of plumbline's own has when the file does not name it. */
  private static final Map<String, String> PLAIN_ROUTE =
      Map.of(
          "source", "",
          "onlink", "false",
          "mtu", "",
          "advmss", "",
          "initcwnd", "",
          "initrwnd", "",
          "hopLimit", "");

  private SameText() {}

  /**
   * What is wanted, with what goes without saying: a route is replaced as a whole, so what left the
   * file leaves the route, if plumbline made it.
   */
  static Resource completed(Resource wanted, Resource live) {
    if (wanted.id().type() != ResourceType.ROUTE || !live.isOurs()) {
      return wanted;
    }
    Map<String, String> fields = new TreeMap<>(PLAIN_ROUTE);
    fields.putAll(wanted.fields());
    return new Resource(wanted.id(), wanted.owner(), fields);
  }

  static boolean same(String field, String wanted, String live) {
    if (wanted.equals(live)) {
      return true;
    }
    return switch (field) {
      // A lifetime that runs down is at another value each time it is read.
      case "validLifetime", "preferredLifetime" ->
          live.equals("running") && !wanted.equals("0s") && !wanted.equals("forever");
      case "nextHops" -> sameHops(wanted, live);
      default -> false;
    };
  }

  /** The kernel adds the device where the file leaves it to it, and may order the hops anew. */
  private static boolean sameHops(String wanted, String live) {
    List<Hop> left = sorted(RouteText.hops(wanted));
    List<Hop> right = sorted(RouteText.hops(live));
    if (left.size() != right.size()) {
      return false;
    }
    for (int i = 0; i < left.size(); i++) {
      Hop want = left.get(i);
      Hop have = right.get(i);
      Hop known =
          want.dev().isEmpty() ? new Hop(have.via(), "", have.weight(), have.onlink()) : have;
      if (!want.equals(known)) {
        return false;
      }
    }
    return true;
  }

  private static List<Hop> sorted(List<Hop> hops) {
    List<Hop> sorted = new ArrayList<>(hops);
    sorted.sort(Comparator.comparing(Hop::via).thenComparing(Hop::weight).thenComparing(Hop::dev));
    return sorted;
  }
}
