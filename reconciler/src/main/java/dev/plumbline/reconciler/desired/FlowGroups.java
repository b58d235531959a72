// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.desired;

import dev.plumbline.datapath.config.GroupConfig;
import dev.plumbline.datapath.openflow.FlowGroup;
import dev.plumbline.datapath.openflow.FlowSyntaxException;
import dev.plumbline.datapath.translate.FlowTables;
import dev.plumbline.datapath.translate.NamedFlows;
import dev.plumbline.spec.model.DesiredState;
import dev.plumbline.spec.model.GroupEntry;
import dev.plumbline.spec.value.Position;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The groups of one bridge of a file, as {@link Flows} has its flows. */
final class FlowGroups {
  private record Entry(
      String address, @Nullable Position position, GroupConfig config, FlowGroup parsed) {
    Flows.Mistake mistake(String message) {
      return new Flows.Mistake(address, position, message);
    }
  }

  private final DesiredState state;
  private final String bridge;

  /** By number, all that could be read. */
  private final Map<Long, Entry> entries = new LinkedHashMap<>();

  private final List<GroupConfig> good = new ArrayList<>();
  private final List<Flows.Mistake> mistakes = new ArrayList<>();

  /** Of those that flows name. */
  private final Set<Long> used = new TreeSet<>();

  /** Whether all could be read. */
  private boolean isWhole = true;

  FlowGroups(DesiredState state, String bridge) {
    this.state = state;
    this.bridge = bridge;
  }

  void read(List<GroupEntry> groups, NamedFlows names) {
    for (int i = 0; i < groups.size(); i++) {
      String item = state.sources().item("bridges." + bridge + ".groups", i);
      try {
        FlowGroup parsed = names.parseGroup(groups.get(i).source().text());
        Entry entry = new Entry(item, state.position(item), names.config(parsed), parsed);
        Entry other = entries.putIfAbsent(parsed.id(), entry);
        if (other != null) {
          mistakes.add(
              entry.mistake("has the number of " + name(other.address) + ": " + parsed.id()));
        }
      } catch (FlowSyntaxException e) {
        isWhole = false;
        mistakes.add(Flows.mistake(state, item, groups.get(i).source(), e));
      }
    }
    for (Entry entry : entries.values()) {
      String problem = problem(entry.parsed);
      if (problem == null) {
        good.add(entry.config);
      } else {
        mistakes.add(entry.mistake(problem));
      }
    }
  }

  /** {@code groups[2]} of {@code bridges.br0.groups[2]}. */
  static String name(String address) {
    return address.substring(address.lastIndexOf('.') + 1);
  }

  private @Nullable String problem(FlowGroup group) {
    String missing = missing(group.named());
    if (missing != null) {
      return missing;
    }
    if (ledTo(group.named()).contains(group.id())) {
      return "leads to itself: group " + group.id() + " is among what its buckets name";
    }
    try {
      List<FlowGroup> all = new ArrayList<>(standIns(group.named()));
      all.removeIf(other -> other.id() == group.id());
      all.add(group);
      FlowTables unused = FlowTables.EMPTY.withGroups(all);
      return null;
    } catch (IllegalArgumentException e) {
      return e.getMessage();
    }
  }

  /** Groups of those numbers, of which nothing else matters. */
  private static List<FlowGroup> standIns(Collection<Long> ids) {
    return ids.stream()
        .distinct()
        .map(id -> new FlowGroup(id, FlowGroup.Type.ALL, List.of()))
        .toList();
  }

  /** These groups and all that their buckets lead to. */
  private Set<Long> ledTo(Collection<Long> ids) {
    Set<Long> found = new TreeSet<>();
    Deque<Long> left = new ArrayDeque<>(ids);
    while (!left.isEmpty()) {
      Entry entry = found.add(left.peek()) ? entries.get(left.peek()) : null;
      left.remove();
      if (entry != null) {
        left.addAll(entry.parsed.named());
      }
    }
    return found;
  }

  private @Nullable String missing(List<Long> ids) {
    for (Long id : ids) {
      if (isWhole && !entries.containsKey(id)) {
        return missing("group", id, entries.keySet());
      }
    }
    return null;
  }

  /** That there is none of that number among the bridge's. */
  static String missing(String what, long id, Set<Long> there) {
    return "there is no %s %d among the bridge's `%ss`".formatted(what, id, what)
        + (there.isEmpty() ? "" : ", which are " + new TreeSet<>(there));
  }

  /**
   * Notes that a flow names groups.
   *
   * @return what is wrong with that; null: nothing
   */
  @Nullable String use(List<Long> ids) {
    used.addAll(ids);
    return missing(ids);
  }

  /** Tables that have groups of those numbers, of which nothing else matters. */
  static FlowTables tables(List<Long> ids) {
    return FlowTables.EMPTY.withGroups(standIns(ids));
  }

  /** Those that no flow leads to. */
  List<Flows.Mistake> doubts() {
    List<Flows.Mistake> doubts = new ArrayList<>();
    Set<Long> needed = ledTo(used);
    for (Entry entry : entries.values()) {
      if (!needed.contains(entry.parsed.id())) {
        doubts.add(entry.mistake("no flow sends anything to group " + entry.parsed.id()));
      }
    }
    return doubts;
  }

  /** Those without a mistake, in the file's order. */
  List<GroupConfig> good() {
    return good;
  }

  List<Flows.Mistake> mistakes() {
    return mistakes;
  }
}
