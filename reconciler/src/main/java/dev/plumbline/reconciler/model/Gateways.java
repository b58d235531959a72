// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.model;

import dev.plumbline.netlink.libc.Errno;
import dev.plumbline.reconciler.resource.AddressText;
import dev.plumbline.reconciler.resource.Resource;
import dev.plumbline.reconciler.resource.ResourceId;
import dev.plumbline.reconciler.resource.ResourceType;
import dev.plumbline.reconciler.resource.RouteText;
import dev.plumbline.reconciler.resource.RouteText.Hop;
import dev.plumbline.spec.value.IpAddress;
import dev.plumbline.spec.value.Prefix;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Where the next hops of routes are (fib_check_nh, ip6_validate_gw). */
final class Gateways {
  static final int ENETUNREACH = 101;
  private static final int EHOSTUNREACH = 113;

  /** RT_TABLE_MAIN (linux/rtnetlink.h). */
  static final int MAIN = 254;

  private final Store store;

  Gateways(Store store) {
    this.store = store;
  }

  /** The device that a next hop is reached by. */
  String device(Resource wanted, Hop hop) throws RefusedException {
    ResourceId route = wanted.id();
    ResourceId named = ResourceId.deviceIn(route.namespace(), hop.dev());
    boolean ipv6 = RouteText.destination(route).contains(":");
    if (!hop.dev().isEmpty()) {
      store.need(named);
    }
    boolean blind = hop.onlink() && hop.via().isEmpty() && !ipv6;
    RefusedException.when(blind, Errno.EINVAL, "onlink without a gateway");
    if (hop.via().isEmpty() || hop.onlink()) {
      RefusedException.when(hop.dev().isEmpty(), Errno.ENODEV, "it leads nowhere");
      boolean near = !ipv6 && wanted.get("scope").equals("host"); // asks for no more than a device
      RefusedException.when(!near && !store.isUp(named), Errno.ENETDOWN, named + " is down");
      boolean here = !ipv6 && named.equals(local(route.namespace(), hop.via()));
      RefusedException.when(here, Errno.EINVAL, hop.via() + " is the device's own");
      boolean lo = isReject(named, hop.via());
      RefusedException.when(lo, Errno.EINVAL, "IPv6 leads nobody over lo");
      String near6 = ipv6 && hop.onlink() && !hop.via().isEmpty() ? behind(route, hop) : null;
      boolean elsewhere = near6 != null && !near6.equals(hop.dev());
      RefusedException.when(elsewhere, Errno.EINVAL, hop.via() + " is behind " + near6);
      return hop.dev();
    }
    int errno = hop.via().contains(":") ? EHOSTUNREACH : ENETUNREACH;
    ResourceId own = local(route.namespace(), hop.via());
    boolean self = own != null && hop.via().contains(":") && store.isUp(own);
    RefusedException.when(self, Errno.EINVAL, hop.via() + " is the host's own");
    if (own != null && !hop.via().contains(":")) {
      boolean away = !hop.dev().isEmpty() && !hop.dev().equals(own.device());
      RefusedException.when(away, errno, hop.via() + " is not behind " + hop.dev());
      RefusedException.when(!store.isUp(own), Errno.ENETDOWN, own + " is down");
      return own.device();
    }
    String way = way(route, hop);
    boolean none = way == null || isReject(ResourceId.deviceIn("", way), hop.via());
    if (way == null || none) {
      throw new RefusedException(errno, hop.via() + " is on no connected network");
    }
    return way;
  }

  /**
   * The device of the smallest connected network with the gateway; null for none. For IPv4 any of
   * the route's own table comes before all others (fib_check_nh_v4_gw).
   */
  private @Nullable String way(ResourceId route, Hop hop) {
    IpAddress target = IpAddress.parse(hop.via());
    boolean ipv6 = hop.via().contains(":");
    Set<Long> tables = Set.of((long) MAIN);
    if (RouteText.table(route) != MAIN) {
      Set<Long> own = Set.of(RouteText.table(route));
      String first = ipv6 ? null : direct(route, hop, target, own, null, -1);
      if (first != null) {
        return first;
      }
      tables = ipv6 ? Set.of((long) MAIN, RouteText.table(route)) : tables;
    }
    String best = null;
    int longest = -1;
    for (Resource each : store.ofType(ResourceType.ADDRESS)) {
      ResourceId id = each.id();
      Prefix network = AddressText.network(id.key());
      if (id.namespace().equals(route.namespace())
          && (hop.dev().isEmpty() || hop.dev().equals(id.device()))
          && store.isUp(id.ofDevice())
          && !each.get("noPrefixRoute").equals("true")
          && network.contains(target)
          && network.length() > longest) {
        best = id.device();
        longest = network.length();
      }
    }
    return direct(route, hop, target, tables, best, longest);
  }

  /** The device that IPv6 knows a gateway behind, by the main table (ip6_route_check_nh_onlink). */
  private @Nullable String behind(ResourceId route, Hop hop) {
    ResourceId main = ResourceId.route(route.namespace(), "::/0 table " + MAIN + " metric 0");
    return way(main, new Hop(hop.via(), "", 1, false));
  }

  /** The device of a route of these tables without a gateway, or the best so far. */
  private @Nullable String direct(
      ResourceId route,
      Hop hop,
      IpAddress target,
      Set<Long> tables,
      @Nullable String soFar,
      int soFarLength) {
    String best = soFar;
    int longest = soFarLength;
    for (Resource each : store.ofType(ResourceType.ROUTE)) {
      ResourceId id = each.id();
      Prefix network = Prefix.parse(RouteText.destination(id));
      // As far as a route with a gateway itself: not on the way to one (fib_table_lookup).
      boolean far = !hop.via().contains(":") && each.get("scope").equals("global");
      if (id.namespace().equals(route.namespace())
          && tables.contains(RouteText.table(id))
          && RouteText.isDirect(each)
          && !far
          && (hop.dev().isEmpty() || RouteText.devices(each).contains(hop.dev()))
          && network.contains(target)
          && network.length() > longest) {
        best = hop.dev().isEmpty() ? RouteText.devices(each).get(0) : hop.dev();
        longest = network.length();
      }
    }
    return best;
  }

  /** IPv6 leads nobody over the loopback device (fib6_is_reject). */
  private static boolean isReject(ResourceId device, String gateway) {
    return gateway.contains(":") && DeviceRules.isLoopback(device);
  }

  /** The device that has an address; null for none. */
  @Nullable ResourceId local(String namespace, String address) {
    for (Resource each : store.ofType(ResourceType.ADDRESS)) {
      if (each.id().namespace().equals(namespace)
          && AddressText.local(each.id().key()).equals(address)) {
        return each.id().ofDevice();
      }
    }
    return null;
  }
}
