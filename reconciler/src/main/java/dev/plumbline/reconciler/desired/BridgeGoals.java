// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.desired;

import dev.plumbline.reconciler.resource.ResourceId;
import dev.plumbline.reconciler.resource.VlansText;
import dev.plumbline.reconciler.resource.VlansText.Flags;
import dev.plumbline.spec.model.Bridge;
import dev.plumbline.spec.model.BridgePort;
import dev.plumbline.spec.model.MacTable;
import dev.plumbline.spec.model.StpSettings;
import dev.plumbline.spec.model.VlanMode;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Bridges with {@code datapath: kernel}, and their ports. */
final class BridgeGoals {
  private BridgeGoals() {}

  static void bridge(Goals goals, String key, Bridge bridge) {
    Draft draft =
        DeviceGoals.make(goals, "bridges." + key, "bridge", bridge.settings())
            .set(
                "vlanFiltering",
                goals.state().filtersVlans(key, goals.portsOf(key)) ? Boolean.TRUE : null)
            .set("vlanFiltering", bridge.vlanFiltering())
            .set("vlanProtocol", bridge.vlanProtocol())
            .set("defaultPvid", bridge.defaultPvid())
            .set("multicastSnooping", bridge.multicastSnooping())
            .set("groupForwardMask", bridge.groupForwardMask());
    StpSettings stp = bridge.stp();
    if (stp != null) {
      draft
          .set("stp.enabled", stp.enabled())
          .set("stp.priority", stp.priority())
          .set("stp.forwardDelay", stp.forwardDelay())
          .set("stp.helloTime", stp.helloTime())
          .set("stp.maxAge", stp.maxAge());
    }
    MacTable table = bridge.macTable();
    if (table != null) {
      draft.set("macTable.aging", table.aging());
    }
  }

  static void collect(Goals goals) {
    goals
        .state()
        .bridges()
        .forEach(
            (key, bridge) -> {
              if (!bridge.isEmbedded()) {
                goals
                    .portsOf(key)
                    .forEach((reference, port) -> port(goals, key, bridge, reference, port));
                String namespace = bridge.settings().namespace();
                vlans(
                    goals,
                    "bridges." + key + ".vlan",
                    ResourceId.vlans(namespace, bridge.settings().device()),
                    bridge.vlan());
              }
            });
  }

  private static void port(
      Goals goals, String key, Bridge bridge, String reference, BridgePort port) {
    String address = "bridges." + key + ".ports." + reference;
    String namespace = bridge.settings().namespace();
    Draft device =
        goals
            .device(namespace, reference, address)
            .set("master", bridge.settings().device())
            .set("port.pathCost", port.pathCost())
            .set("port.priority", port.priority())
            .set("port.learning", port.learning())
            .set("port.flood", port.flood())
            .set("port.multicastFlood", port.multicastFlood())
            .set("port.broadcastFlood", port.broadcastFlood())
            .set("port.hairpin", port.hairpin())
            .set("port.isolated", port.isolated())
            .set("port.bpduGuard", port.bpduGuard())
            .set("port.rootBlock", port.rootBlock())
            .set("port.fastLeave", port.fastLeave())
            .set("port.neighSuppress", port.neighSuppress());
    vlans(
        goals,
        address + ".vlan",
        ResourceId.vlans(device.id.namespace(), device.id.device()),
        port.vlan());
  }

  private static void vlans(Goals goals, String address, ResourceId id, @Nullable VlanMode mode) {
    if (mode != null) {
      goals.add(new Draft(address, id, true, null)).set("vlans", VlansText.print(vlans(mode)));
    }
  }

  /** The kernel bridge's own way to say access, trunk and native. */
  private static SortedMap<Integer, Flags> vlans(VlanMode mode) {
    SortedMap<Integer, Flags> vlans = new TreeMap<>();
    if (mode instanceof VlanMode.Access access) {
      vlans.put(access.id().number(), Flags.ACCESS);
    } else if (mode instanceof VlanMode.Trunk trunk) {
      trunk.ids().stream().forEach(id -> vlans.put(id, Flags.TAGGED));
    } else if (mode instanceof VlanMode.Native trunk) {
      trunk.ids().stream().forEach(id -> vlans.put(id, Flags.TAGGED));
      vlans.put(trunk.nativeVlan().number(), new Flags(true, !trunk.tagged()));
    } else if (mode instanceof VlanMode.Dot1qTunnel tunnel) {
      vlans.put(tunnel.id().number(), Flags.ACCESS);
    }
    return vlans;
  }
}
