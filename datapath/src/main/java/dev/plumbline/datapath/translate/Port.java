// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.translate;

import dev.plumbline.datapath.bridge.VlanRule;
import dev.plumbline.datapath.config.PortConfig.BondMode;
import dev.plumbline.datapath.config.PortFilter;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A port, compiled.
 *
 * @param bridge number of its bridge
 * @param logical number of its logical port: a member's bond, otherwise itself
 * @param mesh the same for all remotes of a mesh; 0: not of one
 * @param peer PATCH: number of the other end, 0: there is none; otherwise 0
 * @param mode BOND, MEMBER: the bond's; otherwise null
 * @param filters null: everything is let through
 * @param tunnelKey TUNNEL: the key that all its packets have; otherwise, or without one, 0
 */
record Port(
    int number,
    PortId id,
    PortKind kind,
    int bridge,
    int logical,
    VlanRule vlan,
    int mesh,
    int peer,
    @Nullable BondMode mode,
    long tunnelKey,
    @Nullable PortFilters filters) {
  /** One that is no tunnel's. */
  Port(
      int number,
      PortId id,
      PortKind kind,
      int bridge,
      int logical,
      VlanRule vlan,
      int peer,
      @Nullable BondMode mode) {
    this(number, id, kind, bridge, logical, vlan, 0, peer, mode, 0, null);
  }

  /** The same with filters. */
  Port with(@Nullable PortFilters newFilters) {
    return new Port(
        number, id, kind, bridge, logical, vlan, mesh, peer, mode, tunnelKey, newFilters);
  }

  /** Whether filters are the same. */
  boolean isFilteredAs(Port other) {
    PortFilter here = filters == null ? null : filters.config();
    PortFilter there = other.filters == null ? null : other.filters.config();
    return Objects.equals(here, there);
  }

  /** Whether number, place and neighbours are the same: all but how it takes part in VLANs. */
  boolean isWiredAs(Port other) {
    return id.equals(other.id)
        && kind == other.kind
        && bridge == other.bridge
        && logical == other.logical
        && mesh == other.mesh
        && peer == other.peer
        && tunnelKey == other.tunnelKey;
  }
}
