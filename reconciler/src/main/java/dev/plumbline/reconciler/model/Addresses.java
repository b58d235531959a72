// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.model;

import dev.plumbline.netlink.libc.Errno;
import dev.plumbline.reconciler.plan.Labels;
import dev.plumbline.reconciler.resource.AddressText;
import dev.plumbline.reconciler.resource.Numbers;
import dev.plumbline.reconciler.resource.Resource;
import dev.plumbline.reconciler.resource.ResourceId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Addresses (net/ipv4/devinet.c, net/ipv6/addrconf.c). */
final class Addresses {
  private final Store store;

  /** Indexes of devices that keep their secondary addresses since that was the default once. */
  private final Set<Integer> promoting = new HashSet<>();

  private final Routes routes;

  Addresses(Store store, Routes routes) {
    this.store = store;
    this.routes = routes;
  }

  /** Adds it; refused where it is there. */
  void add(Resource wanted) throws RefusedException {
    boolean there = store.has(wanted.id()) || (isIpv6(wanted.id()) && same(wanted.id()) != null);
    RefusedException.when(there, Errno.EEXIST, wanted.id() + " is assigned already");
    replace(wanted);
  }

  /** Adds it, or changes what can be changed of it. */
  void replace(Resource wanted) throws RefusedException {
    ResourceId id = wanted.id();
    Resource device = store.need(id.ofDevice());
    int mtu = Integer.parseInt(device.get("mtu").isEmpty() ? "1500" : device.get("mtu"));
    boolean lo = DeviceRules.isLoopback(id.ofDevice());
    boolean small = isIpv6(id) ? mtu < DeviceRules.MIN_IPV6_MTU && !lo : mtu < DeviceRules.MIN_MTU;
    int errno = isIpv6(id) ? Errno.EINVAL : Errno.ENOBUFS;
    RefusedException.when(small, errno, id.ofDevice() + " is too small");
    Resource whole = wanted;
    Resource before = isIpv6(id) ? same(id) : store.find(id);
    if (before != null && isIpv6(id)) {
      // Whatever its length is, it stays.
      whole = wanted.withId(before.id());
      if (wanted.get("metric").isEmpty()) {
        whole = whole.with("metric", before.get("metric"));
      }
    } else if (before != null) {
      // Replacing an IPv4 address silently keeps these.
      for (String kept :
          List.of("label", "broadcast", "scope", "noPrefixRoute", AddressText.POSITION)) {
        whole = whole.with(kept, before.get(kept));
      }
    }
    Resource filled = filled(whole);
    if (before == null && !isIpv6(id)) {
      for (Resource each : ordered(id.ofDevice())) {
        boolean other = sameNetwork(each, filled) && !each.get("scope").equals(filled.get("scope"));
        RefusedException.when(other, Errno.EINVAL, each.id() + " has another scope");
      }
    }
    if (before == null && !isIpv6(id)) {
      settle(id.ofDevice());
    }
    store.put(filled);
    if (before == null && !isIpv6(id)) {
      order(id.ofDevice(), filled);
      routes.addressed(id.ofDevice());
    }
  }

  /** The IPv4 addresses of a device in the order in which the kernel keeps them. */
  private List<Resource> ordered(ResourceId device) {
    List<Resource> ordered = new ArrayList<>(store.addresses(device));
    ordered.removeIf(each -> isIpv6(each.id()));
    ordered.sort(Comparator.comparingInt(Addresses::position));
    return ordered;
  }

  private static int position(Resource address) {
    String position = address.get(AddressText.POSITION);
    return position.isEmpty() ? Integer.MAX_VALUE : Integer.parseInt(position);
  }

