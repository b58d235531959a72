// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.embedded;

import dev.plumbline.datapath.config.BridgeConfig;
import dev.plumbline.datapath.config.FlowConfig;
import dev.plumbline.datapath.config.GroupConfig;
import dev.plumbline.datapath.config.MeterConfig;
import dev.plumbline.datapath.config.SwitchConfig;
import dev.plumbline.datapath.openflow.Action;
import dev.plumbline.datapath.openflow.FlowGroup;
import dev.plumbline.datapath.translate.NamedFlows;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Flows that somebody puts into a running switch, beside those of the file. */
public final class RuntimeFlows {
  private RuntimeFlows() {}

  /**
   * The switch with other flows in one bridge: first some are taken out, then others put in, each
   * in place of the one with its table, priority and match. A bridge without flows is one with the
   * flow NORMAL, as in Open vSwitch, and keeps that one beside what is put in.
   *
   * @param delete by table, priority and match, without actions
   * @throws IllegalArgumentException there is no such bridge or flow, one cannot be, or none would
   *     be left, with which the bridge would be a learning switch again
   */
  public static SwitchConfig changed(
      SwitchConfig config, String bridge, List<String> add, List<String> delete) {
    BridgeConfig there = config.bridges().get(bridge);
    if (there == null) {
      throw new IllegalArgumentException("the embedded switch has no bridge " + bridge);
    }
    NamedFlows names = NamedFlows.of(there.ports().keySet());
    Map<String, FlowConfig> flows = new LinkedHashMap<>();
    there.flows().forEach(flow -> flows.put(flow.key(), flow));
    if (flows.isEmpty()) {
      FlowConfig normal = read(names, "priority=0 actions=NORMAL");
      flows.put(normal.key(), normal);
    }
    for (String text : delete) {
      String key = read(names, text + " actions=drop").key();
      if (flows.remove(key) == null) {
        throw new IllegalArgumentException(bridge + " has no flow " + key);
      }
    }
    Set<Long> groups = there.groups().stream().map(GroupConfig::id).collect(Collectors.toSet());
    Set<Long> meters = there.meters().stream().map(MeterConfig::id).collect(Collectors.toSet());
    List<NamedFlows.Read> added = names.readAll(add);
    for (int i = 0; i < added.size(); i++) {
      FlowConfig flow = added.get(i).config();
      List<Action> actions = added.get(i).parsed().actions();
      String of = add.get(i) + ": " + bridge;
      refuseMissing(FlowGroup.named(actions), groups, of + " has no group ");
      refuseMissing(Action.Meter.named(actions), meters, of + " has no meter ");
      flows.put(flow.key(), flow);
    }
    if (flows.isEmpty()) {
      throw new IllegalArgumentException(
          "no flow of "
              + bridge
              + " would be left, and a bridge without flows forwards as a learning switch: say what"
              + " it shall do instead, with --add 'priority=0 actions=NORMAL' (or drop)");
    }
    Set<FlowConfig> all = new LinkedHashSet<>(flows.values());
    Map<String, BridgeConfig> bridges = new LinkedHashMap<>(config.bridges());
    bridges.put(bridge, there.withFlows(all));
    return new SwitchConfig(bridges);
  }

  /** Those of the flows that are put in which are there as they are. */
  public static List<FlowConfig> again(SwitchConfig config, String bridge, List<String> add) {
    BridgeConfig there = config.bridges().get(bridge);
    if (there == null) {
      return List.of();
    }
    NamedFlows names = NamedFlows.of(there.ports().keySet());
    return add.stream().map(text -> read(names, text)).filter(there.flows()::contains).toList();
  }

  private static void refuseMissing(List<Long> named, Set<Long> there, String message) {
    for (Long id : named) {
      if (!there.contains(id)) {
        throw new IllegalArgumentException(message + id);
      }
    }
  }

  private static FlowConfig read(NamedFlows names, String text) {
    return names.readAll(List.of(text)).get(0).config();
  }
}
