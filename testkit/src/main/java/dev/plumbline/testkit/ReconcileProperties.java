// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.plumbline.netlink.libc.Errno;
import dev.plumbline.reconciler.apply.Failure;
import dev.plumbline.reconciler.apply.Outcome;
import dev.plumbline.reconciler.apply.Outcome.Result;
import dev.plumbline.reconciler.live.LiveState;
import dev.plumbline.reconciler.model.Disturbance;
import dev.plumbline.reconciler.model.ModelKernel;
import dev.plumbline.reconciler.plan.Change;
import dev.plumbline.reconciler.plan.Goal;
import dev.plumbline.reconciler.plan.Plan;
import dev.plumbline.reconciler.resource.PeerText;
import dev.plumbline.reconciler.resource.Resource;
import dev.plumbline.reconciler.resource.ResourceId;
import dev.plumbline.reconciler.resource.ResourceType;
import dev.plumbline.reconciler.sim.ModelHost;
import dev.plumbline.reconciler.sim.RandomEdits;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/**
 * What holds of every two host files, one applied after the other, whatever somebody does to the
 * host in between: tried on a model kernel, by the code that applies to a real one. To have it
 * tried on files of your own, extend this and give those.
 *
 * <p>jqwik prints the smallest case that fails of those that it finds.
 */
public abstract class ReconcileProperties {
  /** The same cases each time, for who only asks whether something broke; more are further ones. */
  private static final String SEED = "20261121";

  private static final List<Integer> ERRNOS =
      List.of(
          Errno.ENOMEM,
          Errno.EBUSY,
          Errno.EEXIST,
          Errno.EINVAL,
          Errno.EPERM,
          Errno.ENODEV,
          Errno.ENOBUFS);

  /** Host files as text; those that validation refuses are passed over. */
  @Provide
  public abstract Arbitrary<String> files();

  /** What there is on the host that plumbline did not make. */
  protected abstract LiveState others();

  /** Pairs of numbers, each an edit by hand ({@link RandomEdits}). */
  @Provide
  public Arbitrary<List<Integer>> edits() {
    return Arbitraries.integers().between(0, 99).list().ofMinSize(0).ofMaxSize(6);
  }

  /** Which batch, or request, something happens at. */
  @Provide
  public Arbitrary<Integer> moments() {
    return Arbitraries.integers().between(0, 40);
  }

  private static Goal goal(String file) {
    Goal goal = ModelHost.goal(file);
    Assume.that(goal != null);
    return Objects.requireNonNull(goal);
  }

  private static void edit(ModelHost host, List<Integer> edits) {
    for (int i = 0; i + 1 < edits.size(); i += 2) {
      ModelHost.edit(host.kernel, edits.get(i) % RandomEdits.SORTS, edits.get(i + 1));
    }
  }

  /** A host that a file was applied to, and that somebody has changed since. */
  private ModelHost host(String before, List<Integer> edits) {
    Goal goal = goal(before);
    ModelHost host = new ModelHost(others());
    boolean done = false;
    try {
      Assume.that(host.plan(goal).problems().isEmpty());
      good(host.apply(goal));
      edit(host, edits);
      done = true;
      return host;
    } finally {
      if (!done) {
        host.close();
      }
    }
  }

  private static void good(Outcome outcome) {
    Failure failure = outcome.failure();
    // A device that no file names is down, as a bond leaves it: what is over it cannot come up.
    Assume.that(failure == null || !failure.message().contains("ENETDOWN"));
    assertTrue(
        outcome.isGood(),
        () ->
            outcome.result()
                + " "
                + outcome.failure()
                + " "
                + outcome.left()
                + "\nof\n"
                + text(outcome.plan()));
  }

  private static String text(Plan plan) {
    StringBuilder text = new StringBuilder();
    for (Change change : plan.changes()) {
      text.append(change.action().label()).append(' ').append(change.address());
      text.append(" (").append(change.id()).append(") ").append(change.fields());
      text.append(' ').append(change.disruption()).append('\n');
    }
    return text.toString();
  }

  private static void settled(ModelHost host, Goal goal) {
    assertEquals("", text(host.plan(goal)), "what another plan finds to do");
  }

