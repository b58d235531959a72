// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.adopt;

import dev.plumbline.reconciler.live.LiveState;
import dev.plumbline.reconciler.resource.PeerText;
import dev.plumbline.reconciler.resource.Resource;
import dev.plumbline.reconciler.resource.ResourceId;
import dev.plumbline.reconciler.resource.ResourceType;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Which section and key of the file each device gets. */
final class Sections {
  /** Where a device is in the file; {@code far} is true for the second half of a veth. */
  record Place(String section, String key, boolean far) {}

  private static final String INTERFACES = "interfaces";
  private static final String INTERNAL = "internalPorts";

  private static final Map<String, String> BY_KIND =
      Map.of(
          "vlan", "vlans",
          "dummy", "dummies",
          "bridge", "bridges",
          "bond", "bonds",
          "vxlan", "tunnels",
          "geneve", "tunnels",
          "gre", "tunnels",
          "gretap", "tunnels",
          "ip6gre", "tunnels",
          "ip6gretap", "tunnels");

  private final LiveState live;
  private final Notes notes;
  private final Map<ResourceId, Place> places = new LinkedHashMap<>();
  private final Set<String> taken = new HashSet<>();
  private final Map<String, Set<String>> namesOf = new HashMap<>();

  Sections(LiveState live, Notes notes) {
    this.live = live;
    this.notes = notes;
    List<Resource> devices = live.ofType(ResourceType.DEVICE);
    for (Resource device : devices) {
      namesOf
          .computeIfAbsent(device.id().device(), name -> new HashSet<>())
          .add(device.id().namespace());
    }
    // Keys that marks name are given first, for they are not ours to choose.
    devices.stream().filter(Resource::isOurs).forEach(this::place);
    devices.stream().filter(device -> !device.isOurs()).forEach(this::place);
  }

  /** Where the device is in the file. */
  Place of(ResourceId device) {
    Place place = places.get(device);
    if (place == null) {
      throw new IllegalArgumentException("no such device: " + device);
    }
    return place;
  }

  /** The same; null where there is no such device. */
  @Nullable Place find(ResourceId device) {
    return places.get(device);
  }

  /** How objects of the device's namespace refer to it; its name where nothing is known of it. */
  String reference(String namespace, String device) {
    Place place = places.get(ResourceId.deviceIn(namespace, device));
    return place == null || place.far() ? device : place.key();
  }

  /** A key for something that is no object of its own. */
  private void place(Resource device) {
    if (places.containsKey(device.id())) {
      return;
    }
    String section = section(device);
    if (section.equals("veths") || section.equals(INTERNAL)) {
      pair(section, device);
    } else {
      places.put(device.id(), new Place(section, key(section, device), false));
    }
  }

  private void pair(String section, Resource device) {
    ResourceId peerId = PeerText.parse(device.get("peer"));
    Resource peer = live.find(peerId);
    if (peer == null) {
      throw new IllegalStateException("section() lets no veth without a peer through");
    }
    // The half that the mark names first; else the one in the host; else the first by name.
    boolean swap =
        device.owner() == null ? isBetter(peer, device) : PeerText.nearEnd(device.owner()) != null;
    Resource near = swap ? peer : device;
    Resource far = swap ? device : peer;
    String key = key(section, near);
    places.put(near.id(), new Place(section, key, false));
    places.put(far.id(), new Place(section, key, true));
  }

  private static boolean isBetter(Resource one, Resource other) {
    return one.isOurs() || one.id().compareTo(other.id()) < 0;
  }

  private String section(Resource device) {
    String kind = device.get("kind");
    String obstacle = obstacle(device);
    if (!obstacle.isEmpty()) {
      notes.add(device.id(), obstacle);
      return INTERFACES;
    }
    if (kind.equals("veth")) {
      String owner = device.owner();
      return owner != null && owner.startsWith(INTERNAL + ".") ? INTERNAL : "veths";
    }
    if (kind.equals("vrf")) {
      return "vrfs";
    }
    return BY_KIND.getOrDefault(kind, INTERFACES);
  }

  /** Why the file can not make this device though it has a kind; empty where it can. */
  private String obstacle(Resource device) {
    String kind = device.get("kind");
    String parent = device.get("parent");
    return switch (kind) {
      case "", "dummy", "bridge", "bond" -> "";
      case "veth" ->
          isElsewhere(device.get("peer")) || !live.has(PeerText.parse(device.get("peer")))
              ? "its peer is in a namespace without a name"
              : "";
      case "vlan" -> isElsewhere(parent) ? "its parent is in another namespace" : "";
      case "vrf" ->
          List.of("253", "254", "255").contains(device.get("table"))
              ? "its table is one of the host's own"
              : "";
      case "vxlan", "geneve", "gre", "gretap", "ip6gre", "ip6gretap" -> Tunnels.obstacle(device);
      default -> "the file has no section that makes a " + kind;
    };
  }

  static boolean isElsewhere(String device) {
    return device.startsWith("(") || device.startsWith("#");
  }

  private String key(String section, Resource device) {
    String marked = marked(section, device.owner());
    if (marked != null && taken.add(marked)) {
      return marked;
    }
    ResourceId id = device.id();
    String key = id.device();
    // A name that is in several namespaces means the host's own device, or the first one.
    if (!id.namespace().isEmpty() && isAmbiguous(id)) {
      key = id.namespace() + "." + id.device();
    }
    String unique = key;
    for (int i = 2; !taken.add(unique); i++) {
      unique = key + "." + i;
    }
    return unique;
  }

  private boolean isAmbiguous(ResourceId id) {
    return namesOf.getOrDefault(id.device(), Set.of()).size() > 1;
  }

  private static @Nullable String marked(String section, @Nullable String owner) {
    String prefix = section + ".";
    return owner != null && owner.startsWith(prefix) && PeerText.nearEnd(owner) == null
        ? owner.substring(prefix.length())
        : null;
  }
}
