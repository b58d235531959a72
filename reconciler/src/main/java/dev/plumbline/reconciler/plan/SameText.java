// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.plan;

import dev.plumbline.reconciler.resource.Resource;
import dev.plumbline.reconciler.resource.ResourceId;
import dev.plumbline.reconciler.resource.ResourceType;
import dev.plumbline.reconciler.resource.RouteText;
import dev.plumbline.reconciler.resource.RouteText.Hop;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a wanted address or route says where the file says nothing, and which live values amount to
 * the wanted ones.
 */
final class SameText {
  private static final Map<String, String> ADDRESS =
      Map.of(
          "broadcast", "",
          "metric", "",
          "noPrefixRoute", "false",
          "validLifetime", "forever",
          "preferredLifetime", "forever");
  private static final Map<String, String> ROUTE =
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
   * All that a resource shall be. One that plumbline made has nothing but what the file says; of
   * one that it found it sets what the file says and no more.
   */
  static Resource completed(Resource target, Resource there) {
    SortedMap<String, String> fields = new TreeMap<>();
    if (target.id().type() == ResourceType.ROUTE) {
      route(target, there, fields);
    } else if (there.isOurs() && target.id().type() == ResourceType.ADDRESS) {
      fields.putAll(ADDRESS);
      if (!target.id().key().contains(":")) {
        // The label is left alone: the kernel changes labels itself when a device is renamed.
        fields.put("scope", "global");
      }
    }
    fields.putAll(target.fields());
    return new Resource(target.id(), target.owner(), fields);
  }

  private static void route(Resource target, Resource there, SortedMap<String, String> fields) {
    if (target.get("via").isEmpty() && target.get("nextHops").isEmpty()) {
      fields.put("dev", "");
    }
    if (there.isOurs()) {
      fields.putAll(ROUTE);
      boolean ipv6 = RouteText.destination(target.id()).contains(":");
      if (!ipv6) {
        fields.put("scope", RouteText.usualScope(target));
      }
    }
  }

  /** Whether the live value of a field is what is wanted; of all fields but lifetimes. */
  static boolean same(ResourceId id, String field, String live, String wanted) {
    if (live.equals(wanted)) {
      return true;
    }
    return id.type() == ResourceType.ROUTE
        && field.equals("nextHops")
        && sameHops(RouteText.hops(live), RouteText.hops(wanted));
  }

  /** In any order; where the file names no device the kernel's choice is as good as any. */
  private static boolean sameHops(List<Hop> live, List<Hop> wanted) {
    List<Hop> left = new ArrayList<>(live);
    if (live.size() != wanted.size()) {
      return false;
    }
    // The choosy ones first, so that the others do not take theirs.
    for (boolean named : new boolean[] {true, false}) {
      for (Hop hop : wanted) {
        if (hop.dev().isEmpty() != named && !left.remove(matching(hop, left))) {
          return false;
        }
      }
    }
    return true;
  }

  private static Hop matching(Hop wanted, List<Hop> live) {
    for (Hop hop : live) {
      boolean device = wanted.dev().isEmpty() || wanted.dev().equals(hop.dev());
      if (device && wanted.on(hop.dev()).equals(hop)) {
        return hop;
      }
    }
    return wanted;
  }
}
