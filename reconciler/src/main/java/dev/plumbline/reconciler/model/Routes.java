// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.model;

import dev.plumbline.netlink.libc.Errno;
import dev.plumbline.reconciler.resource.Numbers;
import dev.plumbline.reconciler.resource.Resource;
import dev.plumbline.reconciler.resource.ResourceId;
import dev.plumbline.reconciler.resource.ResourceType;
import dev.plumbline.reconciler.resource.RouteText;
import dev.plumbline.reconciler.resource.RouteText.Hop;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * Routes that somebody made; the kernel's own, of connected networks, are its addresses' matter.
 */
final class Routes {
  private final Store store;
  private final Gateways gateways;

  /** By route: the indexes of devices by which it leads nowhere now (RTNH_F_DEAD). */
  private final Map<ResourceId, Set<Integer>> dead = new HashMap<>();

  Routes(Store store) {
    this.store = store;
    this.gateways = new Gateways(store);
  }

  /** Adds it; refused where it is there. */
  void add(Resource wanted) throws RefusedException {
    put(wanted, true);
  }

  /** Adds it, or puts it in the place of the one that is there. */
  void replace(Resource wanted) throws RefusedException {
    put(wanted, false);
  }

  private void put(Resource wanted, boolean exclusive) throws RefusedException {
    ResourceId id = wanted.id();
    store.needNamespace(id.namespace());
    shape(wanted);
    boolean ipv6 = isIpv6(id);
    boolean several = !wanted.get("nextHops").isEmpty();
    boolean both = several && !wanted.get("dev").isEmpty();
    RefusedException.when(both, Errno.EINVAL, "one way and several ways");
    List<Hop> hops = new ArrayList<>();
    for (Hop hop : several ? RouteText.hops(wanted) : List.of(single(wanted))) {
      Hop led = discards(wanted) ? hop : hop.on(gateways.device(wanted, hop));
      boolean twice = ipv6 && hops.stream().anyMatch(each -> isSame(each, led));
      RefusedException.when(twice, Errno.EEXIST, "the same way twice");
      hops.add(led);
    }
    String source = wanted.get("source");
    boolean foreign =
        (ipv6 || !discards(wanted)) && !source.isEmpty() && !isLocal(id.namespace(), source);
    RefusedException.when(foreign, Errno.EINVAL, source + " is no address of the host");
    boolean taken = exclusive && store.has(id);
    RefusedException.when(taken, Errno.EEXIST, id + " is there");
    Resource led = several ? wanted.with("nextHops", RouteText.hops(hops)) : wanted;
    dead.remove(id);
    store.put(filled(led, several ? "" : hops.get(0).dev()));
  }

  /** Whether IPv6 takes them for one and the same next hop (rt6_duplicate_nexthop). */
  private static boolean isSame(Hop one, Hop other) {
    return one.dev().equals(other.dev()) && one.via().equals(other.via());
  }

  private static Hop single(Resource route) {
    boolean onlink = route.get("onlink").equals("true");
    return new Hop(route.get("via"), route.get("dev"), 1, onlink);
  }

  /** What can be said of the route whatever else there is (fib_create_info). */
  private static void shape(Resource wanted) throws RefusedException {
    boolean ipv6 = isIpv6(wanted.id());
    boolean gateway = !RouteText.gateways(wanted).isEmpty() || !wanted.get("via").isEmpty();
    boolean way = gateway || !RouteText.devices(wanted).isEmpty();
    boolean lost = discards(wanted) && way && !ipv6;
    RefusedException.when(lost, Errno.EINVAL, "it leads nowhere, and has a way");
    boolean near = wanted.get("scope").equals("host") && !ipv6 && gateway;
    RefusedException.when(near, Errno.EINVAL, "a gateway is further than that scope");
    boolean link = wanted.get("scope").equals("link") && !ipv6 && gateway;
    boolean blind = wanted.get("onlink").equals("true");
    RefusedException.when(
        link, blind ? Errno.EINVAL : Gateways.ENETUNREACH, "a gateway is further than that scope");
  }

  private static boolean discards(Resource route) {
    String type = route.get("type");
    return !type.isEmpty() && Numbers.discards(Numbers.routeType(type));
  }

  void delete(ResourceId id) throws RefusedException {
    store.need(id, Errno.ESRCH);
    store.remove(id);
  }

  private boolean isLocal(String namespace, String source) {
    return gateways.local(namespace, source) != null;
  }

