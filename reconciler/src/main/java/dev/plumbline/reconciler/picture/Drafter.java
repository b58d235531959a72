// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.picture;

import dev.plumbline.reconciler.embedded.PortText;
import dev.plumbline.reconciler.picture.Diagram.Edge;
import dev.plumbline.reconciler.picture.Diagram.End;
import dev.plumbline.reconciler.picture.Diagram.Group;
import dev.plumbline.reconciler.picture.Diagram.Kind;
import dev.plumbline.reconciler.picture.Diagram.Link;
import dev.plumbline.reconciler.picture.Diagram.Node;
import dev.plumbline.reconciler.picture.Diagram.Tone;
import dev.plumbline.reconciler.plan.Action;
import dev.plumbline.reconciler.resource.Resource;
import dev.plumbline.reconciler.resource.ResourceId;
import dev.plumbline.reconciler.resource.ResourceType;
import dev.plumbline.reconciler.resource.VlanModes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/** Makes a diagram of resources. */
final class Drafter {
  static final String HOST = "host";

  private final Inventory inventory;
  private final Map<ResourceId, Action> marks;
  private final SortedMap<String, Sketch> sketches = new TreeMap<>();
  private final List<Edge> edges = new ArrayList<>();
  private final Stacks stacks;

  /**
   * @param marks what a plan does, by resource
   * @param sentBy the devices by which a namespace sends to an address
   */
  private Drafter(
      Inventory inventory,
      Map<ResourceId, Action> marks,
      BiFunction<String, String, List<String>> sentBy) {
    this.inventory = inventory;
    this.marks = marks;
    this.stacks = new Stacks(inventory, marks, sentBy);
  }

  static Diagram draft(
      String title,
      Inventory inventory,
      Map<ResourceId, Action> marks,
      BiFunction<String, String, List<String>> sentBy) {
    return new Drafter(inventory, marks, sentBy).draft(title);
  }

  private Diagram draft(String title) {
    inventory.bridges.values().forEach(this::bridge);
    for (Resource device : inventory.devices.values()) {
      if (!inventory.isLeg(device) && !inventory.isLine(device)) {
        box(device);
      }
    }
    inventory.switchPorts.values().forEach(this::switchPort);
    for (Resource device : inventory.devices.values()) {
      if (inventory.isLine(device)) {
        line(device);
      } else if (!inventory.isLeg(device)) {
        for (End end : uppers(device)) {
          Sketch sketch = sketch(device);
          String to = sketch.port("under " + end.node() + " " + end.port());
          Resource vlans = inventory.vlans(device);
          if (vlans != null && sketch.kind == Kind.BRIDGE) {
            vlan(sketch, to, vlanText(vlans), mark(vlans));
          }
          Link link = isMember(device) ? Link.MEMBER : Link.DEVICE;
          edge(link, end, new End(sketch.id, to), mark(device));
        }
        pair(device);
      }
    }
    for (String namespace : inventory.namespaces) {
      if (!namespace.isEmpty()) {
        stack(namespace);
      }
    }
    stacks.finish(sketches);
    List<Group> groups = groups();
    List<Node> nodes = sketches.values().stream().map(Sketch::node).toList();
    return Orientation.orient(new Diagram(title, false, groups, nodes, edges));
  }

  private @Nullable Action mark(Resource resource) {
    return marks.get(resource.id());
  }

  private void edge(Link link, End from, End to, @Nullable Action mark) {
    edges.add(new Edge(link, from, to, mark));
  }

  // Boxes.

  private Sketch sketch(Resource device) {
    Sketch found = sketches.get("device " + place(device));
    if (found == null) {
      throw new IllegalStateException("no box of " + device.id());
    }
    return found;
  }

  static String place(Resource device) {
    ResourceId id = device.id();
    return id.namespace().isEmpty() ? id.device() : id.namespace() + "/" + id.device();
  }

  private Sketch sketch(String id, Kind kind, String group) {
    return sketches.computeIfAbsent(id, key -> new Sketch(id, kind, group));
  }

  private Sketch stack(String namespace) {
    Sketch stack = sketch("stack " + namespace, Kind.STACK, namespace);
    stack.place("namespace:" + (namespace.isEmpty() ? HOST : namespace));
    stack.mark = marks.get(ResourceId.namespaceNamed(namespace));
    return stack;
  }

