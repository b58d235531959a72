// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.translate;

import dev.plumbline.datapath.classifier.Rule;
import dev.plumbline.datapath.classifier.RuleTable;
import dev.plumbline.datapath.classifier.Wildcards;
import dev.plumbline.datapath.openflow.Action;
import dev.plumbline.datapath.openflow.Action.GotoTable;
import dev.plumbline.datapath.openflow.Action.Load;
import dev.plumbline.datapath.openflow.Action.Modify;
import dev.plumbline.datapath.openflow.Action.Move;
import dev.plumbline.datapath.openflow.Action.Output;
import dev.plumbline.datapath.openflow.Action.OutputField;
import dev.plumbline.datapath.openflow.Action.Part;
import dev.plumbline.datapath.openflow.Action.PushVlan;
import dev.plumbline.datapath.openflow.Action.Resubmit;
import dev.plumbline.datapath.openflow.Action.SetField;
import dev.plumbline.datapath.openflow.Action.Simple;
import dev.plumbline.datapath.openflow.Action.WriteMetadata;
import dev.plumbline.datapath.openflow.FieldValues;
import dev.plumbline.datapath.openflow.Flow;
import dev.plumbline.datapath.openflow.MatchField;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The flows of a bridge. Immutable: {@link #with} makes another version, and whoever decides by one
 * sees no other. Ports in flows are the numbers of {@link PortNumbers}.
 *
 * <p>Refused are flows whose actions the fast path cannot do: those that change anything of a
 * packet but its VLAN tags, groups, meters and tunnel keys.
 */
public final class FlowTables {
  /** Without flows: every packet is dropped. */
  public static final FlowTables EMPTY =
      new FlowTables(Collections.nCopies(Flow.LAST_TABLE + 1, RuleTable.empty()));

  /** By number. */
  private final List<RuleTable<Flow>> tables;

  private FlowTables(List<RuleTable<Flow>> tables) {
    this.tables = tables;
  }

  /**
   * The tables with other flows: first some are taken out, then others put in.
   *
   * @param removed by table, match and priority; one that is not there is passed over
   * @param put each in place of the one with its table, match and priority
   * @throws IllegalArgumentException one of them cannot be done, and nothing is changed
   */
  public FlowTables with(Collection<Flow> removed, Collection<Flow> put) {
    put.forEach(FlowTables::refuseWhatCannotBeDone);
    Map<Integer, List<Rule<Flow>>> less = byTable(removed);
    Map<Integer, List<Rule<Flow>>> more = byTable(put);
    List<RuleTable<Flow>> changed = new ArrayList<>(tables);
    for (int table = 0; table <= Flow.LAST_TABLE; table++) {
      List<Rule<Flow>> out = less.getOrDefault(table, List.of());
      List<Rule<Flow>> in = more.getOrDefault(table, List.of());
      if (!out.isEmpty() || !in.isEmpty()) {
        changed.set(table, changed.get(table).with(out, in));
      }
    }
    return new FlowTables(changed);
  }

  private static Map<Integer, List<Rule<Flow>>> byTable(Collection<Flow> flows) {
    Map<Integer, List<Rule<Flow>>> tables = new TreeMap<>();
    for (Flow flow : flows) {
      tables
          .computeIfAbsent(flow.table(), any -> new ArrayList<>())
          .add(new Rule<>(flow.match(), flow.priority(), flow));
    }
    return tables;
  }

  private static void refuseWhatCannotBeDone(Flow flow) {
    for (Action action : flow.actions()) {
      if (!isPossible(action)) {
        throw new IllegalArgumentException("the switch cannot do " + action + " yet, of " + flow);
      }
    }
  }

  private static boolean isPossible(Action action) {
    if (action instanceof Modify modify) {
      return modify.part() == Part.MOD_VLAN_VID || modify.part() == Part.MOD_VLAN_PCP;
    }
    if (action instanceof SetField set) {
      return isPossible(set.field());
    }
    if (action instanceof Load load) {
      return isPossible(load.to().field());
    }
    if (action instanceof Move move) {
      return isPossible(move.to().field());
    }
    return (action instanceof Simple && action != Simple.DEC_TTL)
        || action instanceof Output
        || action instanceof OutputField
        || action instanceof PushVlan
        || action instanceof Resubmit
        || action instanceof GotoTable
        || action instanceof WriteMetadata;
  }

  private static boolean isPossible(MatchField changed) {
    return switch (changed) {
      case METADATA, VLAN_TCI, VLAN_VID, VLAN_PCP -> true;
      default -> changed.text().startsWith("reg");
    };
  }

  /** The flow for a packet; null: none. */
  @Nullable Flow lookup(int table, FieldValues packet, Wildcards looked) {
    Rule<Flow> found = tables.get(table).lookup(packet, looked);
    return found == null ? null : found.target();
  }

  /** Flows in all tables. */
  public int size() {
    return tables.stream().mapToInt(RuleTable::size).sum();
  }
}
