// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.plumbline.reconciler.live.LiveState;
import dev.plumbline.reconciler.live.ResourceIndex;
import dev.plumbline.reconciler.resource.Resource;
import dev.plumbline.reconciler.resource.ResourceId;
import dev.plumbline.testkit.RandomHost;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.statistics.Statistics;
import org.jspecify.annotations.Nullable;

/**
 * What is planned for the part of a host that drifted is what is planned for all of it, whatever
 * somebody did to a host that was as its file says.
 */
class ExcerptProperties extends RandomHosts {
  @Property(tries = 1500)
  void the_plan_for_what_changed_is_the_plan_for_all(
      @ForAll("hosts") List<Integer> file, @ForAll("tampering") List<Integer> tampering) {
    Found settled = found(file, List.of());
    Goal goal = goal(RandomHost.file(file));
    Plan before = Planner.plan(goal, settled.live(), settled.ownership());
    Assume.that(before.isEmpty() && before.problems().isEmpty());
    LiveState live = settled.live();
    for (int i = 0; i + 1 < tampering.size(); i += 2) {
      live = tampered(live, tampering.get(i) % TAMPERINGS, tampering.get(i + 1));
    }
    LiveState now = live;
    Map<ResourceId, @Nullable Resource> changed = changed(settled.live(), now);
    Excerpt part = excerpt(goal, now, settled, changed, before.waiting());
    Statistics.label("told").collect(part == null ? "whole" : "part");
    Assume.that(part != null);
    Plan whole = Planner.plan(goal, now, settled.ownership());
    Plan some = Objects.requireNonNull(part).plan();
    assertEquals(lines(whole), lines(some), () -> "after " + changed.keySet());
    assertEquals(new TreeSet<>(whole.problems()), new TreeSet<>(some.problems()));
    assertEquals(whole.waiting(), some.waiting());
  }

  @Property(tries = 300)
  void what_changed_is_looked_at_itself(
      @ForAll("hosts") List<Integer> file, @ForAll("tampering") List<Integer> tampering) {
    Found settled = found(file, List.of());
    Goal goal = goal(RandomHost.file(file));
    LiveState live = tampered(settled.live(), tampering.get(0) % TAMPERINGS, tampering.get(1));
    Map<ResourceId, @Nullable Resource> changed = changed(settled.live(), live);
    Excerpt part = excerpt(goal, live, settled, changed, List.of());
    Assume.that(part != null);
    Set<ResourceId> seen = Objects.requireNonNull(part).live().byId().keySet();
    for (ResourceId id : changed.keySet()) {
      assertTrue(!live.has(id) || seen.contains(id), () -> id + " is not among " + seen);
    }
  }

  private static @Nullable Excerpt excerpt(
      Goal goal,
      LiveState live,
      Found settled,
      Map<ResourceId, @Nullable Resource> changed,
      List<Waiting> waiting) {
    ResourceIndex index = new ResourceIndex();
    live.resources().forEach(index::put);
    return Excerpt.of(
        new GoalIndex(goal),
        index,
        Set.of(),
        some -> new LiveState("host", live.capabilities(), some, Map.of()),
        settled.ownership(),
        changed,
        waiting);
  }

  private static Map<ResourceId, @Nullable Resource> changed(LiveState before, LiveState now) {
    Map<ResourceId, @Nullable Resource> changed = new LinkedHashMap<>();
    Set<ResourceId> all = new TreeSet<>(before.byId().keySet());
    all.addAll(now.byId().keySet());
    for (ResourceId id : all) {
      Resource old = before.find(id);
      if (!Objects.equals(old, now.find(id))) {
        changed.put(id, old);
      }
    }
    return changed;
  }

  /** Sorted: the order within a plan has more ways to be right than one. */
  private static List<String> lines(Plan plan) {
    return plan.changes().stream()
        .map(change -> change.waitingFor(List.of()).toString())
        .sorted()
        .collect(Collectors.toList());
  }
}
