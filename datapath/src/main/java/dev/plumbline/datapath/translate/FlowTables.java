// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.translate;

import dev.plumbline.datapath.classifier.Rule;
import dev.plumbline.datapath.classifier.RuleTable;
import dev.plumbline.datapath.classifier.Wildcards;
import dev.plumbline.datapath.openflow.Action;
import dev.plumbline.datapath.openflow.Action.Meter;
import dev.plumbline.datapath.openflow.FieldValues;
import dev.plumbline.datapath.openflow.Flow;
import dev.plumbline.datapath.openflow.FlowGroup;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The flows of a bridge. Immutable: {@link #with} makes another version, and whoever decides by one
 * sees no other. Ports in flows are the numbers of {@link PortNumbers}.
 *
 * <p>Refused are flows and groups whose actions the fast path cannot do: {@link Abilities}.
 */
public final class FlowTables {
  /** Without flows: every packet is dropped. */
  public static final FlowTables EMPTY =
      new FlowTables(
          Collections.nCopies(Flow.LAST_TABLE + 1, RuleTable.empty()), Map.of(), Set.of(), false);

  /** By number. */
  private final List<RuleTable<TableFlow>> tables;

  /** Of one of them, or one of an earlier version. */
  private final boolean rewritesAddresses;

  private final Map<Long, FlowGroup> groups;

  /** Numbers of those that there are. */
  private final Set<Long> meters;

  private FlowTables(
      List<RuleTable<TableFlow>> tables,
      Map<Long, FlowGroup> groups,
      Set<Long> meters,
      boolean rewritesAddresses) {
    this.tables = tables;
    this.groups = groups;
    this.meters = meters;
    this.rewritesAddresses = rewritesAddresses;
  }

  /**
   * The tables with other flows: first some are taken out, then others put in.
   *
   * @param removed by table, match and priority; one that is not there is passed over
   * @param put each in place of the one with its table, match and priority
   * @throws IllegalArgumentException one of them cannot be done, or names a group or meter that
   *     there is not; nothing is changed
   */
  public FlowTables with(Collection<Flow> removed, Collection<Flow> put) {
    put.forEach(
        flow -> {
          refuseMissing("group", FlowGroup.named(flow.actions()), groups.keySet(), flow);
          refuseMissing("meter", Meter.named(flow.actions()), meters, flow);
        });
    return withNumbered(uncounted(removed), uncounted(put));
  }

  /**
   * As {@link #with}, with flows that packets are counted for. One may name a group or meter that
   * there is not: what it sends there is dropped.
   */
  FlowTables withNumbered(Collection<TableFlow> removed, Collection<TableFlow> put) {
    put.forEach(one -> refuseWhatCannotBeDone(one.flow().actions(), one.flow()));
    Map<Integer, List<Rule<TableFlow>>> less = byTable(removed);
    Map<Integer, List<Rule<TableFlow>>> more = byTable(put);
    List<RuleTable<TableFlow>> changed = new ArrayList<>(tables);
    for (int table = 0; table <= Flow.LAST_TABLE; table++) {
      List<Rule<TableFlow>> out = less.getOrDefault(table, List.of());
      List<Rule<TableFlow>> in = more.getOrDefault(table, List.of());
      if (!out.isEmpty() || !in.isEmpty()) {
        changed.set(table, changed.get(table).with(out, in));
      }
    }
    boolean rewrites = rewritesAddresses;
    for (TableFlow one : put) {
      for (Action action : one.flow().actions()) {
        rewrites |= Abilities.changesAddress(action);
      }
    }
    return new FlowTables(changed, groups, meters, rewrites);
  }

  /**
   * The tables with other groups, in place of all that there are. What flows send to a group that
   * is not there any more is dropped.
   *
   * @throws IllegalArgumentException one of them cannot be done or names one that there is not, or
   *     two have one number
   */
  public FlowTables withGroups(Collection<FlowGroup> newGroups) {
    Map<Long, FlowGroup> byId = new HashMap<>();
    for (FlowGroup group : newGroups) {
      if (byId.put(group.id(), group) != null) {
        throw new IllegalArgumentException("two groups have the number " + group.id());
      }
    }
    newGroups.forEach(group -> refuseMissing("group", group.named(), byId.keySet(), group));
    return withKnown(byId);
  }

  /** The same with groups that may name others that there are not. */
  FlowTables withKnown(Map<Long, FlowGroup> byId) {
    boolean rewrites = rewritesAddresses;
    for (FlowGroup group : byId.values()) {
      for (FlowGroup.Bucket bucket : group.buckets()) {
        refuseWhatCannotBeDone(bucket.actions(), group);
        rewrites |= bucket.actions().stream().anyMatch(Abilities::changesAddress);
      }
    }
    return new FlowTables(tables, Map.copyOf(byId), meters, rewrites);
  }

  /** The tables with other meters, in place of all that there are. */
  public FlowTables withMeters(Set<Long> numbers) {
    return new FlowTables(tables, groups, Set.copyOf(numbers), rewritesAddresses);
  }

  boolean hasMeter(long id) {
    return meters.contains(id);
  }

  /** The group of that number; null: there is none. */
  @Nullable FlowGroup group(long id) {
    return groups.get(id);
  }

  private static List<TableFlow> uncounted(Collection<Flow> flows) {
    return flows.stream().map(flow -> new TableFlow(flow, 0)).toList();
  }

  private static Map<Integer, List<Rule<TableFlow>>> byTable(Collection<TableFlow> flows) {
    Map<Integer, List<Rule<TableFlow>>> tables = new TreeMap<>();
    for (TableFlow one : flows) {
      Flow flow = one.flow();
      tables
          .computeIfAbsent(flow.table(), any -> new ArrayList<>())
          .add(new Rule<>(flow.match(), flow.priority(), one));
    }
    return tables;
  }

  private static void refuseWhatCannotBeDone(List<Action> actions, Object of) {
    for (Action action : actions) {
      if (!Abilities.has(action)) {
        throw new IllegalArgumentException("the switch cannot do " + action + " yet, of " + of);
      }
    }
  }

  private static void refuseMissing(String what, List<Long> named, Set<Long> there, Object of) {
    for (Long id : named) {
      if (!there.contains(id)) {
        throw new IllegalArgumentException(
            "the switch cannot do %s:%d: there is no such %s, of %s".formatted(what, id, what, of));
      }
    }
  }

  /** The flow for a packet; null: none. */
  @Nullable TableFlow lookup(int table, FieldValues packet, Wildcards looked) {
    Rule<TableFlow> found = tables.get(table).lookup(packet, looked);
    return found == null ? null : found.target();
  }

  /** Whether NORMAL may see other addresses than packets came with. */
  boolean rewritesAddresses() {
    return rewritesAddresses;
  }

  /** Flows in all tables. */
  public int size() {
    return tables.stream().mapToInt(RuleTable::size).sum();
  }
}
