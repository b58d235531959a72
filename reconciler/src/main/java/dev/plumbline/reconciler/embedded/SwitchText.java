// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.embedded;

import dev.plumbline.datapath.config.BridgeConfig;
import dev.plumbline.datapath.config.FlowConfig;
import dev.plumbline.datapath.config.GroupConfig;
import dev.plumbline.datapath.config.MeterConfig;
import dev.plumbline.datapath.config.PortConfig;
import dev.plumbline.datapath.config.PortFilter;
import dev.plumbline.datapath.config.SwitchConfig;
import dev.plumbline.reconciler.resource.Resource;
import dev.plumbline.reconciler.resource.ResourceType;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** A whole switch as resources. */
public final class SwitchText {
  private SwitchText() {}

  /** All bridges, ports, groups, meters and flows. */
  public static List<Resource> resources(SwitchConfig config) {
    List<Resource> resources = new ArrayList<>();
    config
        .bridges()
        .forEach(
            (name, bridge) -> {
              resources.add(BridgeText.of(name, bridge));
              bridge
                  .ports()
                  .forEach(
                      (port, value) ->
                          resources.add(
                              PortText.of(name, port, value, bridge.filters().get(port))));
              bridge.groups().forEach(group -> resources.add(GroupText.of(name, group)));
              bridge.meters().forEach(meter -> resources.add(MeterText.of(name, meter)));
              bridge.flows().forEach(flow -> resources.add(FlowText.of(name, flow)));
            });
    return resources;
  }

  /**
   * The switch that {@link #resources} made these of.
   *
   * @throws IllegalArgumentException if a field is not understood, or a port's bridge is missing
   */
  public static SwitchConfig config(Collection<Resource> resources) {
    Map<String, Map<String, PortConfig>> ports = new TreeMap<>();
    Map<String, Map<String, PortFilter>> filters = new TreeMap<>();
    Map<String, Set<FlowConfig>> flows = new TreeMap<>();
    Map<String, Set<GroupConfig>> groups = new TreeMap<>();
    Map<String, Set<MeterConfig>> meters = new TreeMap<>();
    Map<String, Resource> bridges = new TreeMap<>();
    for (Resource resource : resources) {
      if (resource.id().type() == ResourceType.BRIDGE) {
        bridges.put(resource.id().key(), resource);
      } else if (resource.id().type() == ResourceType.PORT) {
        ports
            .computeIfAbsent(PortText.bridge(resource.id()), name -> new TreeMap<>())
            .put(PortText.name(resource.id()), PortText.parse(resource));
        PortFilter filter = PortText.filter(resource);
        if (filter != null) {
          filters
              .computeIfAbsent(PortText.bridge(resource.id()), name -> new TreeMap<>())
              .put(PortText.name(resource.id()), filter);
        }
      } else if (resource.id().type() == ResourceType.FLOW) {
        flows
            .computeIfAbsent(FlowText.bridge(resource.id()), name -> new LinkedHashSet<>())
            .add(FlowText.parse(resource));
      } else if (resource.id().type() == ResourceType.GROUP) {
        groups
            .computeIfAbsent(FlowText.bridge(resource.id()), name -> new LinkedHashSet<>())
            .add(GroupText.parse(resource));
      } else if (resource.id().type() == ResourceType.METER) {
        meters
            .computeIfAbsent(FlowText.bridge(resource.id()), name -> new LinkedHashSet<>())
            .add(MeterText.parse(resource));
      }
    }
    for (Set<String> named :
        List.of(ports.keySet(), flows.keySet(), groups.keySet(), meters.keySet())) {
      for (String bridge : named) {
        if (!bridges.containsKey(bridge)) {
          throw new IllegalArgumentException("there is no bridge " + bridge);
        }
      }
    }
    Map<String, BridgeConfig> parsed = new LinkedHashMap<>();
    bridges.forEach(
        (name, bridge) ->
            parsed.put(
                name,
                BridgeText.parse(bridge, ports.getOrDefault(name, Map.of()))
                    .withFlows(flows.getOrDefault(name, Set.of()))
                    .withGroups(groups.getOrDefault(name, Set.of()))
                    .withMeters(meters.getOrDefault(name, Set.of()))
                    .withFilters(filters.getOrDefault(name, Map.of()))));
    return new SwitchConfig(parsed);
  }
}
