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
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * Routes that somebody made; the kernel's own, of connected networks, are its addresses' matter.
 */
final class Routes {
  private static final int ENETUNREACH = 101;
  private static final int EHOSTUNREACH = 113;

  private final Store store;

  Routes(Store store) {
    this.store = store;
  }

  /** Adds it; refused where it is there. */
  void add(Resource wanted) throws RefusedException {
    RefusedException.when(store.has(wanted.id()), Errno.EEXIST, wanted.id() + " is there");
    replace(wanted);
  }

  /** Adds it, or puts it in the place of the one that is there. */
  void replace(Resource wanted) throws RefusedException {
    ResourceId id = wanted.id();
    store.needNamespace(id.namespace());
    for (String device : RouteText.devices(wanted)) {
      ResourceId over = ResourceId.deviceIn(id.namespace(), device);
      store.need(over);
      RefusedException.when(!store.isUp(over), Errno.ENETDOWN, over + " is down");
    }
    String dev = wanted.get("dev");
    boolean several = !wanted.get("nextHops").isEmpty();
    for (String gateway : RouteText.gateways(wanted)) {
      Set<String> ways = ways(id.namespace(), gateway);
      int errno = gateway.contains(":") ? EHOSTUNREACH : ENETUNREACH;
      RefusedException.when(ways.isEmpty(), errno, gateway + " is on no connected network");
      boolean elsewhere = !dev.isEmpty() && !ways.contains(dev);
      RefusedException.when(elsewhere, errno, gateway + " is not behind " + dev);
      dev = dev.isEmpty() && !several ? ways.iterator().next() : dev;
    }
    RefusedException.when(several && !dev.isEmpty(), Errno.EINVAL, "one way and several ways");
    String source = wanted.get("source");
    boolean foreign = !source.isEmpty() && !isLocal(id.namespace(), source);
    RefusedException.when(foreign, Errno.EINVAL, source + " is no address of the host");
    store.put(filled(wanted, dev));
  }

  void delete(ResourceId id) throws RefusedException {
    store.need(id, Errno.ESRCH);
    store.remove(id);
  }

  private boolean isLocal(String namespace, String source) {
    return store.ofType(ResourceType.ADDRESS).stream()
        .anyMatch(
            each ->
                each.id().namespace().equals(namespace)
                    && AddressText.local(each.id().key()).equals(source));
  }

  /** The devices by which a gateway can be reached. */
  private Set<String> ways(String namespace, String gateway) {
    IpAddress target = IpAddress.parse(gateway);
    Set<String> ways = new LinkedHashSet<>();
    for (Resource each : store.ofType(ResourceType.ADDRESS)) {
      ResourceId id = each.id();
      if (id.namespace().equals(namespace)
          && store.isUp(id.ofDevice())
          && AddressText.network(id.key()).contains(target)) {
        ways.add(id.device());
      }
    }
    for (Resource each : store.ofType(ResourceType.ROUTE)) {
      ResourceId id = each.id();
      if (id.namespace().equals(namespace)
          && RouteText.gateways(each).isEmpty()
          && Prefix.parse(RouteText.destination(id)).contains(target)) {
        ways.addAll(RouteText.devices(each));
      }
    }
    return ways;
  }

  /** The route with what the kernel says of it that nobody named. */
  Resource filled(Resource wanted, String dev) {
    Map<String, String> fields = new TreeMap<>();
    boolean ipv6 = RouteText.destination(wanted.id()).contains(":");
    boolean direct = !dev.isEmpty() && wanted.get("via").isEmpty();
    for (String name : List.of("via", "nextHops", "source", "mtu", "advmss", "initcwnd")) {
      fields.put(name, "");
    }
    fields.putAll(Map.of("initrwnd", "", "hopLimit", "", "type", "unicast", "onlink", "false"));
    fields.put("scope", ipv6 ? "" : direct ? "link" : "global");
    fields.put("protocol", wanted.isOurs() ? Resource.OURS : "boot");
    fields.putAll(wanted.fields());
    fields.put("dev", dev);
    if (!fields.getOrDefault("nextHops", "").isEmpty()) {
      List<Hop> hops = new ArrayList<>();
      for (Hop hop : RouteText.hops(wanted)) {
        Set<String> ways =
            hop.dev().isEmpty() ? ways(wanted.id().namespace(), hop.via()) : Set.of(hop.dev());
        hops.add(hop.on(ways.isEmpty() ? "" : ways.iterator().next()));
      }
      fields.put("nextHops", RouteText.hops(hops));
    }
    return new Resource(wanted.id(), wanted.owner(), fields);
  }

  /** Drops routes over a device. */
  void dropOn(ResourceId device, Predicate<Resource> which) {
    store.removeIf(
        ResourceType.ROUTE,
        each ->
            each.id().namespace().equals(device.namespace())
                && RouteText.devices(each).contains(device.device())
                && which.test(each));
  }

  /** Drops IPv4 routes that speak with an address that is gone (fib_sync_down_addr). */
  void dropFrom(String namespace, String source) {
    if (!isLocal(namespace, source)) {
      store.removeIf(
          ResourceType.ROUTE,
          each -> each.id().namespace().equals(namespace) && each.get("source").equals(source));
    }
  }
}
