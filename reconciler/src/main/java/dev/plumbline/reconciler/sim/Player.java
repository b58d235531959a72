// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.sim;

import dev.plumbline.reconciler.apply.Failure;
import dev.plumbline.reconciler.apply.Outcome;
import dev.plumbline.reconciler.apply.Outcome.Result;
import dev.plumbline.reconciler.host.Restored;
import dev.plumbline.reconciler.live.LiveState;
import dev.plumbline.reconciler.model.Disturbance;
import dev.plumbline.reconciler.model.ModelKernel;
import dev.plumbline.reconciler.plan.Goal;
import dev.plumbline.reconciler.plan.Ownership;
import dev.plumbline.reconciler.plan.Plan;
import dev.plumbline.reconciler.resource.Resource;
import dev.plumbline.reconciler.resource.ResourceId;
import dev.plumbline.reconciler.resource.ResourceType;
import dev.plumbline.reconciler.sim.Tally.Count;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/** Plays one run on one host. */
final class Player implements AutoCloseable {
  /** A law does not hold. */
  private static final class BrokenException extends RuntimeException {
    private static final long serialVersionUID = 1;
    private final transient Broken broken;

    BrokenException(Law law, String detail) {
      super(detail, null, false, false);
      broken = new Broken(law, detail);
    }
  }

  /** What is known not to work, and nobody's fault, ends a run. */
  private static final class PassedOverException extends RuntimeException {
    private static final long serialVersionUID = 1;

    PassedOverException(String why) {
      super(why, null, false, false);
    }
  }

  private final LiveState others;
  private final List<NamedGoal> files;
  private final Disturbance nature;
  private final ModelHost host;
  private final List<String> story = new ArrayList<>();
  private final List<String> passedOver = new ArrayList<>();
  private final Tally tally = new Tally();
  private final Set<Integer> applied = new TreeSet<>();
  private final Set<Integer> refused = new TreeSet<>();
  private final Set<ResourceId> named = new HashSet<>();

  /** Devices that a crash left without a mark, of which a plan has told. */
  private final Set<ResourceId> leftOver = new HashSet<>();

  /** Of the plan that {@link #begin} told of last. */
  private int steps;

  private boolean edited;
  private boolean crashed;

  /** The last apply left something of what it should have undone. */
  private boolean leftSomething;

  /** Something was left once, which another apply of the same file may not have brought back. */
  private boolean lost;

  Player(LiveState others, List<NamedGoal> files, Disturbance nature) {
    this.others = others;
    this.files = files;
    this.nature = nature;
    this.host = new ModelHost(others);
    host.kernel.disturb(nature);
  }

  Played play(List<Event> events) {
    Broken broken = null;
    try {
      events.forEach(this::happen);
    } catch (BrokenException e) {
      broken = e.broken;
      tell("  " + broken.detail().strip().replace("\n", "\n  "));
    } catch (PassedOverException e) {
      tally.add(Count.CUT_SHORT);
      passOver(String.valueOf(e.getMessage()));
    } catch (RuntimeException | AssertionError e) {
      broken = new Broken(Law.ENDS, String.valueOf(e));
      tell("  it ends with " + e);
    }
    return new Played(story, broken, tally, applied, refused, passedOver);
  }

  private void tell(String line) {
    story.add(line);
  }

  private void passOver(String why) {
    tally.add(Count.PASSED_OVER);
    passedOver.add(why);
    tell("  passed over: " + why);
  }

  private static void hold(Law law, String wrong) {
    if (!wrong.isEmpty()) {
      throw new BrokenException(law, wrong);
    }
  }

  private void happen(Event event) {
    if (event instanceof Event.Applied apply) {
      apply(apply);
    } else if (event instanceof Event.RolledBack rolledBack) {
      rollBack(rolledBack.file() % files.size());
    } else if (event instanceof Event.Edited edit) {
      edit(edit);
    } else if (event instanceof Event.Followed followed) {
      follow(followed);
    } else {
      giveBack();
    }
  }

