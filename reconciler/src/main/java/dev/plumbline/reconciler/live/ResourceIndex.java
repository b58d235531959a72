// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.live;

import dev.plumbline.reconciler.resource.AddressText;
import dev.plumbline.reconciler.resource.Resource;
import dev.plumbline.reconciler.resource.ResourceId;
import dev.plumbline.reconciler.resource.ResourceType;
import dev.plumbline.reconciler.resource.RouteText;
import dev.plumbline.reconciler.resource.RuleText;
import dev.plumbline.reconciler.resource.SysctlText;
import dev.plumbline.spec.value.IpAddress;
import dev.plumbline.spec.value.Prefix;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Resources, live or wanted, by identity, by the device that they hang on, and by the network that
 * they connect: so that what has to do with one of them is found without looking at all. For one
 * thread.
 */
public final class ResourceIndex {
  private final Map<ResourceId, Resource> all = new HashMap<>();
  private final Map<ResourceId, Set<ResourceId>> on = new HashMap<>();
  private final Map<String, TreeMap<Integer, Map<Prefix, Set<ResourceId>>>> networks =
      new HashMap<>();
  private final Map<String, Set<ResourceId>> holders = new HashMap<>();
  private final Map<String, Set<ResourceId>> rules = new HashMap<>();
  private final Set<ResourceId> namespaces = new LinkedHashSet<>();

  /** Adds it, or puts it in the place of the one with its identity. */
  public void put(Resource resource) {
    remove(resource.id());
    ResourceId id = resource.id();
    all.put(id, resource);
    under(resource).forEach(device -> add(on, device, id));
    Prefix network = network(resource);
    if (network != null) {
      add(
          networks
              .computeIfAbsent(id.namespace(), key -> new TreeMap<>(Collections.reverseOrder()))
              .computeIfAbsent(network.length(), key -> new HashMap<>()),
          network,
          id);
    }
    if (id.type() == ResourceType.ADDRESS) {
      add(holders, id.namespace() + " " + AddressText.local(id.key()), id);
    } else if (id.type() == ResourceType.RULE) {
      add(rules, rank(id), id);
    } else if (id.type() == ResourceType.NAMESPACE) {
      namespaces.add(id);
    }
  }

  private static String rank(ResourceId rule) {
    return rule.namespace() + " " + RuleText.rank(rule);
  }

  /** Takes it out, if it is there. */
  public void remove(ResourceId id) {
    Resource old = all.remove(id);
    if (old == null) {
      return;
    }
    under(old).forEach(device -> drop(on, device, id));
    Prefix network = network(old);
    TreeMap<Integer, Map<Prefix, Set<ResourceId>>> byLength = networks.get(id.namespace());
    if (network != null && byLength != null && byLength.containsKey(network.length())) {
      drop(byLength.get(network.length()), network, id);
    }
    if (id.type() == ResourceType.ADDRESS) {
      drop(holders, id.namespace() + " " + AddressText.local(id.key()), id);
    } else if (id.type() == ResourceType.RULE) {
      drop(rules, rank(id), id);
    }
    namespaces.remove(id);
  }

  private static <K> void add(Map<K, Set<ResourceId>> map, K key, ResourceId id) {
    map.computeIfAbsent(key, each -> new LinkedHashSet<>()).add(id);
  }

  private static <K> void drop(Map<K, Set<ResourceId>> map, K key, ResourceId id) {
    Set<ResourceId> ids = map.get(key);
    if (ids != null && ids.remove(id) && ids.isEmpty()) {
      map.remove(key);
    }
  }

  /** The devices that a resource is lost, or changed, with. */
  private static List<ResourceId> under(Resource resource) {
    ResourceId id = resource.id();
    String namespace = id.namespace();
    List<ResourceId> devices = new ArrayList<>();
    switch (id.type()) {
      case DEVICE -> {
        for (String field : List.of("master", "parent")) {
          if (!resource.get(field).isEmpty()) {
            devices.add(ResourceId.deviceIn(namespace, resource.get(field)));
          }
        }
      }
      case ROUTE -> devices(resource).forEach(devices::add);
      case SYSCTL -> {
        if (!SysctlText.device(id).isEmpty()) {
          devices.add(ResourceId.deviceIn(namespace, SysctlText.device(id)));
        }
      }
      default -> {
        if (!id.device().isEmpty()) {
          devices.add(id.ofDevice());
        }
      }
    }
    return devices;
  }

  private static List<ResourceId> devices(Resource route) {
    return RouteText.devices(route).stream()
        .map(name -> ResourceId.deviceIn(route.id().namespace(), name))
        .toList();
  }

  private static @Nullable Prefix network(Resource resource) {
    ResourceId id = resource.id();
    if (id.type() == ResourceType.ADDRESS) {
      return AddressText.network(id.key());
    }
    boolean direct = id.type() == ResourceType.ROUTE && RouteText.isDirect(resource);
    return direct ? Prefix.parse(RouteText.destination(id)).network() : null;
  }

  public @Nullable Resource find(ResourceId id) {
    return all.get(id);
  }

  public Collection<Resource> resources() {
    return Collections.unmodifiableCollection(all.values());
  }

  /** The namespaces that there are, or shall be. */
  public Set<ResourceId> namespaces() {
    return Collections.unmodifiableSet(namespaces);
  }

  /** What hangs on a device, or goes by it: its ports and uppers, addresses, routes and more. */
  public Set<ResourceId> on(ResourceId device) {
    return Collections.unmodifiableSet(on.getOrDefault(device, Set.of()));
  }

  /** Addresses and routes that connect a namespace to the network that an address is in. */
  public List<ResourceId> connecting(String namespace, IpAddress address) {
    List<ResourceId> found = new ArrayList<>();
    networks
        .getOrDefault(namespace, new TreeMap<>())
        .forEach(
            (length, prefixes) -> {
              if (length <= address.family().bits()) {
                Prefix network = new Prefix(address, length).network();
                found.addAll(prefixes.getOrDefault(network, Set.of()));
              }
            });
    return found;
  }

  /** The rules of a rule's family and priority, which the kernel may take for it. */
  public Set<ResourceId> rulesLike(ResourceId rule) {
    return Collections.unmodifiableSet(rules.getOrDefault(rank(rule), Set.of()));
  }

  /** The addresses of a namespace that are this one, whatever their length. */
  public Set<ResourceId> holders(String namespace, String address) {
    return Collections.unmodifiableSet(holders.getOrDefault(namespace + " " + address, Set.of()));
  }
}
