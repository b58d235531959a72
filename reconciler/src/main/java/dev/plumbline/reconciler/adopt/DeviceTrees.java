// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.adopt;

import dev.plumbline.reconciler.embedded.PortText;
import dev.plumbline.reconciler.kind.DeviceField;
import dev.plumbline.reconciler.kind.DeviceKind;
import dev.plumbline.reconciler.kind.DeviceKinds;
import dev.plumbline.reconciler.live.LiveState;
import dev.plumbline.reconciler.plan.Ownership;
import dev.plumbline.reconciler.resource.PeerText;
import dev.plumbline.reconciler.resource.Resource;
import dev.plumbline.reconciler.resource.ResourceId;
import dev.plumbline.reconciler.resource.ResourceType;
import dev.plumbline.reconciler.resource.VlanModes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Devices as objects of the file. */
final class DeviceTrees {
  private static final String LOOPBACK = "lo";
  private static final String USUAL_QUEUE = "1000";

  /**
   * The STP costs that the kernel takes from a port's speed (br_port_cost in net/bridge/br_if.c).
   */
  private static final Set<String> USUAL_COSTS = Set.of("1", "2", "3", "4", "5", "19", "100");

  private final LiveState live;
  private final Ownership ownership;
  private final Set<ResourceId> setMacs;
  private final Sections sections;
  private final Notes notes;
  private final Map<ResourceId, List<Resource>> ports = new HashMap<>();
  private final Map<ResourceId, List<Resource>> addresses = new HashMap<>();
  private final Map<ResourceId, List<Resource>> remotes = new HashMap<>();

  DeviceTrees(
      LiveState live,
      Ownership ownership,
      Set<ResourceId> setMacs,
      Sections sections,
      Notes notes) {
    this.live = live;
    this.ownership = ownership;
    this.setMacs = setMacs;
    this.sections = sections;
    this.notes = notes;
    for (Resource resource : live.resources()) {
      ResourceId id = resource.id();
      if (id.type() == ResourceType.DEVICE && !resource.get("master").isEmpty()) {
        ResourceId master = ResourceId.deviceIn(id.namespace(), resource.get("master"));
        ports.computeIfAbsent(master, key -> new ArrayList<>()).add(resource);
      } else if (id.type() == ResourceType.ADDRESS) {
        addresses.computeIfAbsent(id.ofDevice(), key -> new ArrayList<>()).add(resource);
      } else if (id.type() == ResourceType.FDB) {
        remotes.computeIfAbsent(id.ofDevice(), key -> new ArrayList<>()).add(resource);
      }
    }
  }

  /** The object of a device; null where there is nothing to say of it. */
  @Nullable Map<String, Object> of(Resource device) {
    Sections.Place place = sections.of(device.id());
    Tree tree = new Tree();
    switch (place.section()) {
      case "veths" -> {
        settings(device, place.key(), true, tree);
        tree.put("peer", peer(device));
        return tree.map();
      }
      case "interfaces" -> {
        if (isPlainLoopback(device)) {
          return null;
        }
        foreignPorts(device);
        settings(device, place.key(), false, tree);
        return tree.map();
      }
      case "internalPorts" -> {
        Resource port = port(PeerText.parse(device.get("peer")).device());
        if (port == null) {
          notes.add(device.id(), "nobody runs the switch that it is a port of");
          return null;
        }
        tree.put("bridge", PortText.bridge(port.id()));
        EmbeddedBridges.vlan(port, tree.map());
      }
      case "vlans" -> vlan(device, tree);
      case "bridges" -> bridge(device, tree);
      case "bonds" -> bond(device, tree);
      case "tunnels" -> Tunnels.write(device, remotes(device), sections, tree);
      case "vrfs" -> {
        tree.putIfAny("table", device.get("table"));
        members(device, tree);
      }
      default -> {
        // Dummies have nothing of their own.
      }
    }
    settings(device, place.key(), true, tree);
    return tree.map();
  }

  /** The switch's port that this leg is, or null. */
  private @Nullable Resource port(String leg) {
    for (Resource port : live.ofType(ResourceType.PORT)) {
      if (PortText.devices(port).contains(leg)) {
        return port;
      }
    }
    return null;
  }

  private void vlan(Resource device, Tree tree) {
    tree.put("parent", sections.reference(device.id().namespace(), device.get("parent")));
    tree.putIfAny("id", device.get("id"));
    if (!device.get("protocol").equals("802.1Q")) {
      tree.putIfAny("protocol", device.get("protocol"));
    }
  }

