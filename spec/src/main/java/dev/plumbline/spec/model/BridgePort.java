// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.spec.model;

import org.jspecify.annotations.Nullable;

/**
 * A port's settings in its bridge (bridge(8), {@code IFLA_BRPORT_*}).
 *
 * @param pathCost STP cost, 1 to 65535
 * @param priority STP port priority, 0 to 63
 * @param learning whether source addresses are learnt
 * @param flood whether unicast frames to unknown addresses go out
 * @param hairpin whether frames may leave by the port they came from
 * @param isolated whether it may speak to ports that are not isolated only
 * @param bpduGuard whether a BPDU disables the port
 * @param filter what is let through; embedded bridges only
 * @param rootBlock whether the port may never become the root port
 */
public record BridgePort(
    @Nullable VlanMode vlan,
    @Nullable Integer pathCost,
    @Nullable Integer priority,
    @Nullable Boolean learning,
    @Nullable Boolean flood,
    @Nullable Boolean multicastFlood,
    @Nullable Boolean broadcastFlood,
    @Nullable Boolean hairpin,
    @Nullable Boolean isolated,
    @Nullable Boolean bpduGuard,
    @Nullable Boolean rootBlock,
    @Nullable Boolean fastLeave,
    @Nullable Boolean neighSuppress,
    @Nullable PortFilter filter) {

  private static final BridgePort PLAIN = withVlan(null);

  /** A port of which nothing is named. */
  public static BridgePort plain() {
    return PLAIN;
  }

  /** A port of which only the VLANs are named. */
  public static BridgePort withVlan(@Nullable VlanMode vlan) {
    return new BridgePort(
        vlan, null, null, null, null, null, null, null, null, null, null, null, null, null);
  }

  /** This port in other VLANs. */
  public BridgePort inVlan(@Nullable VlanMode other) {
    return new BridgePort(
        other,
        pathCost,
        priority,
        learning,
        flood,
        multicastFlood,
        broadcastFlood,
        hairpin,
        isolated,
        bpduGuard,
        rootBlock,
        fastLeave,
        neighSuppress,
        filter);
  }
}
