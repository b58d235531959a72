// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.adopt;

import dev.plumbline.datapath.config.FlowConfig;
import dev.plumbline.datapath.config.MacTableConfig;
import dev.plumbline.datapath.config.PortFilter;
import dev.plumbline.datapath.config.PortVlan;
import dev.plumbline.reconciler.embedded.FlowText;
import dev.plumbline.reconciler.embedded.GroupText;
import dev.plumbline.reconciler.embedded.Leg;
import dev.plumbline.reconciler.embedded.MeterText;
import dev.plumbline.reconciler.embedded.PortText;
import dev.plumbline.reconciler.embedded.VlanText;
import dev.plumbline.reconciler.live.LiveState;
import dev.plumbline.reconciler.resource.Resource;
import dev.plumbline.reconciler.resource.ResourceType;
import dev.plumbline.reconciler.resource.VlanModes;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Bridges of the embedded switch, and what of it is no device: bonds, tunnels, patches. */
final class EmbeddedBridges {
  private static final Map<String, String> TUNNEL_DEFAULTS =
      Map.of("ttl", "64", "tos", "0", "df", "set", "checksum", "false");

  private final LiveState live;
  private final Sections sections;
  private final Map<String, Object> tree;

  /**
   * @param tree the file, to be written to
   */
  EmbeddedBridges(LiveState live, Sections sections, Map<String, Object> tree) {
    this.live = live;
    this.sections = sections;
    this.tree = tree;
  }

  void write() {
    for (Resource bridge : live.ofType(ResourceType.BRIDGE)) {
      Tree entry = new Tree();
      String aging = bridge.get("macTable.aging");
      String size = bridge.get("macTable.size");
      if (!aging.equals(MacTableConfig.DEFAULT.agingSeconds() + "s")) {
        entry.always("macTable.aging", aging);
      }
      if (!size.equals(String.valueOf(MacTableConfig.DEFAULT.size()))) {
        entry.always("macTable.size", size);
      }
      if (bridge.get("forwardBpdu").equals("true")) {
        entry.put("forwardBpdu", true);
      }
      Scalars.map(tree, "bridges").put(bridge.id().key(), entry.map());
    }
    live.ofType(ResourceType.PORT).forEach(this::port);
    texts(ResourceType.GROUP, "groups", group -> GroupText.parse(group).text());
    texts(ResourceType.METER, "meters", meter -> MeterText.parse(meter).text());
    flows();
  }

  private void texts(ResourceType type, String key, Function<Resource, String> text) {
    Map<String, List<Object>> texts = new TreeMap<>();
    for (Resource each : live.ofType(type)) {
      texts
          .computeIfAbsent(FlowText.bridge(each.id()), bridge -> new ArrayList<>())
          .add(text.apply(each));
    }
    texts.forEach((bridge, all) -> Scalars.map(Scalars.map(tree, "bridges"), bridge).put(key, all));
  }

  /** As texts; one with a timeout goes by itself, and is nothing for a file. */
  private void flows() {
    Map<String, List<Object>> texts = new TreeMap<>();
    for (Resource flow : live.ofType(ResourceType.FLOW)) {
      FlowConfig config = FlowText.parse(flow);
      if (!config.isTemporary()) {
        texts
            .computeIfAbsent(FlowText.bridge(flow.id()), bridge -> new ArrayList<>())
            .add(config.text());
      }
    }
    texts.forEach(
        (bridge, flows) -> Scalars.map(Scalars.map(tree, "bridges"), bridge).put("flows", flows));
  }

