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
import java.util.Objects;
import java.util.Set;
import java.util.function.ToLongFunction;
import java.util.regex.Pattern;
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
   * @throws IllegalArgumentException one of the flows is none, or cannot be done
   */
  @Nullable FlowTables compile(Set<FlowConfig> flows) {
    return flows.isEmpty()
        ? null
        : FlowTables.EMPTY.withNumbered(List.of(), numbered(flows, numbers));
  }

  /**
   * The same from tables that share what is the same: only flows that are others, and those that
   * may name a port that has another number, are read.
   *
   * @param before of the flows that there were
   * @param compilerBefore that made them
   */
  @Nullable FlowTables compile(
      Set<FlowConfig> flows,
      FlowTables before,
      Set<FlowConfig> flowsBefore,
      FlowCompiler compilerBefore) {
    if (flows.isEmpty()) {
      return null;
    }
    Set<FlowConfig> gone = new LinkedHashSet<>(flowsBefore);
    flows.forEach(gone::remove);
    if (2 * gone.size() > flowsBefore.size()) {
      return compile(flows); // is less work than to take out what is gone
    }
    Set<FlowConfig> put = new LinkedHashSet<>(flows);
    flowsBefore.forEach(put::remove);
    Set<String> renumbered = renumbered(compilerBefore);
    for (FlowConfig flow : renumbered.isEmpty() ? Set.<FlowConfig>of() : flows) {
      if (mayName(flow, renumbered) && flowsBefore.contains(flow)) {
        gone.add(flow);
        put.add(flow);
      }
    }
    return gone.isEmpty() && put.isEmpty()
        ? before
        : before.withNumbered(
            compilerBefore.numbered(gone, compilerBefore.numbers), numbered(put, numbers));
  }

  /** Names of ports that have not the numbers that they had. */
  private Set<String> renumbered(FlowCompiler compilerBefore) {
    Set<String> names = new LinkedHashSet<>(ports.keySet());
    names.addAll(compilerBefore.ports.keySet());
    names.removeIf(name -> Objects.equals(ports.get(name), compilerBefore.ports.get(name)));
    return names;
  }

  /** Whether the text has one of these names in it; one that is written otherwise may be in any. */
  private static boolean mayName(FlowConfig flow, Set<String> names) {
    for (String name : names) {
      if (!PLAIN.matcher(name).matches()
          || flow.match().contains(name)
          || flow.actions().contains(name)) {
        return true;
      }
    }
    return false;
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