  private void edit(Event.Edited event) {
    String edit = Edits.make(host.kernel, event);
    if (edit != null) {
      edited = true;
      tally.add(Count.EDITS);
      tell("somebody else: " + edit);
    }
  }

  /** Whether a file can be applied now; it is told. */
  private boolean begin(String verb, int number) {
    NamedGoal file = files.get(number);
    if (!begin(verb, file)) {
      refused.add(number);
      return false;
    }
    return true;
  }

  private boolean begin(String verb, NamedGoal file) {
    Plan plan = host.plan(file.goal());
    steps = plan.changes().size();
    noteLeftOver(plan);
    tell(verb + " " + file.name() + ": " + counted(steps, "step"));
    if (!plan.problems().isEmpty()) {
      passOver("a plan for " + file.name() + " has a problem: " + plan.problems().get(0));
      return false;
    }
    file.goal().wanted().forEach(each -> named.add(each.resource().id()));
    return true;
  }

  static String counted(long count, String noun) {
    return count + " " + noun + (count == 1 ? "" : "s");
  }

  private void apply(Event.Applied event) {
    int number = event.file() % files.size();
    NamedGoal file = files.get(number);
    if (!begin("apply", number)) {
      return;
    }
    Goal goal = file.goal();
    LiveState was = host.kernel.state();
    int requests = 2 * steps + 1;
    Throwing throwing =
        new Throwing(nature, requests, event.happenings(), (each, line) -> happened(each, line));
    Outcome outcome = null;
    Watching watching = new Watching(host.kernel, throwing);
    host.kernel.disturb(watching);
    try (watching) {
      tally.add(Count.APPLIES);
      outcome = host.apply(goal);
    } catch (ModelHost.Crash e) {
      crashed = true;
    } catch (ModelHost.ProblemException e) {
      // Somebody has written since it was looked at, into what is read first.
      hold(Law.CONVERGES, throwing.torn() ? "" : "a plan has a problem: " + e.getMessage());
      tell("  it cannot be applied by now: " + e.getMessage());
    } catch (UncheckedIOException e) {
      if (!throwing.interrupted()) {
        throw e;
      }
      crashed = true; // it ends where it is, too
    }
    host.kernel.disturb(nature);
    edited |= throwing.edited();
    if (outcome == null) {
      host.restart();
    } else {
      ended(outcome, throwing, was, goal);
    }
    if (outcome == null || throwing.refused() || throwing.edited()) {
      again(file, throwing);
    }
    boolean whole = outcome != null && outcome.isGood() && !leftSomething;
    if (whole && outcome != null && !throwing.edited()) {
      hold(Law.FOREIGN, States.foreign(was, host.kernel.state(), outcome.plan(), named));
    }
    if (outcome != null && !throwing.refused() && !throwing.edited()) {
      hold(watching);
    }
    settled(goal);
    applied.add(number);
  }

  /** Of plans that were carried out while nobody else did anything. */
  private static void hold(Watching watching) {
    for (Witnessed each : watching.plans()) {
      Claims claims = new Claims(each);
      hold(Law.TRUE, claims.untrue());
      hold(Law.ANNOUNCED, claims.unannounced());
      hold(Law.NEEDED, claims.needless());
    }
  }

  /** Does what nobody disturbs, and that is good, and compares its plans with what happened. */
  private <T> T watched(Supplier<T> what, Consumer<T> good) {
    Watching watching = new Watching(host.kernel, nature);
    host.kernel.disturb(watching);
    T result;
    try (watching) {
      result = what.get();
    }
    host.kernel.disturb(nature);
    good.accept(result);
    hold(watching);
    return result;
  }

  private void applied(Goal goal) {
    tally.add(Count.APPLIES);
    Outcome unused = watched(() -> host.apply(goal), this::good);
  }

  private void happened(Happening happening, String line) {
    tell("  " + line);
    tally.add(
        switch (happening.sort()) {
          case REFUSAL -> Count.REFUSALS;
          case CRASH -> Count.CRASHES;
          case EDIT, TORN -> Count.EDITS;
          case INTERRUPTED -> Count.INTERRUPTIONS;
        });
  }

