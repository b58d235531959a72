// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.model;

import dev.plumbline.netlink.libc.Errno;
import dev.plumbline.reconciler.resource.AddressText;
import dev.plumbline.reconciler.resource.Numbers;
import dev.plumbline.reconciler.resource.Resource;
import dev.plumbline.reconciler.resource.ResourceId;
import dev.plumbline.reconciler.resource.ResourceType;
import dev.plumbline.reconciler.resource.RouteText;
import dev.plumbline.reconciler.resource.RouteText.Hop;
import dev.plumbline.spec.value.IpAddress;
import dev.plumbline.spec.value.IpFamily;
import dev.plumbline.spec.value.Prefix;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Where the next hops of routes are (fib_check_nh, ip6_validate_gw). */
final class Gateways {
  static final int ENETUNREACH = 101;
  private static final int EHOSTUNREACH = 113;

  /** Of the routes to the networks of IPv6 addresses (IP6_RT_PRIO_ADDRCONF). */
  private static final String PREFIX_METRIC = "256";

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
      Found near6 = ipv6 && hop.onlink() && !hop.via().isEmpty() ? behind(route, hop) : null;
      boolean elsewhere = near6 != null && !near6.device().equals(hop.dev());
      RefusedException.when(elsewhere, Errno.EINVAL, hop.via() + " is behind another device");
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
    return hop.via().contains(":") ? way6(route, hop) : way4(route, hop);
  }

  /**
   * The device that IPv4 finds a gateway behind. Any of the route's own table comes before all
   * others (fib_check_nh_v4_gw).
   */
  private String way4(ResourceId route, Hop hop) throws RefusedException {
    if (RouteText.table(route) != MAIN) {
      Found first = find(route.namespace(), RouteText.table(route), hop, true);
      if (first != null && !first.isNowhere()) {
        return up(route.namespace(), first.device());
      }
    }
    Found found = find(route.namespace(), MAIN, hop, true);
    if (found != null && !found.isNowhere()) {
      return up(route.namespace(), found.device());
    }
    // What the route says to whoever goes by it (fib_props).
    int errno =
        switch (found == null ? "" : found.type()) {
          case "blackhole" -> Errno.EINVAL;
          case "unreachable" -> EHOSTUNREACH;
          case "prohibit" -> Errno.EACCES;
          default -> ENETUNREACH;
        };
    throw new RefusedException(errno, hop.via() + " is on no connected network");
  }

  /** A route of scope host is there also while its device is down. */
  private String up(String namespace, String device) throws RefusedException {
    boolean up = store.isUp(ResourceId.deviceIn(namespace, device));
    RefusedException.when(!up, Errno.ENETDOWN, device + " is down");
    return device;
  }

  /** The device that IPv6 finds a gateway behind (ip6_route_check_nh). */
  private String way6(ResourceId route, Hop hop) throws RefusedException {
    for (long table : new long[] {RouteText.table(route), MAIN}) {
      Found found = find(route.namespace(), table, hop, true);
      if (found != null && !found.led() && !found.isNowhere()) {
        return found.device();
      }
    }
    throw new RefusedException(EHOSTUNREACH, hop.via() + " is on no connected network");
  }

  /** What the main table says of a gateway, but for its default (ip6_route_check_nh_onlink). */
  private @Nullable Found behind(ResourceId route, Hop hop) {
    Found found = find(route.namespace(), MAIN, hop, false);
    boolean says = found != null && !found.isNowhere() && found.network().length() > 0;
    return says ? found : null;
  }

  /**
   * What is found on the way to a gateway.
   *
   * @param led whether that is led on by a gateway itself
   */
  private record Found(Prefix network, long metric, String device, boolean led, String type) {
    boolean isBefore(@Nullable Found other) {
      return other == null
          || network.length() > other.network.length()
          || (network.length() == other.network.length() && metric < other.metric);
    }

    boolean isBlackhole() {
      return !type.isEmpty() && Numbers.discards(Numbers.routeType(type));
    }

    /** Whether it ends there; IPv6 leads nobody over lo (fib6_is_reject). */
    boolean isNowhere() {
      return isBlackhole() || (isIpv6(network) && device.equals("lo"));
    }
  }

  /**
   * Looks for the way to a gateway in a table (fib_table_lookup, fib6_table_lookup).
   *
   * @param strict whether the way has to leave by the hop's device, if that has one
   */
  private @Nullable Found find(String namespace, long table, Hop hop, boolean strict) {
    IpAddress target = IpAddress.parse(hop.via());
    Found best = null;
    for (Found each : ways(namespace, table)) {
      boolean any = hop.dev().isEmpty() || (each.isBlackhole() && !isIpv6(each.network()));
      boolean here = any || hop.dev().equals(each.device());
      boolean fits = each.network().contains(target) && (here || !strict);
      boolean asGood = best != null && !best.isBefore(each) && !each.isBefore(best);
      if (fits && (each.isBefore(best) || (asGood && here && !strict))) {
        best = each;
      }
    }
    return best;
  }

  private static boolean isIpv6(Prefix network) {
    return network.family() == IpFamily.IPV6;
  }

  private List<Found> ways(String namespace, long table) {
    List<Found> ways = new ArrayList<>();
    for (Resource each : store.ofType(ResourceType.ADDRESS)) {
      ResourceId id = each.id();
      if (table == MAIN
          && id.namespace().equals(namespace)
          && store.isUp(id.ofDevice())
          && !each.get("noPrefixRoute").equals("true")) {
        Prefix network = AddressText.network(id.key());
        String usual = isIpv6(network) ? PREFIX_METRIC : "0";
        String metric = each.get("metric").isEmpty() ? usual : each.get("metric");
        ways.add(new Found(network, Long.parseLong(metric), id.device(), false, ""));
      }
    }
    for (Resource each : store.ofType(ResourceType.ROUTE)) {
      ResourceId id = each.id();
      Prefix network = Prefix.parse(RouteText.destination(id));
      // As far as an IPv4 route with a gateway itself: not on the way to one.
      boolean far = !isIpv6(network) && each.get("scope").equals("global");
      if (id.namespace().equals(namespace) && RouteText.table(id) == table && !far) {
        Hop alone = new Hop(each.get("via"), each.get("dev"), 1, false);
        List<Hop> hops = RouteText.hops(each);
        for (Hop hop : hops.isEmpty() ? List.of(alone) : hops) {
          boolean led = !hop.via().isEmpty();
          long metric = RouteText.metric(id);
          ways.add(new Found(network, metric, hop.dev(), led, each.get("type")));
        }
      }
    }
    return ways;
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
