// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.agent;

import dev.plumbline.reconciler.agent.Holds.Split;
import dev.plumbline.reconciler.apply.Failure;
import dev.plumbline.reconciler.apply.Outcome;
import dev.plumbline.reconciler.apply.Progress;
import dev.plumbline.reconciler.host.BusyException;
import dev.plumbline.reconciler.host.Host;
import dev.plumbline.reconciler.host.KernelWatch;
import dev.plumbline.reconciler.live.LiveState;
import dev.plumbline.reconciler.live.LostTrackException;
import dev.plumbline.reconciler.live.Touched;
import dev.plumbline.reconciler.plan.Action;
import dev.plumbline.reconciler.plan.Change;
import dev.plumbline.reconciler.plan.Excerpt;
import dev.plumbline.reconciler.plan.Plan;
import dev.plumbline.reconciler.resource.Resource;
import dev.plumbline.reconciler.resource.ResourceId;
import dev.plumbline.reconciler.resource.ResourceType;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Puts back what drifted from the good revision, in one of two ways.
 *
 * <p>The <b>whole</b>: read the host, plan, apply, read again. It is right whatever happened, and
 * decides. The <b>part</b>: follow what events tell of the host that was read last, plan for what
 * they touched, apply, follow the events of that, and plan once more. It finds nothing that the
 * whole would not find, in a small part of the time; where anything is not plain (lost events, a
 * new namespace, a device that is to be removed or made anew, a step that fails, a repair that did
 * not take) it leaves the matter to the whole. For one thread.
 */
final class Repairing {
  /** Bursts that are taken in, one after the other, before one is answered. */
  private static final int BURSTS = 3;

  /** A namespace is whole a moment after its name; one that may not be read may never be. */
  private final Backoff halfMade = new Backoff(Duration.ofMillis(5), Duration.ofMinutes(1));

  private static final long BUSY_NANOS = Duration.ofSeconds(1).toNanos();

  private final Host host;
  private final KernelWatch watch;
  private final Schedule schedule;
  private final Holds holds;
  private final Fights fights;
  private final Standing standing;
  private final Reports reports;
  private final AgentLog log;

  /** Asked between planning and applying: what was damaged after a pause began is not repaired. */
  private final BooleanSupplier paused;

  private final Writers writers = new Writers(Path.of("/"));

  private long repairs;

  /** What is not as it was when there was nothing to do, each as it was. */
  private final Map<ResourceId, @Nullable Resource> changed = new LinkedHashMap<>();

  /** The revision that the host was compared with as a whole, and followed since; null: none. */
  private @Nullable Attempt followed;

  Repairing(
      Host host,
      KernelWatch watch,
      Schedule schedule,
      Fights fights,
      Holds holds,
      Standing standing,
      Reports reports,
      AgentLog log,
      BooleanSupplier paused) {
    this.host = host;
    this.watch = watch;
    this.schedule = schedule;
    this.fights = fights;
    this.holds = holds;
    this.standing = standing;
    this.reports = reports;
    this.log = log;
    this.paused = paused;
  }

  /** How many repairs of parts there were. */
  long repairs() {
    return repairs;
  }

  /** The host is to be compared as a whole before anything is followed again. */
  void doubt() {
    followed = null;
    changed.clear();
  }

  /**
   * Repairs what events touched.
   *
   * @return false if it takes the whole; nothing that happened is forgotten then
   */
  boolean part(Attempt good) throws IOException {
    if (followed != good || good.hasFailed()) {
      return false;
    }
    long first = watch.firstNanos();
    boolean done = false;
    try {
      done = follow(good, first);
    } catch (LostTrackException e) {
      done = false; // nothing is wrong: the whole is read, as if no event had told anything
    } catch (BusyException e) {
      postpone(e);
    } finally {
      if (!done) {
        doubt();
      }
    }
    return done;
  }

  private boolean follow(Attempt good, long first) throws IOException, LostTrackException {
    if (!takeIn()) {
      return false;
    }
    if (changed.isEmpty()) {
      return true;
    }
    Excerpt part = host.excerpt(good.index(), changed, reports.waiting());
    Plan plan = part == null ? null : part.plan();
    if (part == null || plan == null || !isPlain(part, plan)) {
      return false;
    }
    boolean awaited = reports.waiting(plan);
    Split split = holds.split(plan);
    if (split.kept().isEmpty()) {
      settled(split);
      return true;
    }
    if (paused.getAsBoolean()) {
      return false; // the whole rests, too, and the host is read when the pause is over
    }
    repairs++;
    Failure failure = host.repair(part, split.kept());
    if (failure != null) {
      return false; // the whole finds out how the host is now, and says what is in the way
    }
    long nanos = System.nanoTime() - first;
    suspect(split.kept());
    boolean known = takeIn();
    Excerpt after = known ? host.excerpt(good.index(), changed, reports.waiting()) : null;
    Plan left = after == null ? null : after.plan();
    Split again = left == null ? null : holds.split(left);
    boolean repaired =
        left != null && again != null && left.problems().isEmpty() && again.kept().isEmpty();
    say(good, split.kept(), awaited, repaired, true, nanos);
    countRepairs(split.kept());
    if (repaired) {
      holds.succeeded(split.kept());
      settled(Objects.requireNonNull(again));
    }
    return repaired;
  }

