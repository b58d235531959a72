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
 * @param tunnelKey TUNNEL: the key that all its packets have, or {@link #OF_FLOW}; otherwise, or
 *     without one, 0
 * @param tunnelRemote TUNNEL: where its packets come from if that is IPv4, or {@link #OF_FLOW};
 *     otherwise 0
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
    long tunnelRemote,
    @Nullable PortFilters filters) {
  /** Flows say it: packets go and come by the port's ends. */
  static final long OF_FLOW = -1;

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
    this(number, id, kind, bridge, logical, vlan, 0, peer, mode, 0, 0, null);
  }

  /** The same with filters. */
  Port with(@Nullable PortFilters newFilters) {
    return new Port(
        number,
        id,
        kind,
        bridge,
        logical,
        vlan,
        mesh,
        peer,
        mode,
        tunnelKey,
        tunnelRemote,
        newFilters);
  }

  /** Whether it is a tunnel that packets go and come by the ends of. */
  boolean hasEnds() {
    return tunnelKey == OF_FLOW || tunnelRemote == OF_FLOW;
  }

  /** One of its ends. */
  Port end(int newNumber, PortId newId, TunnelEnd end) {
    return new Port(
        newNumber,
        newId,
        kind,
        bridge,
        number,
        vlan,
        mesh,
        0,
        null,
        end.key(),
        TunnelEnd.number(end.remote()),
        filters);
  }

  /** Whether it is such an end. */
  boolean isEnd() {
    return kind == PortKind.TUNNEL && logical != number;
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
        && tunnelKey == other.tunnelKey
        && tunnelRemote == other.tunnelRemote;
  }
}