  private Map<String, Object> peer(Resource device) {
    ResourceId id = PeerText.parse(device.get("peer"));
    Resource peer = live.find(id);
    Tree tree = new Tree();
    if (peer != null) {
      // Always with its name: the one it would have without is nothing to count on.
      settings(peer, "", true, tree);
    }
    return tree.map();
  }

  /** What every device has. */
  private void settings(Resource device, String key, boolean made, Tree tree) {
    ResourceId id = device.id();
    if (!id.namespace().isEmpty()) {
      tree.put("namespace", id.namespace());
    }
    if (!id.device().equals(key)) {
      tree.put("device", id.device());
    }
    if (!isUsualMtu(device) || remembers(id, "mtu")) {
      tree.putIfAny("mtu", device.get("mtu"));
    }
    if (remembers(id, "mac") || isMacChosen(device)) {
      tree.putIfAny("mac", device.get("mac"));
    }
    if (!device.get("txQueueLength").equals(USUAL_QUEUE) || remembers(id, "txQueueLength")) {
      tree.putIfAny("txQueueLength", device.get("txQueueLength"));
    }
    boolean up = device.get("up").equals("true");
    if (up != made || remembers(id, "up")) {
      tree.put("up", up);
    }
    String master = masterKind(device);
    List<Object> list = new ArrayList<>();
    for (Resource address : addresses.getOrDefault(id, List.of())) {
      String obstacle = Addresses.obstacle(address, master);
      if (!obstacle.isEmpty()) {
        notes.add(address.id(), obstacle);
      } else if (!Addresses.isKernels(address)) {
        list.add(Addresses.write(address, notes));
      }
    }
    if (!list.isEmpty()) {
      tree.put("addresses", list);
    }
  }

  /**
   * Whether somebody chose the MAC address: not where a bond gave it to its member, a parent to the
   * device on it, or a program to its tap, which it does anew each time.
   */
  private boolean isMacChosen(Resource device) {
    String namespace = device.id().namespace();
    Resource parent = live.find(ResourceId.deviceIn(namespace, device.get("parent")));
    boolean inherited = parent != null && parent.get("mac").equals(device.get("mac"));
    return setMacs.contains(device.id())
        && !device.get("kind").equals("tun")
        && !inherited
        && !"bond".equals(masterKind(device));
  }

  /** Whether plumbline set this field, so that it would be set back if the file did not name it. */
  private boolean remembers(ResourceId id, String field) {
    return ownership.find(id, field) != null;
  }

  private boolean isUsualMtu(Resource device) {
    String mtu = device.get("mtu");
    return switch (device.get("kind")) {
      case "vlan" -> {
        Resource parent =
            live.find(ResourceId.deviceIn(device.id().namespace(), device.get("parent")));
        yield parent != null && parent.get("mtu").equals(mtu);
      }
      // IP6_MAX_MTU, and room for a header (vrf_setup, drivers/net/vrf.c).
      case "vrf" -> mtu.equals("65575") || mtu.equals("65536");
      case "vxlan", "geneve", "gre", "gretap", "ip6gre", "ip6gretap" -> Tunnels.isUsualMtu(mtu);
      // They follow their ports until somebody sets them.
      case "bridge", "bond" ->
          mtu.equals("1500")
              || ports.getOrDefault(device.id(), List.of()).stream()
                  .anyMatch(port -> port.get("mtu").equals(mtu));
      default -> mtu.equals(device.id().device().equals(LOOPBACK) ? "65536" : "1500");
    };
  }

  private @Nullable String masterKind(Resource device) {
    String master = device.get("master");
    Resource found =
        master.isEmpty() ? null : live.find(ResourceId.deviceIn(device.id().namespace(), master));
    return found == null ? null : found.get("kind");
  }

  /** The host's own loopback device is there and up everywhere. */
  private boolean isPlainLoopback(Resource device) {
    return device.id().device().equals(LOOPBACK)
        && device.get("mtu").equals("65536")
        && device.get("txQueueLength").equals(USUAL_QUEUE)
        && !ownership.settings().containsKey(device.id())
        && device.get("up").equals(String.valueOf(device.id().namespace().isEmpty()))
        && addresses.getOrDefault(device.id(), List.of()).isEmpty();
  }