  private void bridge(Resource bridge) {
    Sketch sketch = sketch("bridge " + bridge.id().key(), Kind.BRIDGE, "");
    sketch.name(bridge.id().key()).note("embedded bridge");
    sketch.mark = mark(bridge);
    sketch.place("bridge:" + bridge.id().key());
    for (ResourceType type : List.of(ResourceType.FLOW, ResourceType.GROUP, ResourceType.METER)) {
      counted(sketch, inventory.of(type, bridge.id().key()), type.label());
    }
  }

  /** How many there are; with a plan how many of them it touches. */
  private void counted(Sketch sketch, List<Resource> resources, String noun) {
    if (resources.isEmpty()) {
      return;
    }
    sketch.row(Tone.NOTE, resources.size() + " " + noun + (resources.size() == 1 ? "" : "s"), null);
    for (Action action : Action.values()) {
      long count = resources.stream().filter(each -> mark(each) == action).count();
      if (count > 0) {
        String text = count + " " + noun + (count == 1 ? "" : "s");
        sketch.row(Tone.NOTE, text, action);
      }
    }
  }

  private void box(Resource device) {
    String name = device.id().device();
    String kind = device.get("kind");
    Kind what =
        switch (kind) {
          case "bridge" -> Kind.BRIDGE;
          case "bond" -> Kind.BOND;
          case "", "tun" -> Inventory.isGuest(device) ? Kind.GUEST : Kind.CARD;
          default -> Kind.DEVICE;
        };
    Sketch sketch = sketch("device " + place(device), what, device.id().namespace());
    sketch.name(name).note(note(what, device));
    sketch.mark = mark(device);
    sketch.isDown = device.get("up").equals("false");
    sketch.place((what == Kind.BRIDGE ? "bridge:" : "device:") + place(device));
    if (!device.get("mtu").isEmpty() && !device.get("mtu").equals("1500")) {
      sketch.note("MTU " + device.get("mtu"));
    }
  }

  private String note(Kind what, Resource device) {
    String kind = device.get("kind");
    String down = device.get("up").equals("false") ? ", down" : "";
    return switch (what) {
          case BRIDGE -> "kernel bridge";
          case BOND -> "bond, " + (device.get("mode").isEmpty() ? "kernel" : device.get("mode"));
          case CARD -> "card";
          case GUEST -> "guest";
          default -> kind;
        }
        + down;
  }

  private boolean isMember(Resource device) {
    Resource port = inventory.switchPort(device);
    Resource master = inventory.master(device);
    return (port != null && port.get("type").equals("bond"))
        || (master != null && master.get("kind").equals("bond"));
  }

  // Ports of embedded bridges.

  private static String bridgeOf(Resource port) {
    return "bridge " + PortText.bridge(port.id());
  }

  private static String name(Resource port) {
    return PortText.name(port.id());
  }

  private End end(Resource port) {
    return new End(bridgeOf(port), name(port));
  }

  private void switchPort(Resource port) {
    Sketch bridge = sketches.get(bridgeOf(port));
    if (bridge == null) {
      bridge = sketch(bridgeOf(port), Kind.BRIDGE, "").name(PortText.bridge(port.id()));
      bridge.place("bridge:" + PortText.bridge(port.id()));
    }
    String name = name(port);
    String type = port.get("type");
    // A card, bond or guest says its name itself.
    Resource device = type.equals("device") ? inventory.device("", port.get("device")) : null;
    boolean isNamed = type.equals("bond") || (device != null && !inventory.isLine(device));
    bridge.port(name);
    if (!isNamed) {
      bridge.row(name, Tone.NAME, name, mark(port));
    }
    vlan(bridge, name, port.get("vlan").equals("trunk") ? "" : port.get("vlan"), mark(port));
    if (!port.get("filter").isEmpty()) {
      bridge.row(name, Tone.NOTE, "filter", null);
    }
    bridge.portMark(name, mark(port));
    switch (type) {
      case "device", "internal" -> {
        // The device has the line.
      }
      case "bond" -> bond(port);
      case "patch" -> patch(port, bridge);
      default -> {
        bridge.portPlace(name, "device:" + name);
        bridge.row(name, Tone.NOTE, tunnelText(type, port.get("key"), port.get("remotes")), null);
        tunnel(end(port), name, "", remotes(port.get("remotes")), mark(port));
      }
    }
  }

