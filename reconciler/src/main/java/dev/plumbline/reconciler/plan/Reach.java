// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.plan;

import dev.plumbline.reconciler.resource.AddressText;
import dev.plumbline.reconciler.resource.Resource;
import dev.plumbline.reconciler.resource.ResourceId;
import dev.plumbline.reconciler.resource.ResourceType;
import dev.plumbline.reconciler.resource.RouteText;
import dev.plumbline.spec.value.IpAddress;
import dev.plumbline.spec.value.IpFamily;
import dev.plumbline.spec.value.Prefix;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Which networks lie directly behind which device once the plan is done: by an address, or by a
 * route without a gateway. The kernel takes a gateway only if one of them holds it.
 */
final class Reach {
  /** Networks that a message names. */
  private static final int NAMED = 4;

  private final Map<String, TreeMap<Integer, Map<Prefix, SortedSet<String>>>> networks =
      new HashMap<>();
  private final Map<String, Map<String, SortedSet<String>>> locals = new HashMap<>();

  /** What {@link #devices} found; thousands of routes often have one gateway. */
  private final Map<String, Map<String, List<String>>> found = new HashMap<>();

  /** Adds what an address or a route connects; anything else connects nothing. */
  void add(Resource resource) {
    ResourceId id = resource.id();
    if (id.type() == ResourceType.ADDRESS) {
      connect(id.namespace(), AddressText.network(id.key()), List.of(id.device()));
      locals
          .computeIfAbsent(id.namespace(), key -> new HashMap<>())
          .computeIfAbsent(AddressText.local(id.key()), key -> new TreeSet<>())
          .add(id.device());
    } else if (id.type() == ResourceType.ROUTE && RouteText.isDirect(resource)) {
      Prefix to = Prefix.parse(RouteText.destination(id));
      connect(id.namespace(), to, RouteText.devices(resource));
    }
  }

  private void connect(String namespace, Prefix network, List<String> devices) {
    found.remove(namespace);
    networks
        .computeIfAbsent(namespace, key -> new TreeMap<>())
        .computeIfAbsent(network.length(), key -> new HashMap<>())
        .computeIfAbsent(network, key -> new TreeSet<>())
        .addAll(devices);
  }

  /** The devices behind which an address is, those of the smallest network first. */
  List<String> devices(String namespace, String address) {
    return found
        .computeIfAbsent(namespace, key -> new HashMap<>())
        .computeIfAbsent(address, key -> find(namespace, key));
  }

  private List<String> find(String namespace, String address) {
    IpAddress target = IpAddress.parse(address);
    List<String> behind = new ArrayList<>();
    TreeMap<Integer, Map<Prefix, SortedSet<String>>> byLength = networks.get(namespace);
    if (byLength != null) {
      byLength
          .descendingMap()
          .forEach(
              (length, prefixes) -> {
                if (length <= target.family().bits()) {
                  Prefix network = new Prefix(target, length).network();
                  behind.addAll(prefixes.getOrDefault(network, new TreeSet<>()));
                }
              });
    }
    return behind;
  }

  /** Networks of a family with their devices, the first few, but for those of {@code lo}. */
  List<String> networks(String namespace, IpFamily family) {
    List<String> found = new ArrayList<>();
    networks
        .getOrDefault(namespace, new TreeMap<>())
        .descendingMap()
        .values()
        .forEach(
            byPrefix ->
                byPrefix.forEach(
                    (network, devices) -> {
                      boolean linkLocal =
                          family == IpFamily.IPV6 && network.address().isLinkLocal();
                      if (network.family() == family && !linkLocal && !devices.contains("lo")) {
                        found.add(network + " on " + devices.first());
                      }
                    }));
    found.sort(null);
    return found.subList(0, Math.min(NAMED, found.size()));
  }

  /** A device that has the address itself, or null. */
  @Nullable String holder(String namespace, String address) {
    SortedSet<String> devices = locals.getOrDefault(namespace, Map.of()).get(address);
    return devices == null ? null : devices.first();
  }
}
