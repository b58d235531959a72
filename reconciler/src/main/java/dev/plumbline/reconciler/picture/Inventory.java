// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.picture;

import dev.plumbline.reconciler.embedded.Leg;
import dev.plumbline.reconciler.embedded.PortText;
import dev.plumbline.reconciler.path.Guests;
import dev.plumbline.reconciler.resource.PeerText;
import dev.plumbline.reconciler.resource.Resource;
import dev.plumbline.reconciler.resource.ResourceId;
import dev.plumbline.reconciler.resource.ResourceType;
import dev.plumbline.reconciler.resource.RouteText;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Resources, and what hangs on what. Forgiving: with what a plan removes among them, two may claim
 * to be the same.
 */
final class Inventory {
  /** Kinds that are nothing without their parent, and are drawn as a line to it. */
  private static final List<String> OVER_PARENT = List.of("vlan", "macvlan", "macvtap", "ipvlan");

  private static final List<String> TUNNELS =
      List.of("vxlan", "geneve", "gre", "gretap", "ip6gre", "ip6gretap", "ipip", "sit");

  final SortedMap<ResourceId, Resource> devices = new TreeMap<>();
  final SortedMap<String, Resource> bridges = new TreeMap<>();
  final SortedMap<ResourceId, Resource> switchPorts = new TreeMap<>();
  final SortedSet<String> namespaces = new TreeSet<>();
  private final Map<ResourceId, List<Resource>> addresses = new HashMap<>();
  private final Map<ResourceId, List<Resource>> children = new HashMap<>();
  private final Map<ResourceId, List<Resource>> members = new HashMap<>();
  private final Map<ResourceId, Resource> vlans = new HashMap<>();
  private final Map<ResourceId, List<String>> fdb = new HashMap<>();
  private final Map<String, Resource> switchPortOf = new HashMap<>();
  private final Map<String, List<Resource>> others = new HashMap<>();

  Inventory(Collection<Resource> resources) {
    List<Resource> sorted = new ArrayList<>(resources);
    sorted.sort((one, two) -> one.id().compareTo(two.id()));
    sorted.forEach(this::add);
    for (Resource each : sorted) {
      mentioned(each).forEach(id -> devices.putIfAbsent(id, new Resource(id, null, Map.of())));
    }
    for (Resource device : devices.values()) {
      namespaces.add(device.id().namespace());
      under(children, device, isOverParent(device) ? device.get("parent") : "");
      under(members, device, device.get("master"));
    }
  }

  private void add(Resource each) {
    ResourceId id = each.id();
    switch (id.type()) {
      case NAMESPACE -> namespaces.add(id.key());
      case DEVICE -> devices.put(id, each);
      case ADDRESS -> addresses.computeIfAbsent(id.ofDevice(), key -> new ArrayList<>()).add(each);
      case VLANS -> vlans.put(id.ofDevice(), each);
      case FDB ->
          fdb.computeIfAbsent(id.ofDevice(), key -> new ArrayList<>())
              .add(id.key().substring(id.key().indexOf(' ') + 1));
      case BRIDGE -> bridges.put(id.key(), each);
      case PORT -> {
        switchPorts.put(id, each);
        PortText.devices(each).forEach(device -> switchPortOf.put(device, each));
        if (each.get("type").equals("internal")) {
          switchPortOf.remove(each.get("device"));
        }
      }
      default -> {
        // By namespace, or by bridge.
      }
    }
    others.computeIfAbsent(owner(each), key -> new ArrayList<>()).add(each);
  }

  /** Where flows, routes and the like are kept: with their bridge, or with their namespace. */
  private static String owner(Resource each) {
    ResourceId id = each.id();
    return id.type().isDecidedBy()
        ? id.type() + " " + id.key().substring(0, id.key().indexOf('/'))
        : id.type() + " " + id.namespace();
  }

  private static void under(Map<ResourceId, List<Resource>> map, Resource device, String other) {
    if (!other.isEmpty()) {
      ResourceId id = ResourceId.deviceIn(device.id().namespace(), other);
      map.computeIfAbsent(id, key -> new ArrayList<>()).add(device);
    }
  }

