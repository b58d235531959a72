// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.desired;

import dev.plumbline.datapath.config.BridgeConfig;
import dev.plumbline.datapath.config.GroupConfig;
import dev.plumbline.datapath.config.MacTableConfig;
import dev.plumbline.datapath.config.MeterConfig;
import dev.plumbline.datapath.config.PortConfig;
import dev.plumbline.datapath.config.PortConfig.DevicePort;
import dev.plumbline.datapath.config.PortConfig.HostPort;
import dev.plumbline.datapath.config.PortConfig.PatchPort;
import dev.plumbline.datapath.config.PortFilter;
import dev.plumbline.datapath.config.PortVlan;
import dev.plumbline.datapath.config.PortVlan.Mode;
import dev.plumbline.datapath.config.PortVlan.PriorityTags;
import dev.plumbline.reconciler.embedded.BridgeText;
import dev.plumbline.reconciler.embedded.FlowText;
import dev.plumbline.reconciler.embedded.GroupText;
import dev.plumbline.reconciler.embedded.Leg;
import dev.plumbline.reconciler.embedded.MeterText;
import dev.plumbline.reconciler.embedded.PortText;
import dev.plumbline.reconciler.plan.Wanted;
import dev.plumbline.reconciler.resource.PeerText;
import dev.plumbline.reconciler.resource.Resource;
import dev.plumbline.reconciler.resource.ResourceId;
import dev.plumbline.spec.model.Bond;
import dev.plumbline.spec.model.Bridge;
import dev.plumbline.spec.model.BridgePort;
import dev.plumbline.spec.model.DeviceSettings;
import dev.plumbline.spec.model.Devices;
import dev.plumbline.spec.model.InternalPort;
import dev.plumbline.spec.model.MacTable;
import dev.plumbline.spec.model.Patch;
import dev.plumbline.spec.model.Tunnel;
import dev.plumbline.spec.model.VlanMode;
import java.util.BitSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Bridges of the embedded switch, their ports, and the veth pairs that internal ports are. */
final class SwitchGoals {
  /** Kinds whose ports the switch names by their keys; others are named by their devices. */
  static final Set<String> NAMED_BY_KEY = Set.of("bonds", "tunnels", "internalPorts");

  private static final String HOST = "";

  private final Goals goals;

  private SwitchGoals(Goals goals) {
    this.goals = goals;
  }

  static void collect(Goals goals) {
    SwitchGoals kinds = new SwitchGoals(goals);
    goals.state().internalPorts().forEach(kinds::pair);
    goals.state().bridges().forEach(kinds::bridge);
    goals.state().patches().forEach(kinds::patch);
  }

  private void bridge(String key, Bridge bridge) {
    if (!bridge.isEmbedded()) {
      return;
    }
    MacTable named = bridge.macTable();
    MacTableConfig usual = MacTableConfig.DEFAULT;
    MacTableConfig table =
        named == null
            ? usual
            : new MacTableConfig(
                named.aging() == null ? usual.agingSeconds() : (int) named.aging().toSeconds(),
                Objects.requireNonNullElse(named.size(), usual.size()),
                usual.statics());
    boolean bpdu = Boolean.TRUE.equals(bridge.forwardBpdu());
    Resource resource = BridgeText.of(key, new BridgeConfig(Map.of(), table, bpdu));
    goals.add(new Wanted("bridges." + key, resource, true));
    goals.portsOf(key).forEach((reference, port) -> port(key, reference, port));
    for (GroupConfig group : goals.flows(key, bridge).groups()) {
      Resource wanted = GroupText.of(key, group);
      goals.add(new Wanted(FlowText.address(wanted.id()), wanted, true));
    }
    for (MeterConfig meter : goals.flows(key, bridge).meters()) {
      Resource wanted = MeterText.of(key, meter);
      goals.add(new Wanted(FlowText.address(wanted.id()), wanted, true));
    }
    for (Flows.Entry flow : goals.flows(key, bridge).entries()) {
      Resource wanted = FlowText.of(key, flow.flow());
      goals.add(new Wanted(FlowText.address(wanted.id()), wanted, true));
    }
  }