  @Property(seed = SEED)
  void what_others_made_and_no_file_names_stays_as_it_is(
      @ForAll("files") String before,
      @ForAll("edits") List<Integer> edits,
      @ForAll("files") String after) {
    Goal goal = goal(after);
    Set<ResourceId> named = new HashSet<>();
    goal.wanted().forEach(wanted -> named.add(wanted.resource().id()));
    goal(before).wanted().forEach(wanted -> named.add(wanted.resource().id()));
    try (ModelHost host = host(before, edits)) {
      Plan plan = host.plan(goal);
      Assume.that(plan.problems().isEmpty());
      LiveState was = host.kernel.state();
      good(host.apply(goal));
      LiveState is = host.kernel.state();
      for (Resource each : was.resources()) {
        ResourceId id = each.id();
        boolean announced =
            plan.warnings().stream().anyMatch(warning -> warning.contains(id.toString()));
        boolean part = id.type() == ResourceType.VLANS || id.type() == ResourceType.FDB;
        if (!each.isOurs() && !announced && !part && !named.contains(id) && !isHalf(each, was)) {
          Resource now = is.find(id);
          String why = id + " is not as it was\n" + text(plan);
          assertTrue(now != null || isGone(id, is), why);
          if (now != null) {
            assertEquals(own(each, was), own(now, was), why);
          }
        }
      }
    }
  }

  /** A pair is one thing, so the far end of plumbline's own is, without a mark too. */
  private static boolean isHalf(Resource device, LiveState live) {
    boolean veth = device.get("kind").equals("veth");
    Resource mate = veth ? live.find(PeerText.parse(device.get("peer"))) : null;
    return mate != null && mate.isOurs();
  }

  /** The loopback device of a namespace that is gone. */
  private static boolean isGone(ResourceId id, LiveState live) {
    return id.device().equals("lo") && !live.has(ResourceId.namespaceNamed(id.namespace()));
  }

  /** Without what it has of a device of plumbline's, whose name may change. */
  private static Map<String, String> own(Resource resource, LiveState live) {
    Map<String, String> fields = new HashMap<>(resource.fields());
    for (String under : List.of("master", "parent")) {
      Resource device =
          live.find(ResourceId.deviceIn(resource.id().namespace(), resource.get(under)));
      if (device == null || device.isOurs()) {
        fields.remove(under);
      }
    }
    return fields;
  }

  @Property(seed = SEED)
  void an_apply_leaves_nothing_to_do(
      @ForAll("files") String before,
      @ForAll("edits") List<Integer> edits,
      @ForAll("files") String after) {
    Goal goal = goal(after);
    try (ModelHost host = host(before, edits)) {
      Assume.that(host.plan(goal).problems().isEmpty());
      good(host.apply(goal));
      settled(host, goal);
      ModelHost.Requests requests = host.count();
      assertEquals(Result.NOTHING_TO_DO, host.apply(goal).result());
      assertEquals(0, requests.count, "requests of an apply that has nothing to do");
    }
  }

  @Property(seed = SEED)
  void an_empty_file_gives_the_host_back(
      @ForAll("files") String before, @ForAll("files") String after) {
    Goal goal = goal(after);
    try (ModelHost host = host(before, List.of())) {
      Assume.that(host.plan(goal).problems().isEmpty());
      good(host.apply(goal));
      given(host, lost -> false);
    }
  }

  /** With an empty file the host is as it was before the first one. */
  private void given(ModelHost host, Predicate<Resource> excused) {
    good(host.apply(goal("version: 1\n")));
    try (ModelHost fresh = new ModelHost(others())) {
      LiveState was = fresh.kernel.state();
      LiveState is = host.kernel.state();
      Set<ResourceId> lost = new HashSet<>(was.byId().keySet());
      lost.removeAll(is.byId().keySet());
      lost.removeIf(id -> !excused.test(Objects.requireNonNull(was.find(id))));
      List<Resource> expected =
          was.resources().stream().filter(each -> !lost.contains(each.id())).toList();
      assertEquals("", difference(new LiveState("", was.capabilities(), expected, Map.of()), is));
    }
  }

  /**
   * What a device loses that is taken down, and what the plan puts back: a crash between the two
   * loses it, if another namespace comes in between. Nobody remembers what is not plumbline's.
   */
  private static boolean goesWithItsDevice(Resource resource) {
    ResourceId id = resource.id();
    return !resource.isOurs()
        && (id.type() == ResourceType.ROUTE
            || (id.type() == ResourceType.ADDRESS && id.key().contains(":")));
  }

  /** What is not the same in two states; empty for nothing. */
  private static String difference(LiveState wanted, LiveState found) {
    StringBuilder text = new StringBuilder();
    for (Resource each : wanted.resources()) {
      if (!each.equals(found.find(each.id()))) {
        text.append("not: ").append(each).append('\n');
      }
    }
    for (Resource each : found.resources()) {
      if (!each.equals(wanted.find(each.id()))) {
        text.append("but: ").append(each).append('\n');
      }
    }
    return text.toString();
  }

