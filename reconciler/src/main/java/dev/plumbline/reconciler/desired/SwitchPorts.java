// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.desired;

import dev.plumbline.datapath.config.PortConfig;
import dev.plumbline.datapath.config.PortConfig.BondMode;
import dev.plumbline.datapath.config.PortConfig.BondPort;
import dev.plumbline.datapath.config.PortConfig.TunnelPort;
import dev.plumbline.datapath.config.PortVlan;
import dev.plumbline.spec.model.Bond;
import dev.plumbline.spec.model.DontFragment;
import dev.plumbline.spec.model.Tunnel;
import dev.plumbline.spec.model.TunnelType;
import dev.plumbline.spec.value.IpAddress;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Bonds and tunnels that are ports of the embedded switch, with Open vSwitch's defaults. */
final class SwitchPorts {
  private static final int VXLAN_PORT = 4789;
  private static final int GENEVE_PORT = 6081;
  private static final int TTL = 64;

  /** In the file: as the inner packet's. */
  private static final int INHERIT_TOS = 1;

  /** Open vSwitch's {@code bond-rebalance-interval}. */
  private static final int REBALANCE_SECONDS = 10;

  private SwitchPorts() {}

  static BondPort bond(Goals goals, Bond bond, PortVlan vlan) {
    List<String> members = new ArrayList<>();
    for (String member : bond.members()) {
      members.add(Objects.requireNonNull(goals.deviceName("", member)));
    }
    boolean balances = bond.mode() != dev.plumbline.spec.model.BondMode.ACTIVE_BACKUP;
    return new BondPort(
        members,
        mode(bond.mode()),
        goals.deviceName("", bond.options().primary()),
        millis(bond.options().upDelay()),
        millis(bond.options().downDelay()),
        balances ? REBALANCE_SECONDS : 0,
        vlan);
  }

  /** Modes that the switch does not have are refused elsewhere ({@link Unsupported}). */
  private static BondMode mode(dev.plumbline.spec.model.BondMode mode) {
    return switch (mode) {
      case BALANCE_SLB -> BondMode.BALANCE_SLB;
      case BALANCE_TCP -> BondMode.BALANCE_TCP;
      default -> BondMode.ACTIVE_BACKUP;
    };
  }

  private static int millis(@Nullable Duration delay) {
    return delay == null ? 0 : (int) delay.toMillis();
  }

  static TunnelPort tunnel(Tunnel tunnel, PortVlan vlan) {
    List<InetAddress> remotes = new ArrayList<>();
    IpAddress one = tunnel.remote();
    if (one != null) {
      remotes.add(one.toInetAddress());
    }
    tunnel.remotes().stream().sorted().forEach(each -> remotes.add(each.toInetAddress()));
    IpAddress local = tunnel.local();
    int tos = Objects.requireNonNullElse(tunnel.tos(), 0);
    return new TunnelPort(
        type(tunnel.type()),
        local == null ? null : local.toInetAddress(),
        remotes,
        tunnel.keyOfFlow() ? TunnelPort.KEY_OF_FLOW : Objects.requireNonNullElse(tunnel.key(), -1L),
        Objects.requireNonNullElse(tunnel.port(), usualPort(tunnel.type())),
        Objects.requireNonNullElse(tunnel.ttl(), TTL),
        tos == INHERIT_TOS ? -1 : tos,
        tunnel.df() != DontFragment.UNSET,
        Boolean.TRUE.equals(tunnel.checksum()),
        vlan);
  }

  private static PortConfig.TunnelType type(TunnelType type) {
    return switch (type) {
      case VXLAN -> PortConfig.TunnelType.VXLAN;
      case GENEVE -> PortConfig.TunnelType.GENEVE;
      case GRE, GRETAP -> PortConfig.TunnelType.GRE;
    };
  }

  private static int usualPort(TunnelType type) {
    return switch (type) {
      case VXLAN -> VXLAN_PORT;
      case GENEVE -> GENEVE_PORT;
      case GRE, GRETAP -> 0;
    };
  }
}