  private void port(String bridge, String reference, BridgePort port) {
    Devices.Device device = goals.find(HOST, reference);
    String kind = device == null ? "" : device.kind();
    String key = device == null || device.key() == null ? "" : device.key();
    PortVlan vlan = vlan(port.vlan());
    PortFilter filter = filter(port.filter());
    String listed = "bridges." + bridge + ".ports." + reference;
    switch (kind) {
      case "bonds" -> {
        Bond bond = Objects.requireNonNull(goals.state().bonds().get(key));
        add("bonds." + key, bridge, key, SwitchPorts.bond(goals, bond, vlan), filter);
      }
      case "tunnels" -> {
        Tunnel tunnel = Objects.requireNonNull(goals.state().tunnels().get(key));
        add("tunnels." + key, bridge, key, SwitchPorts.tunnel(tunnel, vlan), filter);
      }
      case "internalPorts" -> {
        String leg = Leg.of(key);
        String name = Objects.requireNonNull(device).name();
        boolean inHost = device.namespace().equals(HOST);
        PortConfig config = inHost ? new HostPort(name, leg, vlan) : new DevicePort(leg, vlan);
        add("internalPorts." + key + ".bridge", bridge, key, config, filter);
      }
      default -> {
        String name = device == null ? reference : device.name();
        add(listed, bridge, name, new DevicePort(name, vlan), filter);
      }
    }
  }

  private void add(
      String address, String bridge, String name, PortConfig port, @Nullable PortFilter filter) {
    goals.add(new Wanted(address, PortText.of(bridge, name, port, filter), true));
  }

  /** The host's half, or the container's, and the leg, which lives with the switch. */
  private void pair(String key, InternalPort port) {
    String address = "internalPorts." + key;
    DeviceSettings near = port.settings();
    ResourceId leg = ResourceId.deviceIn(HOST, Leg.of(key));
    DeviceGoals.make(goals, address, "veth", near).set("peer", PeerText.of(leg));
    DeviceGoals.make(goals, PeerText.farEnd(address), "veth", DeviceSettings.named(leg.device()))
        .set("peer", PeerText.of(ResourceId.deviceIn(near.namespace(), near.device())))
        .set("mtu", near.mtu());
  }

  private void patch(String key, Patch patch) {
    for (int end = 0; end < 2; end++) {
      String bridge = patch.bridges().get(end);
      PatchPort port = new PatchPort(patch.bridges().get(1 - end), key, PortVlan.TRUNK_ALL);
      add("patches." + key + ".bridges[" + bridge + "]", bridge, key, port, null);
    }
  }

  private static @Nullable PortFilter filter(dev.plumbline.spec.model.@Nullable PortFilter named) {
    return named == null ? null : new PortFilter(named.in(), named.out());
  }

  private static PortVlan vlan(@Nullable VlanMode mode) {
    BitSet list = new BitSet();
    if (mode instanceof VlanMode.Access access) {
      return PortVlan.access(access.id().number());
    } else if (mode instanceof VlanMode.Trunk trunk) {
      trunk.ids().stream().forEach(list::set);
      return new PortVlan(Mode.TRUNK, 0, list, PriorityTags.NEVER);
    } else if (mode instanceof VlanMode.Native trunk) {
      int id = trunk.nativeVlan().number();
      trunk.ids().stream().forEach(list::set);
      // No list means no other VLAN; to the switch an empty one would mean all.
      list.set(id);
      Mode wire = trunk.tagged() ? Mode.NATIVE_TAGGED : Mode.NATIVE_UNTAGGED;
      return new PortVlan(wire, id, list, PriorityTags.NEVER);
    } else if (mode instanceof VlanMode.Dot1qTunnel tunnel) {
      return PortVlan.dot1qTunnel(tunnel.id().number());
    }
    return PortVlan.TRUNK_ALL;
  }
}
