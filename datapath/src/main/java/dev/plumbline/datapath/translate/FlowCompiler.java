// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.translate;

import dev.plumbline.datapath.config.FlowConfig;
import dev.plumbline.datapath.openflow.Action;
import dev.plumbline.datapath.openflow.Action.Output;
import dev.plumbline.datapath.openflow.Flow;
import dev.plumbline.datapath.openflow.FlowSyntaxException;
import dev.plumbline.datapath.openflow.FlowText;
import dev.plumbline.datapath.openflow.Match;
import dev.plumbline.datapath.openflow.MatchField;
import dev.plumbline.datapath.openflow.PortNames;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Makes a bridge's {@link FlowTables} of its configured flows. Names become numbers here, anew
 * whenever a port of the bridge has another one: a number that is given out again is never that of
 * a port that a flow named before.
 *
 * <p>A port that is not there has the number {@link #NOWHERE}. A tunnel with several remotes is
 * several ports: its flows are there once for each, and what is sent to it is sent to all.
 */
final class FlowCompiler {
  /** What no port's number is; flows from it never match, and what is sent to it goes nowhere. */
  static final int NOWHERE = 0xfeff;

  /** Numbers of a bridge's ports by name, several of a tunnel with several remotes. */
  private final Map<String, List<Integer>> ports;

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
    this.numbers = numbers;
  }

  private Map<String, List<Integer>> ports() {
    return ports;
  }

  /**
   * The tables of these flows; null: there are none.
   *
   * @param before tables of other flows with the same ports, which share what is the same; null:
   *     there are none
   * @throws IllegalArgumentException one of the flows is none, or cannot be done
   */
  @Nullable FlowTables compile(
      Set<FlowConfig> flows, @Nullable FlowTables before, Set<FlowConfig> flowsBefore) {
    if (flows.isEmpty()) {
      return null;
    }
    if (before == null) {
      return FlowTables.EMPTY.withNumbered(List.of(), numbered(flows, numbers));
    }
    Set<FlowConfig> gone = new LinkedHashSet<>(flowsBefore);
    flows.forEach(gone::remove);
    Set<FlowConfig> put = new LinkedHashSet<>(flows);
    flowsBefore.forEach(put::remove);
    return gone.isEmpty() && put.isEmpty()
        ? before
        : before.withNumbered(numbered(gone, flow -> 0), numbered(put, numbers));
  }

  private List<TableFlow> numbered(
      Iterable<FlowConfig> flows, ToLongFunction<FlowConfig> numberOf) {
    List<TableFlow> numbered = new ArrayList<>();
    for (FlowConfig config : flows) {
      try {
        Flow flow = FlowText.parse(config.text(), names);
        long number = numberOf.applyAsLong(config);
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
      } catch (FlowSyntaxException e) {
        throw new IllegalArgumentException(config.text() + ": " + e.getMessage(), e);
      }
    }
    return numbered;
  }

  /** The numbers of all remotes of the tunnel whose first remote has this number. */
  private List<Integer> remotes(int number) {
    for (List<Integer> port : ports.values()) {
      if (port.get(0) == number) {
        return port;
      }
    }
    return List.of(number);
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