  /** What became of an apply in which something happened. */
  private void ended(Outcome outcome, Throwing throwing, LiveState was, Goal goal) {
    if (!throwing.refused() && !throwing.edited()) {
      good(outcome);
      return;
    }
    tell("  it ends: " + outcome.result().name().toLowerCase(Locale.ROOT).replace('_', ' '));
    switch (outcome.result()) {
      case NOTHING_TO_DO, APPLIED -> {
        if (!throwing.torn()) {
          settled(goal); // else somebody may have written after it was looked at
        }
      }
      case UNDONE -> {
        if (!throwing.edited()) {
          hold(Law.UNDONE, States.difference(was, host.kernel.state()));
        }
      }
      case NOT_CONVERGED, UNDO_FAILED -> {
        leftSomething = true;
        outcome.left().forEach(line -> tell("  left: " + line));
        hold(Law.UNDONE, outcome.left().isEmpty() ? "it is not said what is left" : "");
        boolean unread = outcome.result() == Result.UNDO_FAILED && throwing.interrupted();
        crashed |= unread; // it ends where it is, and the next apply goes on from there
        lost |= !unread;
        if (outcome.result() == Result.UNDO_FAILED && !throwing.edited()) {
          hold(Law.UNDONE, States.unnamed(was, host.kernel.state(), outcome));
        }
      }
    }
  }

  /** The next run, by which all is as it should be. */
  private void again(NamedGoal file, Throwing throwing) {
    Plan next = host.plan(file.goal());
    noteLeftOver(next);
    if (!next.problems().isEmpty()) {
      if (!throwing.edited() && !leftSomething) {
        for (String problem : next.problems()) {
          boolean told = throwing.refused() && namesLeftOver(problem);
          hold(Law.CONVERGES, told ? "" : "the next plan has a problem: " + problem);
        }
      }
      throw new PassedOverException(
          "a plan for " + file.name() + " has a problem: " + next.problems().get(0));
    }
    tell("apply " + file.name() + " again: " + counted(next.changes().size(), "step"));
    applied(file.goal());
    leftSomething = false; // what had been left is as the file says now
  }

  private boolean namesLeftOver(String problem) {
    return leftOver.stream()
        .map(id -> Pattern.compile("\\b" + Pattern.quote(id.toString()) + "(?![\\w.-])"))
        .anyMatch(name -> name.matcher(problem).find());
  }

  /** Notes of what was made and could not be marked, nor removed before the process died. */
  private void noteLeftOver(Plan plan) {
    if (!crashed || plan.warnings().isEmpty()) {
      return;
    }
    for (Resource device : host.kernel.state().ofType(ResourceType.DEVICE)) {
      String told = device.id() + " does not bear plumbline's mark";
      boolean left = !device.isOurs() && !others.has(device.id());
      if (left && plan.warnings().stream().anyMatch(each -> each.contains(told))) {
        leftOver.add(device.id());
      }
    }
  }

  /** A device that no file names is down, as a bond leaves it: what is over it cannot come up. */
  private void excuse(String message) {
    boolean down =
        host.kernel.state().ofType(ResourceType.DEVICE).stream()
            .anyMatch(device -> !device.isOurs() && device.get("up").equals("false"));
    if (down && message.contains("ENETDOWN")) {
      throw new PassedOverException("a device of others is down, and what is over it stays down");
    }
  }

  private void good(Outcome outcome) {
    Failure failure = outcome.failure();
    excuse(failure == null ? "" : failure.message());
    if (!outcome.isGood()) {
      String why = failure == null ? String.join("\n", outcome.left()) : failure.toString();
      hold(Law.CONVERGES, outcome.result() + ": " + why + "\nof\n" + States.text(outcome.plan()));
    }
  }