  /** Takes in all that happened; false where that is more than can be told. */
  private boolean takeIn() throws IOException, LostTrackException {
    for (int i = 0; i < BURSTS; i++) {
      watch.drain();
      if (watch.isWhole()) {
        return false;
      }
      Map<String, Touched> touched = watch.take();
      if (touched.isEmpty()) {
        return true;
      }
      // Asking a link makes one wait until the kernel is done with what it is at; so what belongs
      // to one burst is there after it.
      host.follow(touched)
          .forEach(
              (id, before) -> {
                if (!changed.containsKey(id)) {
                  changed.put(id, before);
                }
              });
    }
    return true;
  }

  /** What was written is read back even if the kernel sends no event for it. */
  private void suspect(Plan plan) throws LostTrackException {
    for (Change change : plan.changes()) {
      ResourceId id = change.id();
      Integer index = id.device().isEmpty() ? null : host.indexOf(id.ofDevice());
      if (index != null) {
        watch.touched(id.namespace()).suspect(index);
      } else if (id.type() == ResourceType.RULE) {
        watch.touched(id.namespace()).suspectRules();
      } else if (id.type() == ResourceType.SYSCTL) {
        watch.touched(id.namespace()).suspectSysctls();
      }
    }
  }

  /** Nothing is left to do but for what is held. */
  private void settled(Split split) {
    Set<ResourceId> held = new HashSet<>();
    split.held().forEach(change -> held.add(change.id()));
    changed.keySet().retainAll(held);
    split.held().forEach(change -> changed.putIfAbsent(change.id(), change.before()));
    standing.drifted(split.why().values().stream().map(Condition::why).toList());
    standing.objects(List.copyOf(split.why().values()));
    reports.drifted(split);
    if (split.nanos() != Long.MAX_VALUE) {
      schedule.due(split.nanos());
    }
    standing.checked();
  }

  private boolean isPlain(Excerpt part, Plan plan) throws LostTrackException {
    if (!plan.problems().isEmpty() || !plan.warnings().isEmpty()) {
      return false;
    }
    for (Change change : plan.changes()) {
      boolean device = change.id().type() == ResourceType.DEVICE;
      boolean edits = change.action() == Action.MODIFY;
      if (device && !edits && change.action() != Action.CREATE) {
        return false;
      }
      // It may have been moved to a namespace of which no event tells.
      if (device && !edits && !watch.watches(host.namespaces())) {
        return false;
      }
      if (change.before() != null
          && change instanceof Change.Modify modify
          && !modify.live().id().equals(modify.id())) {
        return false;
      }
    }
    return part.keepsOwnership(plan);
  }

  /**
   * Compares the whole host with the good revision, and applies if there is anything to do.
   *
   * @param first when the first event came that this answers
   * @return whether to check once more
   */
  boolean whole(Attempt attempt, long first) throws IOException {
    doubt();
    LiveState live = read(attempt);
    Plan all = host.plan(attempt.goal, live);
    boolean awaited = reports.waiting(all);
    Split split = holds.split(all);
    reports.problems(all.problems());
    // What held once is put back whatever is reached: to undo that would be to drift again.
    Plan plan = split.kept().withoutChecks();
    if (plan.isEmpty() && plan.problems().isEmpty()) {
      attempt.succeeded();
      if (split.held().isEmpty()) {
        holds.allWell();
      }
      settled(split);
      followed = attempt;
      host.awaitFollowing();
      attempt.makeIndex();
      return false;
    }
    if (isHeld(attempt, live)) {
      standing.drifted(List.of("left alone for now: " + Drift.describe(plan)));
      return false;
    }
    if (!plan.problems().isEmpty()) {
      standing.drifted(plan.problems());
      attempt.failed(live);
      return false;
    }
    if (paused.getAsBoolean()) {
      return false;
    }
    Outcome outcome;
    try {
      outcome =
          host.apply(attempt.goal, live, plan, Progress.silent(), left -> holds.split(left).kept());
    } catch (BusyException e) {
      postpone(e);
      return false;
    }
    return applied(attempt, plan, outcome, awaited, System.nanoTime() - first);
  }

