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
import org.jspecify.annotations.Nullable;

/** Which flows' time is up: no packet for so long, or changed so long ago. */
final class FlowTimeouts {
  private static final long SECOND = 1_000_000_000L;

  /**
   * What a bridge has whose last flow has ended: without any it would be a learning switch, and
   * forward what no flow allowed.
   */
  private static final FlowConfig DROP = new FlowConfig(0, 0, "", "drop", 0, 0, 0);

  private FlowTimeouts() {}

  /** Whether any flow may ever end so. */
  static boolean areIn(SwitchConfig config) {
    return config.bridges().values().stream()
        .flatMap(bridge -> bridge.flows().stream())
        .anyMatch(FlowConfig::isTemporary);
  }

  /** The flows that are to end now, by bridge. */
  static Map<String, List<FlowConfig>> due(SwitchConfig config, Tallies tallies, long nowNanos) {
    Map<String, List<FlowConfig>> due = new LinkedHashMap<>();
    tallies.addUp();
    config
        .bridges()
        .forEach(
            (name, bridge) ->
                bridge.flows().stream()
                    .filter(FlowConfig::isTemporary)
                    .filter(flow -> isDue(flow, tallies.count(name, flow), nowNanos))
                    .forEach(
                        flow -> due.computeIfAbsent(name, any -> new ArrayList<>()).add(flow)));
    return due;
  }

  private static boolean isDue(FlowConfig flow, @Nullable FlowCount count, long nowNanos) {
    if (count == null) {
      return false;
    }
    long idle = flow.idleTimeoutSeconds() * SECOND;
    long hard = flow.hardTimeoutSeconds() * SECOND;
    long usedNanos = Math.max(count.usedNanos(), count.changedNanos());
    return (idle != 0 && nowNanos - usedNanos >= idle)
        || (hard != 0 && nowNanos - count.changedNanos() >= hard);
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