  private void fields(Resource device, Set<String> without, Tree tree) {
    String kind = device.get("kind");
    DeviceKind known = DeviceKinds.of(kind);
    if (known != null) {
      for (DeviceField field : known.fields()) {
        String value = device.get(field.name());
        if (remembers(device.id(), field.name())) {
          tree.always(field.name(), value);
        } else if (!without.contains(field.name())) {
          tree.field(kind, field.name(), value);
        }
      }
    }
  }

  private void bridge(Resource device, Tree tree) {
    tree.put("datapath", "kernel");
    Map<String, Object> entries = new TreeMap<>();
    boolean hasVlans = false;
    for (Resource port : ports.getOrDefault(device.id(), List.of())) {
      Map<String, Object> entry = port(port, device);
      hasVlans |= entry.containsKey("vlan");
      entries.put(sections.reference(port.id().namespace(), port.id().device()), entry);
    }
    if (!entries.isEmpty()) {
      tree.put("ports", entries);
    }
    Map<String, Object> own = vlan(device, device);
    if (own != null) {
      tree.put("vlan", own);
    }
    // On without being said as soon as anything has VLANs.
    fields(device, hasVlans || own != null ? Set.of("vlanFiltering") : Set.of(), tree);
  }

  private Map<String, Object> port(Resource port, Resource bridge) {
    Tree tree = new Tree();
    Map<String, Object> vlan = vlan(port, bridge);
    if (vlan != null) {
      tree.put("vlan", vlan);
    }
    DeviceKind kind = DeviceKinds.of("bridge");
    if (kind != null) {
      for (DeviceField field : kind.portFields()) {
        String value = port.get(field.name());
        boolean usual = field.name().equals("port.pathCost") && USUAL_COSTS.contains(value);
        if (remembers(port.id(), field.name())) {
          tree.always(field.name(), value);
        } else if (!usual) {
          tree.field("bridge", field.name(), value);
        }
      }
    }
    return tree.map();
  }

  /** The VLANs of a port or a bridge; null where they are what it gets by itself. */
  private @Nullable Map<String, Object> vlan(Resource device, Resource bridge) {
    ResourceId id = ResourceId.vlans(device.id().namespace(), device.id().device());
    Resource vlans = live.find(id);
    if (vlans == null) {
      return null;
    }
    String pvid = bridge.get("defaultPvid");
    String usual = pvid.equals("0") ? "" : pvid + " pvid untagged";
    String text = vlans.get("vlans");
    if (text.equals(usual) && !remembers(id, "vlans")) {
      return null;
    }
    Map<String, Object> mode = VlanModes.of(text);
    if (mode == null) {
      notes.add(
          id,
          "its VLANs (" + (text.isEmpty() ? "none" : text) + ") are no access, trunk or native");
    }
    return mode;
  }

  private void bond(Resource device, Tree tree) {
    tree.putIfAny("mode", device.get("mode"));
    members(device, tree);
    fields(device, Set.of("mode", "primary", "arpIpTargets", "miimon"), tree);
    if (!device.get("miimon").equals("0s")) {
      tree.putIfAny("miimon", device.get("miimon"));
    }
    String primary = device.get("primary");
    if (!primary.isEmpty()) {
      tree.put("primary", sections.reference(device.id().namespace(), primary));
    }
    if (!device.get("arpIpTargets").isEmpty()) {
      tree.put("arpIpTargets", List.of(device.get("arpIpTargets").split(",", -1)));
    }
  }

  private void members(Resource device, Tree tree) {
    List<Object> members = new ArrayList<>();
    for (Resource port : ports.getOrDefault(device.id(), List.of())) {
      members.add(sections.reference(port.id().namespace(), port.id().device()));
    }
    // A bond without members is a bond all the same, and the file wants to hear it said.
    if (!members.isEmpty() || device.get("kind").equals("bond")) {
      tree.put("members", members);
    }
  }

  private void foreignPorts(Resource device) {
    for (Resource port : ports.getOrDefault(device.id(), List.of())) {
      notes.add(port.id(), "the file can not make it a port of " + device.id());
    }
  }

  private List<String> remotes(Resource device) {
    List<String> found = new ArrayList<>();
    for (Resource entry : remotes.getOrDefault(device.id(), List.of())) {
      String key = entry.id().key();
      if (!device.get("remote").isEmpty()) {
        notes.add(entry.id(), "a tunnel has either one remote or several");
      } else {
        found.add(key.substring(key.indexOf(' ') + 1));
      }
    }
    return found;
  }
}