  /** Puts a new address in its place: primary ones before secondary ones (inet_insert_ifa). */
  private void order(ResourceId device, Resource added) {
    List<Resource> ordered = ordered(device);
    ordered.removeIf(each -> each.id().equals(added.id()));
    int place = ordered.size();
    if (isPrimary(added)) {
      place = 0;
      for (int i = 0; i < ordered.size(); i++) {
        boolean before = isPrimary(ordered.get(i)) && scope(added) <= scope(ordered.get(i));
        place = before ? i + 1 : place;
      }
    }
    ordered.add(place, added);
    number(device, ordered);
  }

  private static int scope(Resource address) {
    return Numbers.scope(address.get("scope").isEmpty() ? "global" : address.get("scope"));
  }

  private void number(ResourceId device, List<Resource> ordered) {
    // The loopback device has 127.0.0.1 before all others.
    int number = DeviceRules.isLoopback(device) ? 2 : 1;
    for (Resource each : ordered) {
      store.put(each.with(AddressText.POSITION, String.valueOf(number++)));
    }
  }

  /** An address that was there before the model. */
  void found(Resource address) {
    Resource filled = filled(address);
    store.put(filled);
    if (!isIpv6(address.id()) && !filled.has(AddressText.POSITION)) {
      order(address.id().ofDevice(), filled);
    }
  }

  /** A device has another name: so have its labels. */
  void renamed(ResourceId device) {
    for (Resource each : ordered(device)) {
      String label = Labels.renamed(each.get("label"), position(each), device.device());
      store.put(each.with("label", label));
    }
  }

  /** The IPv6 address that is there, whatever its length. */
  private @Nullable Resource same(ResourceId id) {
    for (Resource other : store.addresses(id.ofDevice())) {
      if (AddressText.local(other.id().key()).equals(AddressText.local(id.key()))) {
        return other;
      }
    }
    return null;
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
      routes.dropFrom(device.namespace(), AddressText.local(id.key()));
      return;
    }
    boolean primary = isPrimary(address);
    boolean keeps = promotes || promotes(device);
    boolean promoted = false;
    for (Resource each : ordered(device)) {
      if (primary && sameNetwork(each, address)) {
        if (!keeps) {
          store.remove(each.id());
        } else if (!promoted) {
          promoted = true;
          Resource first = each.with("secondary", "false");
          store.put(first);
          order(device, first);
        }
      }
    }
    number(device, ordered(device));
    // The loopback device keeps 127.0.0.1.
    boolean last =
        !DeviceRules.isLoopback(device)
            && store.addresses(device).stream().allMatch(each -> isIpv6(each.id()));
    if (last) {
      routes.withoutAddress(device);
    }
    routes.dropFrom(device.namespace(), AddressText.local(id.key()));
  }

  /** Whether somebody has set that for the device, for all, or by default before it had any. */
  private boolean promotes(ResourceId device) {
    Resource own = promoteSecondaries(device.namespace(), device.device());
    boolean usual = promoting.contains(store.indexes().get(device));
    return (own == null ? usual : isOn(own)) || isOn(promoteSecondaries(device.namespace(), "all"));
  }

  /** With its first address a device has settings of its own (ipv4_devconf_setall). */
  private void settle(ResourceId device) {
    boolean first = store.addresses(device).stream().allMatch(each -> isIpv6(each.id()));
    if (first && isOn(promoteSecondaries(device.namespace(), "default"))) {
      promoting.add(store.indexes().get(device));
    }
  }

  private static boolean isOn(@Nullable Resource sysctl) {
    return sysctl != null && sysctl.get("value").equals("1");
  }

  private @Nullable Resource promoteSecondaries(String namespace, String device) {
    String key = "net.ipv4.conf." + device + ".promote_secondaries";
    return store.find(ResourceId.sysctl(namespace, key));
  }

  /** A link that goes down keeps its IPv4 addresses alone. */
  void linkDown(ResourceId device) {
    for (Resource each : store.addresses(device)) {
      if (isIpv6(each.id())) {
        store.remove(each.id());
        routes.dropFrom(device.namespace(), AddressText.local(each.id().key()));
      }
    }
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