  @Property(seed = SEED)
  void a_crash_between_any_batches_leaves_a_host_that_the_next_run_brings_to_the_file(
      @ForAll("files") String before,
      @ForAll("edits") List<Integer> edits,
      @ForAll("files") String after,
      @ForAll("moments") int moment) {
    Goal goal = goal(after);
    try (ModelHost host = host(before, edits)) {
      Assume.that(host.plan(goal).problems().isEmpty());
      crash(host, goal, moment);
      host.restart();
      assertEquals(List.of(), host.plan(goal).problems());
      good(host.apply(goal));
      settled(host, goal);
    }
  }

  @Property(seed = SEED)
  void after_a_crash_an_empty_file_gives_the_host_back(
      @ForAll("files") String before,
      @ForAll("files") String after,
      @ForAll("moments") int moment) {
    Goal goal = goal(after);
    try (ModelHost host = host(before, List.of())) {
      Assume.that(host.plan(goal).problems().isEmpty());
      crash(host, goal, moment);
      host.restart();
      given(host, ReconcileProperties::goesWithItsDevice);
    }
  }

  private static void crash(ModelHost host, Goal goal, int moment) {
    host.kernel.disturb(
        at(
            moment,
            () -> {
              throw new ModelHost.Crash();
            }));
    try {
      good(host.apply(goal));
    } catch (ModelHost.Crash e) {
      Assume.that(true);
    }
    host.kernel.disturb(Disturbance.NONE);
  }

  /** Between two batches: what is in one goes to the kernel together, and is taken together. */
  private static Disturbance at(int moment, Runnable happening) {
    int[] count = {0};
    Change[] last = {null};
    return (kernel, change) -> {
      boolean next = change != last[0] && ModelKernel.startsBatch(last[0], change);
      if (next && count[0]++ == moment) {
        happening.run();
      }
      last[0] = change;
      return 0;
    };
  }

  @Property(seed = SEED)
  void a_refused_request_is_undone_or_what_is_left_of_it_is_named(
      @ForAll("files") String before,
      @ForAll("edits") List<Integer> edits,
      @ForAll("files") String after,
      @ForAll("moments") int moment,
      @ForAll("moments") int again,
      @ForAll("moments") int errno) {
    Goal goal = goal(after);
    try (ModelHost host = host(before, edits)) {
      Plan plan = host.plan(goal);
      Assume.that(plan.problems().isEmpty());
      LiveState was = host.kernel.state();
      int[] count = {0};
      int number = ERRNOS.get(errno % ERRNOS.size());
      // Half of all cases have one refusal; the others a second, which may be one of the way back.
      int second = again % 2 == 0 ? -1 : moment + again;
      host.kernel.disturb(
          (kernel, change) -> {
            int now = count[0]++;
            return now == moment || now == second ? number : 0;
          });
      Outcome outcome = host.apply(goal);
      host.kernel.disturb(Disturbance.NONE);
      LiveState is = host.kernel.state();
      switch (outcome.result()) {
        case NOTHING_TO_DO, APPLIED -> settled(host, goal);
        case UNDONE ->
            assertEquals("", difference(was, is), () -> outcome.failure() + "\n" + text(plan));
        case NOT_CONVERGED, UNDO_FAILED -> {
          assertFalse(outcome.left().isEmpty(), "it is not said what is left");
        }
      }
      Assume.that(host.plan(goal).problems().isEmpty());
      good(host.apply(goal));
    }
  }

  @Property(seed = SEED)
  void another_writer_makes_no_difference_to_the_end(
      @ForAll("files") String before,
      @ForAll("edits") List<Integer> edits,
      @ForAll("files") String after,
      @ForAll("edits") List<Integer> meanwhile,
      @ForAll("moments") int moment) {
    Goal goal = goal(after);
    try (ModelHost host = host(before, edits)) {
      Assume.that(host.plan(goal).problems().isEmpty());
      Outcome first;
      if (moment == 0) {
        first = host.apply(goal, () -> edit(host, meanwhile));
      } else {
        host.kernel.disturb(at(moment - 1, () -> edit(host, meanwhile)));
        first = host.apply(goal);
        host.kernel.disturb(Disturbance.NONE);
      }
      Plan plan = host.plan(goal);
      Assume.that(plan.problems().isEmpty());
      good(host.apply(goal));
      settled(host, goal);
      assertTrue(first.isGood() || !first.left().isEmpty() || first.failure() != null);
    }
  }
}