  private void settled(Goal goal) {
    int[] requests = {0};
    host.kernel.disturb(
        (kernel, change) -> {
          requests[0]++;
          return nature.before(kernel, change);
        });
    Outcome outcome = host.apply(goal);
    host.kernel.disturb(nature);
    String left = States.text(outcome.plan());
    hold(Law.CONVERGES, left.isEmpty() ? "" : "another plan finds to do: " + left);
    Result result = outcome.result();
    boolean none = result == Result.NOTHING_TO_DO && requests[0] == 0;
    hold(
        Law.CONVERGES,
        none
            ? ""
            : "an apply that has nothing to do makes " + requests[0] + " requests: " + result);
  }

  private void rollBack(int number) {
    NamedGoal file = files.get(number);
    if (!begin("apply, and roll back,", number)) {
      return;
    }
    tally.add(Count.ROLLBACKS);
    LiveState was = host.kernel.state();
    Ownership then = host.ownership();
    Restored unused =
        watched(
            () -> host.applyAndGoBack(file.goal(), this::good),
            restored -> wentBack(restored, was, then));
    applied.add(number);
  }

  private void wentBack(Restored restored, LiveState was, Ownership then) {
    String left = String.join("\n", restored.left());
    excuse(left);
    if (edited && !left.isEmpty()) {
      tell("  left: " + left); // such as a route whose way somebody has taken away before
      leftSomething = true;
      lost = true;
      return;
    }
    hold(Law.ROLLED_BACK, left.isEmpty() ? "" : "it says that it is left: " + left);
    hold(Law.ROLLED_BACK, States.difference(was, host.kernel.state()));
    boolean same = host.ownership().equals(then);
    hold(Law.ROLLED_BACK, same ? "" : "something else is remembered than before");
  }

  private void follow(Event.Followed event) {
    int number = event.file() % files.size();
    NamedGoal file = files.get(number);
    if (!begin("apply, and follow events,", number)) {
      return;
    }
    applied(file.goal());
    applied.add(number);
    Following following = new Following(host, file.goal());
    String wrong =
        following.compare(
            event.edits(),
            event.delivery(),
            edit -> {
              edited = true;
              tally.add(Count.EDITS);
              tell("  somebody else: " + edit);
            });
    if (wrong != null) {
      tally.add(Count.FOLLOWED);
      hold(Law.FOLLOWED, wrong);
    }
  }

  private void giveBack() {
    if (!begin("apply", NamedGoal.EMPTY)) {
      tally.add(Count.CUT_SHORT);
      return;
    }
    applied(NamedGoal.EMPTY.goal());
    LiveState is = host.kernel.state();
    Set<ResourceId> ours = new TreeSet<>();
    is.resources().stream().filter(Resource::isOurs).forEach(each -> ours.add(each.id()));
    // What somebody else has put on it keeps it, and a plan says that it waits for that to go.
    boolean waited = others.resources().stream().anyMatch(Resource::isOurs);
    boolean guest = edited || waited || !leftOver.isEmpty();
    boolean waits = guest && !host.plan(NamedGoal.EMPTY.goal()).waiting().isEmpty();
    if (!waits) {
      hold(Law.GIVEN_BACK, ours.isEmpty() ? "" : "still marked as plumbline's: " + ours);
      Ownership left = host.ownership();
      hold(Law.GIVEN_BACK, left.equals(Ownership.NONE) ? "" : "still remembered: " + left);
    }
    if (!edited && !lost && (leftOver.isEmpty() || !waits)) {
      hold(Law.GIVEN_BACK, States.difference(expected(is), is));
    }
  }

  /** What there was at first, but for what a crash may lose. */
  private LiveState expected(LiveState is) {
    LiveState was = new ModelKernel(others).state();
    Predicate<Resource> excused =
        each -> crashed && !is.has(each.id()) && States.goesWithItsDevice(each);
    List<Resource> expected =
        new ArrayList<>(was.resources().stream().filter(each -> !excused.test(each)).toList());
    for (Resource each : is.resources()) {
      ResourceId id = each.id();
      boolean on = !id.device().isEmpty() && leftOver.contains(id.ofDevice());
      if (on || leftOver.contains(id)) {
        expected.add(each);
      }
    }
    return new LiveState(was.host(), was.capabilities(), expected, Map.of());
  }

  @Override
  public void close() {
    host.close();
  }
}
