// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.model;

import dev.plumbline.netlink.libc.Errno;
import dev.plumbline.reconciler.resource.AddressText;
import dev.plumbline.reconciler.resource.Resource;
import dev.plumbline.reconciler.resource.ResourceId;
import dev.plumbline.reconciler.resource.ResourceType;
import dev.plumbline.reconciler.resource.RouteText;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Addresses (net/ipv4/devinet.c, net/ipv6/addrconf.c). */
final class Addresses {
  private final Store store;
  private final Routes routes;

  Addresses(Store store, Routes routes) {
    this.store = store;
    this.routes = routes;
  }

  /** Adds it; refused where it is there. */
  void add(Resource wanted) throws RefusedException {
    RefusedException.when(
        store.has(wanted.id()), Errno.EEXIST, wanted.id() + " is assigned already");
    replace(wanted);
  }

  /** Adds it, or changes what can be changed of it. */
  void replace(Resource wanted) throws RefusedException {
    ResourceId id = wanted.id();
    store.need(id.ofDevice());
    Resource whole = wanted;
    Resource before = store.find(id);
    if (before != null && !isIpv6(id)) {
      // Replacing an IPv4 address silently keeps these.
      for (String kept : List.of("label", "broadcast", "scope", "noPrefixRoute")) {
        whole = whole.with(kept, before.get(kept));
      }
    }
    for (Resource other : store.addresses(id.ofDevice())) {
      boolean clash =
          isIpv6(id)
              && !other.id().equals(id)
              && AddressText.local(other.id().key()).equals(AddressText.local(id.key()));
      RefusedException.when(clash, Errno.EEXIST, "the address is there, as " + other.id());
    }
    store.put(filled(whole));
  }

  /**
   * Removes it. Without promotion the first IPv4 address of a network takes the others along.
   *
   * @param promotes whether the next one takes its place (promote_secondaries)
   */
  void delete(ResourceId id, boolean promotes) throws RefusedException {
    Resource address = store.need(id, Errno.EADDRNOTAVAIL);
    ResourceId device = id.ofDevice();
    store.remove(id);
    if (isIpv6(id)) {
      return;
    }
    boolean primary = isPrimary(address);
    boolean promoted = false;
    for (Resource each : store.addresses(device)) {
      if (primary && isIpv6(each.id()) == isIpv6(id) && sameNetwork(each, address)) {
        if (!promotes) {
          store.remove(each.id());
        } else if (!promoted) {
          promoted = true;
          store.put(each.with("secondary", "false"));
        }
      }
    }
    boolean last = store.addresses(device).stream().allMatch(each -> isIpv6(each.id()));
    if (last) {
      routes.dropOn(device, route -> !RouteText.destination(route.id()).contains(":"));
    }
    routes.dropFrom(device.namespace(), AddressText.local(id.key()));
  }

  /** A link that goes down keeps its IPv4 addresses alone. */
  void linkDown(ResourceId device) {
    store.removeIf(
        ResourceType.ADDRESS, each -> each.id().ofDevice().equals(device) && isIpv6(each.id()));
  }

  /** The address with what the kernel says of it that nobody named. */
  Resource filled(Resource wanted) {
    boolean ipv6 = isIpv6(wanted.id());
    Map<String, String> fields = new TreeMap<>();
    fields.putAll(Map.of("broadcast", "", "scope", "global", "metric", ""));
    fields.putAll(Map.of("noPrefixRoute", "false", "noDad", "false", "dynamic", "false"));
    fields.putAll(Map.of("validLifetime", "forever", "preferredLifetime", "forever"));
    fields.put("label", ipv6 ? "" : wanted.id().device());
    fields.putAll(wanted.fields());
    for (String lifetime : List.of("validLifetime", "preferredLifetime")) {
      if (!Set.of("forever", "0s").contains(fields.getOrDefault(lifetime, ""))) {
        fields.put(lifetime, AddressText.RUNNING);
      }
    }
    boolean secondary =
        !ipv6
            && store.addresses(wanted.id().ofDevice()).stream()
                .anyMatch(
                    other ->
                        !other.id().equals(wanted.id())
                            && sameNetwork(other, wanted)
                            && isPrimary(other));
    fields.put("secondary", String.valueOf(secondary));
    return new Resource(wanted.id(), wanted.owner(), fields);
  }

  private static boolean isIpv6(ResourceId id) {
    return id.key().contains(":");
  }

  private static boolean isPrimary(Resource address) {
    return !address.get("secondary").equals("true");
  }

  private static boolean sameNetwork(Resource one, Resource other) {
    return AddressText.network(one.id().key()).equals(AddressText.network(other.id().key()));
  }
}
