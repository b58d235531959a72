// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.translate;

import dev.plumbline.datapath.config.BridgeConfig;
import dev.plumbline.datapath.config.FlowConfig;
import dev.plumbline.datapath.config.GroupConfig;
import dev.plumbline.datapath.config.MeterConfig;
import dev.plumbline.datapath.openflow.Action;
import dev.plumbline.datapath.openflow.Action.Output;
import dev.plumbline.datapath.openflow.Flow;
import dev.plumbline.datapath.openflow.FlowGroup;
import dev.plumbline.datapath.openflow.FlowSyntaxException;
import dev.plumbline.datapath.openflow.FlowText;
import dev.plumbline.datapath.openflow.GroupText;
import dev.plumbline.datapath.openflow.Match;
import dev.plumbline.datapath.openflow.MatchField;
import dev.plumbline.datapath.openflow.PortNames;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.ToLongFunction;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Makes a bridge's {@link FlowTables} of its configured flows. Names become numbers here, anew
 * whenever a port that a flow may name has another one: a number that is given out again is never
 * that of a port that a flow named before.
 *
 * <p>A port that is not there has the number {@link #NOWHERE}. A tunnel with several remotes is
 * several ports: its flows are there once for each, and what is sent to it is sent to all.
 */
final class FlowCompiler {
  /** What no port's number is; flows from it never match, and what is sent to it goes nowhere. */
  static final int NOWHERE = 0xfeff;

  /** A name that stands in a flow as it is, in quotes or not. */
  private static final Pattern PLAIN = Pattern.compile("[\\w.:/@+-]+");

  /** Numbers of a bridge's ports by name, several of a tunnel with several remotes. */
  private final Map<String, List<Integer>> ports;

  /** Those of tunnels with several remotes, by the first remote's. */
  private final Map<Integer, List<Integer>> meshes;

  private final PortNames names =
      new PortNames() {
        @Override
        public int number(String name) {
          return ports().getOrDefault(name, List.of(NOWHERE)).get(0);
        }

        @Override
        public @Nullable String name(int number) {
          return null;
        }

        @Override
        public boolean areNamed() {
          return true;
        }
      };

  private final ToLongFunction<FlowConfig> numbers;

  /**
   * For one bridge.
   *
   * @param numbers under which packets are counted for flows
   */
  FlowCompiler(Map<String, List<Integer>> ports, ToLongFunction<FlowConfig> numbers) {
    this.ports = ports;
    this.meshes =
        ports.values().stream()
            .filter(all -> all.size() > 1)
            .collect(Collectors.toMap(all -> all.get(0), all -> all, (first, other) -> first));
    this.numbers = numbers;
  }

  private Map<String, List<Integer>> ports() {
    return ports;
  }

  /**
   * The tables of a bridge's flows; null: it has none.
   *
   * @throws IllegalArgumentException one of its flows or groups is none, or cannot be done
   */
  @Nullable FlowTables compile(BridgeConfig bridge) {
    return bridge.flows().isEmpty()
        ? null
        : FlowTables.EMPTY
            .withKnown(groups(bridge))
            .withMeters(meters(bridge))
            .withNumbered(List.of(), numbered(bridge.flows(), numbers));
  }

  /**
   * The same from tables that share what is the same: only flows that are others, and those that
   * may name a port that has another number, are read; of the groups all or none.
   *
   * @param before of the bridge as it was
   * @param compilerBefore that made them
   */
  @Nullable FlowTables compile(
      BridgeConfig bridge, FlowTables before, BridgeConfig old, FlowCompiler compilerBefore) {
    if (bridge.flows().isEmpty()) {
      return null;
    }
    List<FlowConfig> gone = without(old.flows(), bridge.flows());
    if (2 * gone.size() > old.flows().size()) {
      return compile(bridge); // is less work than to take out what is gone
    }
    List<FlowConfig> put = without(bridge.flows(), old.flows());
    Set<String> renumbered = renumbered(compilerBefore);
    for (FlowConfig flow : renumbered.isEmpty() ? Set.<FlowConfig>of() : bridge.flows()) {
      if (mayName(flow.match() + flow.actions(), renumbered) && old.flows().contains(flow)) {
        gone.add(flow);
        put.add(flow);
      }
    }
    boolean isGrouped =
        bridge.groups().equals(old.groups())
            && bridge.groups().stream().noneMatch(group -> mayName(group.buckets(), renumbered));
    FlowTables grouped = isGrouped ? before : before.withKnown(groups(bridge));
    if (!meters(bridge).equals(meters(old))) {
      grouped = grouped.withMeters(meters(bridge));
    }
    return gone.isEmpty() && put.isEmpty()
        ? grouped
        : grouped.withNumbered(
            compilerBefore.numbered(gone, compilerBefore.numbers), numbered(put, numbers));
  }

  private static List<FlowConfig> without(Set<FlowConfig> all, Set<FlowConfig> others) {
    List<FlowConfig> left = new ArrayList<>();
    for (FlowConfig flow : all) {
      if (!others.contains(flow)) {
        left.add(flow);
      }
    }
    return left;
  }

  /** Names of ports that have not the numbers that they had. */
  private Set<String> renumbered(FlowCompiler compilerBefore) {
    Set<String> names = new LinkedHashSet<>(ports.keySet());
    names.addAll(compilerBefore.ports.keySet());
    names.removeIf(name -> Objects.equals(ports.get(name), compilerBefore.ports.get(name)));
    return names;
  }

  /** Whether the text has one of these names in it; one that is written otherwise may be in any. */
  private static boolean mayName(String text, Set<String> names) {
    for (String name : names) {
      if (!PLAIN.matcher(name).matches() || text.contains(name)) {
        return true;
      }
    }
    return false;
  }

  private static Set<Long> meters(BridgeConfig bridge) {
    return bridge.meters().stream().map(MeterConfig::id).collect(Collectors.toSet());
  }

  private Map<Long, FlowGroup> groups(BridgeConfig bridge) {
    Map<Long, FlowGroup> groups = new HashMap<>();
    for (GroupConfig config : bridge.groups()) {
      try {
        FlowGroup group = GroupText.parse(config.text(), names);
        List<FlowGroup.Bucket> buckets =
            group.buckets().stream()
                .map(each -> new FlowGroup.Bucket(each.weight(), actions(each.actions())))
                .toList();
        groups.put(group.id(), new FlowGroup(group.id(), group.type(), buckets));
      } catch (FlowSyntaxException e) {
        throw new IllegalArgumentException(config.text() + ": " + e.getMessage(), e);
      }
    }
    return groups;
  }

  private List<TableFlow> numbered(
      Collection<FlowConfig> flows, ToLongFunction<FlowConfig> numberOf) {
    List<TableFlow> numbered = new ArrayList<>(flows.size());
    Iterator<Flow> parsed = NamedFlows.inOrder(flows, this::parse).iterator();
    for (FlowConfig config : flows) {
      Flow flow = parsed.next();
      long number = numberOf.applyAsLong(config);
      if (meshes.isEmpty()) {
        numbered.add(new TableFlow(flow, number));
        continue;
      }
      for (Match match : matches(flow.match())) {
        Flow one =
            new Flow(
                flow.table(),
                flow.priority(),
                flow.cookie(),
                flow.idleTimeoutSeconds(),
                flow.hardTimeoutSeconds(),
                match,
                actions(flow.actions()));
        numbered.add(new TableFlow(one, number));
      }
    }
    return numbered;
  }

  private Flow parse(FlowConfig config) {
    try {
      return FlowText.parse(config, names);
    } catch (FlowSyntaxException e) {
      throw new IllegalArgumentException(config.text() + ": " + e.getMessage(), e);
    }
  }

  /** The numbers of all remotes of the tunnel whose first remote has this number. */
  private List<Integer> remotes(int number) {
    return meshes.getOrDefault(number, List.of(number));
  }

  private List<Match> matches(Match match) {
    if (match.mask(MatchField.IN_PORT) == 0) {
      return List.of(match);
    }
    List<Match> matches = new ArrayList<>();
    for (int number : remotes((int) match.value(MatchField.IN_PORT))) {
      Match.Builder each = match.toBuilder();
      matches.add(each.field(MatchField.IN_PORT, number).build());
    }
    return matches;
  }

  private List<Action> actions(List<Action> actions) {
    List<Action> all = new ArrayList<>();
    for (Action action : actions) {
      if (action instanceof Output output) {
        remotes(output.port()).forEach(number -> all.add(new Output(number)));
      } else {
        all.add(action);
      }
    }
    return all;
  }
}