  /** The route with what the kernel says of it that nobody named. */
  Resource filled(Resource wanted, String dev) {
    Map<String, String> fields = new TreeMap<>();
    boolean ipv6 = isIpv6(wanted.id());
    boolean direct = !dev.isEmpty() && wanted.get("via").isEmpty();
    for (String name : List.of("via", "nextHops", "source", "mtu", "advmss", "initcwnd")) {
      fields.put(name, "");
    }
    fields.putAll(Map.of("initrwnd", "", "hopLimit", "", "type", "unicast", "onlink", "false"));
    String scope = wanted.get("type").equals("local") ? "host" : direct ? "link" : "global";
    fields.put("scope", ipv6 ? "" : scope);
    fields.put("protocol", wanted.isOurs() ? Resource.OURS : "boot");
    fields.putAll(wanted.fields());
    fields.put("dev", dev);
    return new Resource(wanted.id(), wanted.owner(), fields);
  }

  /** IPv6 keeps blackholes on the loopback device. */
  private static boolean isKeptOn(ResourceId device, Resource route) {
    return isIpv6(route.id()) && DeviceRules.isLoopback(device) && discards(route);
  }

  /** The device is up. */
  void up(ResourceId device) {
    Integer index = store.indexes().get(device);
    dead.values().forEach(hops -> hops.remove(index));
  }

  /** The device has an IPv4 address (more). */
  void addressed(ResourceId device) {
    Integer index = store.indexes().get(device);
    dead.forEach((id, hops) -> hops.removeIf(each -> !isIpv6(id) && each.equals(index)));
  }

  /**
   * The device is down; an IPv4 route of scope host leads nowhere, and stays (fib_sync_down_dev).
   */
  void down(ResourceId device) {
    die(device, route -> !route.get("scope").equals("host"));
  }

  /** The device has no IPv4 address any more. */
  void withoutAddress(ResourceId device) {
    die(device, route -> !isIpv6(route.id()));
  }

  /** Of several next hops those over the device are dead; a route of which all are is gone. */
  private void die(ResourceId device, Predicate<Resource> which) {
    for (Resource each : over(device)) {
      if (which.test(each)) {
        Set<Integer> hops = dead.computeIfAbsent(each.id(), id -> new HashSet<>());
        RouteText.devices(each).stream()
            .filter(device.device()::equals)
            .forEach(name -> hops.add(store.indexes().get(device)));
        boolean alive =
            RouteText.hops(each).stream()
                .map(hop -> ResourceId.deviceIn(device.namespace(), hop.dev()))
                .anyMatch(other -> !hops.contains(store.indexes().get(other)));
        if (!alive) {
          store.remove(each.id());
        }
      }
    }
  }

  /**
   * The device is here no more. Of several IPv6 next hops the others stay (fib6_ifdown), while an
   * IPv4 route is gone.
   */
  void gone(ResourceId device) {
    goneFromIpv6(device);
    over(device).forEach(each -> store.remove(each.id()));
  }

  /** IPv6 has no such device any more. */
  void goneFromIpv6(ResourceId device) {
    for (Resource each : over(device)) {
      Resource rest = RouteText.without(each, Set.of(device.device()));
      if (isIpv6(each.id()) && rest.equals(each)) {
        store.remove(each.id());
      } else if (isIpv6(each.id())) {
        store.put(rest);
      }
    }
  }

  private static boolean isIpv6(ResourceId route) {
    return RouteText.destination(route).contains(":");
  }

  private List<Resource> over(ResourceId device) {
    List<Resource> over = new ArrayList<>(store.ofType(ResourceType.ROUTE));
    over.removeIf(
        each ->
            !each.id().namespace().equals(device.namespace())
                || !(RouteText.devices(each).contains(device.device()) || isKeptOn(device, each)));
    return over;
  }

  /**
   * What speaks with an address that is gone: an IPv4 route of table main goes
   * (fib_sync_down_addr), one of IPv6 speaks with another (rt6_remove_prefsrc).
   */
  void dropFrom(String namespace, String source) {
    if (isLocal(namespace, source)) {
      return;
    }
    for (Resource each : store.ofType(ResourceType.ROUTE)) {
      if (each.id().namespace().equals(namespace) && each.get("source").equals(source)) {
        if (source.contains(":")) {
          store.put(each.with("source", ""));
        } else if (RouteText.table(each.id()) == Gateways.MAIN) {
          store.remove(each.id());
        }
      }
    }
  }
}