  /** The devices that a resource speaks of. */
  private static List<ResourceId> mentioned(Resource each) {
    String namespace = each.id().namespace();
    List<ResourceId> ids = new ArrayList<>();
    switch (each.id().type()) {
      case DEVICE -> {
        for (String field : List.of("master", "parent")) {
          String name = each.get(field);
          if (!name.isEmpty() && !name.startsWith("(") && !name.startsWith("#")) {
            ids.add(ResourceId.deviceIn(namespace, name));
          }
        }
      }
      case ADDRESS, VLANS -> ids.add(each.id().ofDevice());
      case ROUTE ->
          RouteText.devices(each).forEach(name -> ids.add(ResourceId.deviceIn(namespace, name)));
      case PORT -> {
        for (String name : PortText.devices(each)) {
          ids.add(ResourceId.deviceIn("", name));
        }
      }
      default -> {
        // Of no device.
      }
    }
    return ids;
  }

  List<Resource> addresses(Resource device) {
    return addresses.getOrDefault(device.id(), List.of());
  }

  /** VLAN devices and the like, over this one. */
  List<Resource> children(Resource device) {
    return children.getOrDefault(device.id(), List.of());
  }

  /** Ports of a kernel bridge, members of a bond, devices of a VRF. */
  List<Resource> members(Resource device) {
    return members.getOrDefault(device.id(), List.of());
  }

  @Nullable Resource vlans(Resource device) {
    return vlans.get(device.id());
  }

  /** What there is of a type in a namespace, or of flows in an embedded bridge. */
  List<Resource> of(ResourceType type, String owner) {
    return others.getOrDefault(type + " " + owner, List.of());
  }

  @Nullable Resource device(String namespace, String name) {
    return devices.get(ResourceId.deviceIn(namespace, name));
  }

  @Nullable Resource master(Resource device) {
    String master = device.get("master");
    return master.isEmpty() ? null : device(device.id().namespace(), master);
  }

  /** The port of an embedded bridge that a device of the host's namespace is, or is a part of. */
  @Nullable Resource switchPort(Resource device) {
    return device.id().namespace().isEmpty() ? switchPortOf.get(device.id().device()) : null;
  }

  @Nullable Resource peer(Resource device) {
    String peer = device.get("peer");
    return peer.isEmpty() ? null : devices.get(PeerText.parse(peer));
  }

  List<String> remotes(Resource tunnel) {
    SortedSet<String> remotes = new TreeSet<>(fdb.getOrDefault(tunnel.id(), List.of()));
    if (!tunnel.get("remote").isEmpty()) {
      remotes.add(tunnel.get("remote"));
    }
    return List.copyOf(remotes);
  }

  static boolean isOverParent(Resource device) {
    return OVER_PARENT.contains(device.get("kind"));
  }

  static boolean isTunnel(Resource device) {
    return TUNNELS.contains(device.get("kind"));
  }

  static boolean isGuest(Resource device) {
    return Guests.isOne(device.get("kind"), device.id().device());
  }

  boolean isLeg(Resource device) {
    return device.id().namespace().isEmpty() && Leg.isOne(device.id().device());
  }

  private boolean isInNoBridge(Resource device) {
    Resource master = master(device);
    return master == null || master.get("kind").equals("vrf");
  }

  /**
   * Whether a device is drawn as an end of a line, not as a box: half of a pair, a VLAN, a tunnel,
   * an address of its own.
   */
  boolean isLine(Resource device) {
    if (!children(device).isEmpty()) {
      return false;
    }
    return switch (device.get("kind")) {
      case "veth" -> peer(device) != null;
      case "dummy" -> isInNoBridge(device) && switchPort(device) == null;
      case "vrf" -> true;
      default ->
          isTunnel(device)
              || (isOverParent(device)
                  && device(device.id().namespace(), device.get("parent")) != null)
              || device.id().device().equals("lo");
    };
  }
}
