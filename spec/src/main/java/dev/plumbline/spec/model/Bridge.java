// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.spec.model;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A bridge. An embedded one has no device of its own, so that its settings name a namespace only.
 *
 * @param ports settings by reference; a bond or tunnel may join by its own {@code bridge} instead:
 *     use {@link DesiredState#portsOf}
 * @param vlan the bridge's own VLANs as seen by the host ("self"); kernel bridges only
 * @param vlanFiltering not named: on as soon as a port or the bridge has {@code vlan}, see {@link
 *     DesiredState#filtersVlans}
 * @param defaultPvid VLAN of ports without {@code vlan}, 0 to 4094; 0: none
 * @param groupForwardMask bit n: forward 01:80:c2:00:00:0n; 0 to 65535, the kernel refuses bits 0
 *     to 2
 * @param rstp embedded bridges only
 * @param forwardBpdu embedded bridges only
 * @param flows embedded bridges only; empty: a learning switch
 * @param groups embedded bridges only; what flows name
 * @param meters embedded bridges only; what flows name
 */
public record Bridge(
    DeviceSettings settings,
    Datapath datapath,
    Map<String, BridgePort> ports,
    @Nullable VlanMode vlan,
    @Nullable Boolean vlanFiltering,
    @Nullable VlanProtocol vlanProtocol,
    @Nullable Integer defaultPvid,
    @Nullable StpSettings stp,
    @Nullable MacTable macTable,
    @Nullable Boolean multicastSnooping,
    @Nullable Integer groupForwardMask,
    @Nullable StpSettings rstp,
    @Nullable Boolean forwardBpdu,
    List<FlowEntry> flows,
    List<GroupEntry> groups,
    List<MeterEntry> meters)
    implements DeviceKind {
  public Bridge {
    ports = Collections.unmodifiableMap(new LinkedHashMap<>(ports));
    flows = List.copyOf(flows);
    groups = List.copyOf(groups);
    meters = List.copyOf(meters);
  }

  public boolean isEmbedded() {
    return datapath == Datapath.EMBEDDED;
  }
}