  private void port(Resource port) {
    String bridge = PortText.bridge(port.id());
    String name = PortText.name(port.id());
    if (PortText.filter(port) != null && !port.get("type").equals("device")) {
      Map<String, Object> settings = new LinkedHashMap<>();
      filter(port, settings);
      Scalars.map(Scalars.map(Scalars.map(tree, "bridges"), bridge), "ports").put(name, settings);
    }
    switch (port.get("type")) {
      case "internal" -> {
        // With its device.
      }
      case "device" -> {
        if (!Leg.isOne(port.get("device"))) {
          Map<String, Object> settings = new LinkedHashMap<>();
          vlan(port, settings);
          filter(port, settings);
          Map<String, Object> owner = Scalars.map(Scalars.map(tree, "bridges"), bridge);
          Scalars.map(owner, "ports").put(sections.reference("", port.get("device")), settings);
        }
      }
      case "patch" -> {
        String other = port.get("peer").substring(0, port.get("peer").indexOf('/'));
        if (bridge.compareTo(other) <= 0) {
          Scalars.map(tree, "patches").put(name, Map.of("bridges", List.of(bridge, other)));
        }
      }
      case "bond" -> Scalars.map(tree, "bonds").put(name, bond(port, bridge));
      default -> Scalars.map(tree, "tunnels").put(name, tunnel(port, bridge));
    }
  }

  private Map<String, Object> bond(Resource port, String bridge) {
    Tree entry = new Tree().put("bridge", bridge);
    vlan(port, entry.map());
    entry.put("mode", port.get("mode"));
    List<Object> members = new ArrayList<>();
    PortText.devices(port).forEach(member -> members.add(sections.reference("", member)));
    entry.put("members", members);
    if (!port.get("primary").isEmpty()) {
      entry.put("primary", sections.reference("", port.get("primary")));
    }
    for (String delay : List.of("upDelay", "downDelay")) {
      if (!port.get(delay).equals("0s")) {
        entry.put(delay, port.get(delay));
      }
    }
    return entry.map();
  }

  private static Map<String, Object> tunnel(Resource port, String bridge) {
    String type = port.get("type");
    Tree entry = new Tree().put("bridge", bridge).put("type", type);
    vlan(port, entry.map());
    entry.putIfAny("key", port.get("key"));
    entry.putIfAny("local", port.get("local"));
    List<String> remotes = List.of(port.get("remotes").split(",", -1));
    if (remotes.size() == 1) {
      entry.put("remote", remotes.get(0));
    } else {
      entry.put("remotes", remotes);
    }
    String usual = type.equals("vxlan") ? "4789" : type.equals("geneve") ? "6081" : "";
    if (!port.get("port").equals(usual)) {
      entry.putIfAny("port", port.get("port"));
    }
    TUNNEL_DEFAULTS.forEach(
        (field, value) -> {
          if (!port.get(field).equals(value)) {
            // In the file 0 is a TTL, and 1 a TOS, taken from the inner packet.
            String inherit = field.equals("ttl") ? "0" : "1";
            entry.putIfAny(field, port.get(field).equals("inherit") ? inherit : port.get(field));
          }
        });
    return entry.map();
  }

  /** What is let through; ports of other kinds have it where the bridge lists them. */
  private static void filter(Resource port, Map<String, Object> entry) {
    PortFilter filter = PortText.filter(port);
    if (filter != null) {
      entry.put(
          "filter", new dev.plumbline.spec.model.PortFilter(filter.in(), filter.out()).plain());
    }
  }

  /** Puts the VLANs of a port, unless it carries all of them as they are. */
  static void vlan(Resource port, Map<String, Object> entry) {
    Map<String, Object> mode = vlan(VlanText.parse(port.get("vlan")));
    if (mode != null) {
      entry.put("vlan", mode);
    }
  }

  private static @Nullable Map<String, Object> vlan(PortVlan vlan) {
    Map<String, Object> mode = new LinkedHashMap<>();
    BitSet list = vlan.trunks();
    switch (vlan.mode()) {
      case ACCESS -> mode.put("access", (long) vlan.tag());
      case DOT1Q_TUNNEL -> mode.put("dot1q-tunnel", (long) vlan.tag());
      case TRUNK -> {
        if (list.isEmpty()) {
          return null;
        }
        mode.put("trunk", VlanModes.ranges(list.stream().boxed().toList()));
      }
      case NATIVE_TAGGED, NATIVE_UNTAGGED -> {
        mode.put("native", (long) vlan.tag());
        list.clear(vlan.tag());
        if (!list.isEmpty()) {
          mode.put("trunk", VlanModes.ranges(list.stream().boxed().toList()));
        }
        if (vlan.mode() == PortVlan.Mode.NATIVE_TAGGED) {
          mode.put("tagged", true);
        }
      }
    }
    return mode;
  }
}