  private static List<String> remotes(String text) {
    return text.isEmpty() ? List.of() : Arrays.asList(text.split(",", -1));
  }

  private static void vlan(Sketch sketch, String port, String vlan, @Nullable Action mark) {
    if (!vlan.isEmpty()) {
      String text = vlan.replace(",", ", ");
      sketch.row(port, Tone.VALUE, text.length() > 28 ? text.substring(0, 27) + "…" : text, mark);
    }
  }

  private void bond(Resource port) {
    Sketch bond = sketch("bond " + port.id().key(), Kind.BOND, "");
    bond.name(name(port)).note("bond, " + port.get("mode"));
    bond.mark = mark(port);
    bond.place("device:" + name(port));
    String upper = bond.port("bridge");
    edge(Link.DEVICE, end(port), new End(bond.id, upper), mark(port));
  }

  private void patch(Resource port, Sketch bridge) {
    bridge.portPlace(name(port), "patch:" + name(port));
    ResourceId peer = new ResourceId(ResourceType.PORT, "", "", port.get("peer"));
    Resource other = inventory.switchPorts.get(peer);
    if (other != null && port.id().compareTo(peer) < 0) {
      edge(Link.PATCH, end(port), end(other), mark(port));
    }
  }

  private static String tunnelText(String type, String key, String remotes) {
    String name = type.equals("geneve") ? "Geneve" : type.toUpperCase(java.util.Locale.ROOT);
    String text = name + (key.isEmpty() ? "" : " " + key);
    return remotes.isEmpty() ? text + ", no remote" : text;
  }

  private void tunnel(
      End from, String name, String namespace, List<String> remotes, @Nullable Action mark) {
    for (String remote : remotes) {
      Sketch far = sketch("remote " + remote, Kind.REMOTE, Sketch.OUTSIDE);
      if (far.isNew()) {
        far.name(remote).note("remote host");
        far.place("outside:" + remote);
      }
      edge(Link.TUNNEL, from, new End(far.id, far.port(from.node() + " " + from.port())), mark);
    }
    Sketch stack = stack(namespace);
    if (!remotes.isEmpty() && !from.node().equals(stack.id)) {
      String port = stack.port("carries " + name);
      stack.row(port, Tone.NOTE, name, null);
      Sketch sender = sketches.get(from.node());
      if (sender != null) {
        String leaves = sender.port(from.port() + " sent");
        String who = namespace.isEmpty() ? HOST : namespace;
        sender.row(leaves, Tone.NOTE, name + " sent by " + who, null);
        edge(Link.CARRIED, new End(from.node(), leaves), new End(stack.id, port), mark);
      }
    }
    stacks.carries(namespace, name, remotes);
  }

  // What is over a device, and what is drawn as a line.

  /** The ends of those that use a device, and have a box. */
  private List<End> uppers(Resource device) {
    List<End> ends = new ArrayList<>();
    Resource port = inventory.switchPort(device);
    Resource master = inventory.master(device);
    if (port != null && port.get("type").equals("bond")) {
      Sketch bond = sketch("bond " + port.id().key(), Kind.BOND, "");
      ends.add(new End(bond.id, bond.port("member " + device.id().device())));
    } else if (port != null) {
      Sketch bridge = sketch(bridgeOf(port), Kind.BRIDGE, "");
      bridge.portPlace(name(port), "device:" + place(device));
      ends.add(end(port));
    } else if (master != null && master.get("kind").equals("bond")) {
      ends.add(new End(sketch(master).id, sketch(master).port("member " + device.id().device())));
    } else if (master != null && !master.get("kind").equals("vrf")) {
      ends.add(kernelPort(master, device));
    }
    if (isAddressed(device) || (ends.isEmpty() && inventory.isLine(device))) {
      Sketch stack = stack(device.id().namespace());
      String name = device.id().device();
      stack.port(name);
      stack.portPlace(name, "device:" + place(device));
      ends.add(new End(stack.id, name));
    }
    return ends;
  }

  private boolean isAddressed(Resource device) {
    return !inventory.addresses(device).isEmpty() || stacks.hasRoutes(device);
  }

