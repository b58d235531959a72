// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.config;

import java.util.AbstractSet;
import java.util.Collection;
import java.util.Collections;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/**
 * A bridge: a learning switch (NORMAL), or what its flows make of it.
 *
 * @param ports by name, which is the device's name for devices, and unique in the bridge
 * @param forwardBpdu whether frames to 01:80:c2:00:00:00 to 0f are forwarded as any other;
 *     otherwise they are dropped (IEEE 802.1Q-2022, table 8-1)
 * @param flows in any order, no two with one table, priority and match; none: NORMAL alone
 * @param filters by port, of those that have one
 * @param groups that flows name, in any order, no two with one number
 * @param meters that flows name, in any order, no two with one number
 */
public record BridgeConfig(
    Map<String, PortConfig> ports,
    MacTableConfig macTable,
    boolean forwardBpdu,
    Set<FlowConfig> flows,
    Map<String, PortFilter> filters,
    Set<GroupConfig> groups,
    Set<MeterConfig> meters) {
  /** A copy that nobody changes: a bridge with other ports shares it, however large it is. */
  private static final class Flows extends AbstractSet<FlowConfig> {
    private final Set<FlowConfig> all;

    private Flows(Collection<FlowConfig> all) {
      this.all = Collections.unmodifiableSet(new LinkedHashSet<>(all));
    }

    static Flows of(Collection<FlowConfig> all) {
      return all instanceof Flows flows ? flows : new Flows(all);
    }

    @Override
    public Iterator<FlowConfig> iterator() {
      return all.iterator();
    }

    @Override
    public boolean contains(Object flow) {
      return all.contains(flow);
    }

    @Override
    public int size() {
      return all.size();
    }
  }

  public BridgeConfig {
    ports = Collections.unmodifiableMap(new LinkedHashMap<>(ports));
    flows = Flows.of(flows);
    filters = Map.copyOf(filters);
    groups = Collections.unmodifiableSet(new LinkedHashSet<>(groups));
    meters = Collections.unmodifiableSet(new LinkedHashSet<>(meters));
  }

  /** A learning switch. */
  public BridgeConfig(Map<String, PortConfig> ports, MacTableConfig macTable, boolean forwardBpdu) {
    this(ports, macTable, forwardBpdu, Set.of());
  }

  /** One without filters, groups and meters. */
  public BridgeConfig(
      Map<String, PortConfig> ports,
      MacTableConfig macTable,
      boolean forwardBpdu,
      Set<FlowConfig> flows) {
    this(ports, macTable, forwardBpdu, flows, Map.of(), Set.of(), Set.of());
  }

  /** The same bridge with other flows. */
  public BridgeConfig withFlows(Collection<FlowConfig> newFlows) {
    return new BridgeConfig(
        ports, macTable, forwardBpdu, Flows.of(newFlows), filters, groups, meters);
  }

  /** The same bridge with other filters. */
  public BridgeConfig withFilters(Map<String, PortFilter> newFilters) {
    return new BridgeConfig(ports, macTable, forwardBpdu, flows, newFilters, groups, meters);
  }

  /** The same bridge with other groups. */
  public BridgeConfig withGroups(Set<GroupConfig> newGroups) {
    return new BridgeConfig(ports, macTable, forwardBpdu, flows, filters, newGroups, meters);
  }

  /** The same bridge with other meters. */
  public BridgeConfig withMeters(Set<MeterConfig> newMeters) {
    return new BridgeConfig(ports, macTable, forwardBpdu, flows, filters, groups, newMeters);
  }
}
