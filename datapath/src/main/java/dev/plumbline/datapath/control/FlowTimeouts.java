// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.control;

import dev.plumbline.datapath.config.BridgeConfig;
import dev.plumbline.datapath.config.FlowConfig;
import dev.plumbline.datapath.config.SwitchConfig;
import dev.plumbline.datapath.tally.FlowCount;
import dev.plumbline.datapath.tally.Tallies;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Which flows' time is up: no packet for so long, or changed so long ago. What flows counted is
 * added up only when one of them may be due: packets make that later, never earlier.
 */
final class FlowTimeouts {
  private static final long SECOND = 1_000_000_000L;

  /**
   * What a bridge has whose last flow has ended: without any it would be a learning switch, and
   * forward what no flow allowed.
   */
  private static final FlowConfig DROP = new FlowConfig(0, 0, "", "drop", 0, 0, 0);

  private boolean isNeeded;

  /** No flow is due before. */
  private long nextNanos;

  /** There is another configuration. */
  void configured(SwitchConfig config) {
    isNeeded = areIn(config);
    nextNanos = 0;
  }

  /** Whether any flow may ever end. */
  boolean isNeeded() {
    return isNeeded;
  }

  /** Whether any flow may ever end so. */
  static boolean areIn(SwitchConfig config) {
    return config.bridges().values().stream()
        .flatMap(bridge -> bridge.flows().stream())
        .anyMatch(FlowConfig::isTemporary);
  }

  /**
   * The flows that are to end now, by bridge. Those that stay all the same are due the next time.
   *
   * @param config of the last {@link #configured}
   */
  Map<String, List<FlowConfig>> due(SwitchConfig config, Tallies tallies, long nowNanos) {
    Map<String, List<FlowConfig>> due = new LinkedHashMap<>();
    if (!isNeeded || nowNanos < nextNanos) {
      return due;
    }
    tallies.addUp();
    nextNanos = Long.MAX_VALUE;
    for (Map.Entry<String, BridgeConfig> one : config.bridges().entrySet()) {
      for (FlowConfig flow : one.getValue().flows()) {
        FlowCount count = flow.isTemporary() ? tallies.count(one.getKey(), flow) : null;
        long end = count == null ? Long.MAX_VALUE : endNanos(flow, count);
        nextNanos = Math.min(nextNanos, end);
        if (end <= nowNanos) {
          due.computeIfAbsent(one.getKey(), any -> new ArrayList<>()).add(flow);
        }
      }
    }
    return due;
  }

  /** When the flow ends if no packet comes. */
  private static long endNanos(FlowConfig flow, FlowCount count) {
    long idle = flow.idleTimeoutSeconds() * SECOND;
    long hard = flow.hardTimeoutSeconds() * SECOND;
    long usedNanos = Math.max(count.usedNanos(), count.changedNanos());
    return Math.min(
        idle == 0 ? Long.MAX_VALUE : usedNanos + idle,
        hard == 0 ? Long.MAX_VALUE : count.changedNanos() + hard);
  }

  /** The configuration without them. */
  static SwitchConfig without(SwitchConfig config, Map<String, List<FlowConfig>> due) {
    Map<String, BridgeConfig> bridges = new LinkedHashMap<>(config.bridges());
    due.forEach(
        (name, ended) ->
            bridges.computeIfPresent(
                name,
                (same, bridge) -> {
                  Set<FlowConfig> left = new LinkedHashSet<>(bridge.flows());
                  ended.forEach(left::remove);
                  return bridge.withFlows(left.isEmpty() ? Set.of(DROP) : left);
                }));
    return new SwitchConfig(bridges);
  }
}
