// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.desired;

import dev.plumbline.reconciler.resource.PeerText;
import dev.plumbline.reconciler.resource.ResourceId;
import dev.plumbline.spec.model.Bond;
import dev.plumbline.spec.model.BondOptions;
import dev.plumbline.spec.model.DesiredState;
import dev.plumbline.spec.model.DeviceSettings;
import dev.plumbline.spec.model.Veth;
import dev.plumbline.spec.model.Vlan;
import dev.plumbline.spec.model.Vrf;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Devices with few settings of their own, and bonds. */
final class DeviceGoals {
  private final Goals goals;

  private DeviceGoals(Goals goals) {
    this.goals = goals;
  }

  static void collect(Goals goals) {
    DeviceGoals kinds = new DeviceGoals(goals);
    DesiredState state = goals.state();
    state
        .interfaces()
        .forEach((key, device) -> settings(goals, "interfaces." + key, null, device.settings()));
    state
        .dummies()
        .forEach((key, dummy) -> make(goals, "dummies." + key, "dummy", dummy.settings()));
    state.veths().forEach(kinds::veth);
    state.vlans().forEach(kinds::vlan);
    state.bridges().entrySet().stream()
        .filter(bridge -> !bridge.getValue().isEmbedded())
        .forEach(bridge -> BridgeGoals.bridge(goals, bridge.getKey(), bridge.getValue()));
    state.tunnels().entrySet().stream()
        .filter(tunnel -> !goals.isInSwitch("tunnels." + tunnel.getKey()))
        .forEach(tunnel -> TunnelGoals.tunnel(goals, tunnel.getKey(), tunnel.getValue()));
    Map<String, Bond> bonds = new LinkedHashMap<>(state.bonds());
    bonds.keySet().removeIf(key -> goals.isInSwitch("bonds." + key));
    bonds.forEach(kinds::bond);
    state.vrfs().forEach(kinds::vrf);
    bonds.forEach(kinds::members);
    state.vrfs().forEach(kinds::members);
  }

  /** A device that plumbline makes. */
  static Draft make(Goals goals, String address, String kind, DeviceSettings settings) {
    return settings(goals, address, kind, settings);
  }

  private static Draft settings(
      Goals goals, String address, @Nullable String kind, DeviceSettings settings) {
    ResourceId id = ResourceId.deviceIn(settings.namespace(), settings.device());
    boolean makes = kind != null;
    Boolean up = (settings.up() == null && makes) ? Boolean.TRUE : settings.up();
    return goals
        .add(new Draft(address, id, makes, makes ? address : null))
        .set("kind", kind)
        .set("mtu", settings.mtu())
        .set("mac", settings.mac())
        .set("txQueueLength", settings.txQueueLength())
        .set("up", up);
  }

  private void veth(String key, Veth veth) {
    DeviceSettings near = veth.settings();
    DeviceSettings far = veth.peer().settings();
    make(goals, "veths." + key, "veth", near)
        .set("peer", PeerText.of(ResourceId.deviceIn(far.namespace(), far.device())));
    make(goals, PeerText.farEnd("veths." + key), "veth", far)
        .set("peer", PeerText.of(ResourceId.deviceIn(near.namespace(), near.device())));
  }

  private void vlan(String key, Vlan vlan) {
    make(goals, "vlans." + key, "vlan", vlan.settings())
        .set("parent", goals.deviceName(vlan.settings().namespace(), vlan.parent()))
        .set("id", vlan.id())
        .set("protocol", vlan.protocol());
  }

  private void bond(String key, Bond bond) {
    BondOptions options = bond.options();
    make(goals, "bonds." + key, "bond", bond.settings())
        .set("mode", bond.mode())
        .set("miimon", options.miimon())
        .set("upDelay", options.upDelay())
        .set("downDelay", options.downDelay())
        .set("peerNotifyDelay", options.peerNotifyDelay())
        .set("primary", goals.deviceName(bond.settings().namespace(), options.primary()))
        .set("primaryReselect", options.primaryReselect())
        .set("failOverMac", options.failOverMac())
        .set("xmitHashPolicy", options.xmitHashPolicy())
        .set("lacpRate", options.lacpRate())
        .set("adSelect", options.adSelect())
        .set("minLinks", options.minLinks())
        .set("arpInterval", options.arpInterval())
        .set("arpIpTargets", targets(options))
        .set("arpValidate", options.arpValidate())
        .set("allSlavesActive", options.allSlavesActive())
        .set("resendIgmp", options.resendIgmp())
        .set("gratuitousArps", options.gratuitousArps());
  }

  private static @Nullable String targets(BondOptions options) {
    return options.arpIpTargets() == null
        ? null
        : String.join(",", options.arpIpTargets().stream().map(Object::toString).toList());
  }

  private void members(String key, Bond bond) {
    members("bonds." + key, bond.settings(), bond.members());
  }

  private void vrf(String key, Vrf vrf) {
    make(goals, "vrfs." + key, "vrf", vrf.settings()).set("table", vrf.table());
  }

  private void members(String key, Vrf vrf) {
    members("vrfs." + key, vrf.settings(), vrf.members());
  }

  private void members(String address, DeviceSettings master, List<String> members) {
    for (String member : members) {
      goals
          .device(master.namespace(), member, address + ".members." + member)
          .set("master", master.device());
    }
  }
}