  private End kernelPort(Resource bridge, Resource device) {
    Sketch sketch = sketch(bridge);
    String name = device.id().device();
    sketch.port(name);
    if (inventory.isLine(device)) {
      sketch.row(name, Tone.NAME, name, mark(device));
    }
    Resource vlans = inventory.vlans(device);
    if (vlans != null) {
      vlan(sketch, name, vlanText(vlans), mark(vlans));
    }
    sketch.portPlace(name, "device:" + place(device));
    return new End(sketch.id, name);
  }

  /** As those of embedded bridges are written: {@code access 10}, {@code trunk 10,20-29}. */
  private static String vlanText(Resource vlans) {
    String text = vlans.get("vlans");
    Map<String, Object> mode = VlanModes.of(text);
    if (mode == null) {
      return text.equals("1 pvid untagged") ? "" : text;
    }
    if (mode.size() == 1 && Long.valueOf(1).equals(mode.get("access"))) {
      return "";
    }
    List<String> words = new ArrayList<>();
    mode.forEach((key, value) -> words.add(key + " " + value));
    return String.join(" ", words).replace("[", "").replace("]", "").replace(", ", ",");
  }

  private void line(Resource device) {
    if (inventory.isLeg(device)) {
      return;
    }
    String name = device.id().device();
    String namespace = device.id().namespace();
    String kind = device.get("kind");
    if (Inventory.isTunnel(device)) {
      List<String> remotes = inventory.remotes(device);
      for (End end : uppers(device)) {
        Sketch sketch = sketches.get(end.node());
        if (sketch != null) {
          String text = tunnelText(kind, device.get("key"), String.join(",", remotes));
          sketch.row(end.port(), Tone.NOTE, text, null);
          sketch.portMark(end.port(), mark(device));
        }
        tunnel(end, name, namespace, remotes, mark(device));
      }
    } else if (Inventory.isOverParent(device)) {
      Resource parent = inventory.device(namespace, device.get("parent"));
      if (parent != null) {
        Sketch below = sketch(parent);
        String port = below.port("over " + name);
        boolean isVlan = kind.equals("vlan");
        below.row(port, Tone.VALUE, isVlan ? "VLAN " + device.get("id") : kind, mark(device));
        for (End end : uppers(device)) {
          edge(Link.DEVICE, end, new End(below.id, port), mark(device));
        }
      }
    } else if (kind.equals("veth")) {
      pair(device);
    } else if (!kind.equals("vrf") && (isAddressed(device) || !name.equals("lo"))) {
      stacks.alone(stack(namespace), device);
    }
  }

  /** A veth pair, once: from its first half. */
  private void pair(Resource device) {
    Resource peer = inventory.peer(device);
    if (peer == null) {
      return;
    }
    boolean isInternal = inventory.isLeg(peer);
    boolean isBefore = device.id().compareTo(peer.id()) < 0;
    boolean isMutual = device.equals(inventory.peer(peer));
    if (!isInternal && !isBefore && isMutual) {
      return;
    }
    Resource port = isInternal ? inventory.switchPort(peer) : null;
    List<End> far = port != null ? List.of(end(port)) : ends(peer);
    for (End from : ends(device)) {
      for (End to : far) {
        Action mark = mark(device) == null ? mark(peer) : mark(device);
        edge(isInternal ? Link.INTERNAL : Link.VETH, from, to, mark);
      }
    }
  }

  /** Where the line of a pair ends: at the device's box, or at those that use it. */
  private List<End> ends(Resource device) {
    if (inventory.isLine(device)) {
      return uppers(device);
    }
    Sketch sketch = sketch(device);
    return List.of(new End(sketch.id, sketch.port("pair")));
  }

  /** Namespaces in which there is more than their stack. */
  private List<Group> groups() {
    List<Group> groups = new ArrayList<>();
    for (String namespace : inventory.namespaces) {
      List<Sketch> inside =
          sketches.values().stream().filter(each -> each.group.equals(namespace)).toList();
      if (!namespace.isEmpty() && inside.size() > 1) {
        groups.add(
            new Group(namespace, namespace, marks.get(ResourceId.namespaceNamed(namespace))));
      } else if (!namespace.isEmpty()) {
        inside.forEach(each -> each.group = "");
      }
    }
    return groups;
  }
}