  private boolean applied(Attempt attempt, Plan plan, Outcome outcome, boolean awaited, long nanos)
      throws IOException {
    boolean repaired = outcome.isGood();
    // What is left is something else than what was just done: it drifted meanwhile.
    boolean more =
        outcome.result() == Outcome.Result.NOT_CONVERGED
            && !outcome.remaining().changes().equals(plan.changes());
    say(attempt, plan, awaited, repaired, more, nanos);
    switch (outcome.result()) {
      case NOTHING_TO_DO, APPLIED -> {
        attempt.succeeded();
        holds.succeeded(plan);
        standing.drifted(List.of());
      }
      case NOT_CONVERGED -> {
        standing.drifted(outcome.left());
        if (!more) {
          reports.lines(outcome.left(), "not-converged", "  ");
          for (Change change : outcome.remaining().changes()) {
            schedule.due(holds.failed(change.address(), "the kernel took it, but it is not so"));
          }
        }
      }
      case UNDONE, UNDO_FAILED -> {
        reports.failure("the repair", outcome);
        Failure failure = Objects.requireNonNull(outcome.failure());
        standing.drifted(List.of(failure.toString()));
        // The rest is tried again at once, without it.
        schedule.due(holds.failed(failure.address(), failure.message()));
        schedule.due(0);
      }
    }
    countRepairs(plan);
    afterApply(attempt);
    return repaired || more;
  }

  private void say(
      Attempt attempt, Plan plan, boolean awaited, boolean repaired, boolean more, long nanos) {
    log.say(
        "drift",
        (awaited ? "appeared: " : "drift: ")
            + Drift.describe(plan)
            + ", "
            + (repaired
                ? (awaited ? "applied in " : "repaired in ")
                : more ? "more came meanwhile, " : "not repaired after ")
            + AgentLog.shown(nanos),
        Reports.repair(attempt.candidate, plan, nanos, repaired, awaited, followed == null));
  }

  private boolean isHeld(Attempt attempt, LiveState live) {
    long held = attempt.heldNanos();
    if (held == 0 && attempt.isSame(live)) {
      return true; // until the live state changes
    }
    if (held > 0) {
      schedule.due(held);
    }
    return held > 0;
  }

  private void countRepairs(Plan plan) {
    long now = System.nanoTime();
    for (Change change : plan.changes()) {
      Duration hold = fights.repaired(change.address(), now);
      if (hold != null) {
        String writer = writers.of(change, indexOf(change));
        log.say(
            "fight",
            "FIGHT over "
                + change.address()
                + ": "
                + Drift.dispute(change, plan)
                + (writer.isEmpty() ? "" : " (possibly " + writer + ")")
                + "; repaired "
                + fights.count(change.address())
                + " times within a minute, now left alone for "
                + AgentLog.shown(hold.toNanos()),
            Map.of(
                "address",
                change.address(),
                "kind",
                Drift.kind(change.address()),
                "writer",
                writer,
                "heldMillis",
                hold.toMillis()));
      }
    }
  }

  private @Nullable Integer indexOf(Change change) {
    try {
      return change.id().device().isEmpty() ? null : host.indexOf(change.id().ofDevice());
    } catch (LostTrackException e) {
      return null; // only a hint was asked for
    }
  }

  /**
   * Reads the whole host, with the events of the goal's namespaces coming from then on, and of
   * those that wait to leave: who is in the way there may go at any time.
   */
  LiveState read(Attempt attempt) throws IOException {
    cover(attempt);
    LiveState live = host.read(attempt.goal);
    if (attempt.noteLeaving(live)) {
      cover(attempt);
      live = host.read(attempt.goal);
    }
    reports.unreadable(live);
    return live;
  }

  private void cover(Attempt attempt) throws IOException {
    if (watch.cover(attempt.watched())) {
      halfMade.reset();
    } else {
      schedule.due(halfMade.nextNanos());
    }
  }

  /** Makes the loop deaf to what it did itself; the check that follows sees what else there was. */
  void afterApply(Attempt attempt) throws IOException {
    cover(attempt);
    watch.drain();
    watch.forget();
  }

  void postpone(BusyException e) {
    log.say("busy", e.getMessage() + "; trying again in " + AgentLog.shown(BUSY_NANOS));
    schedule.due(BUSY_NANOS);
  }
}
