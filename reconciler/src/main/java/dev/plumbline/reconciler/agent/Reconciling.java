// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.agent;

import dev.plumbline.reconciler.apply.Outcome;
import dev.plumbline.reconciler.apply.Progress;
import dev.plumbline.reconciler.apply.Unheld;
import dev.plumbline.reconciler.checkpoint.Checkpoints;
import dev.plumbline.reconciler.checkpoint.Decided;
import dev.plumbline.reconciler.checkpoint.NotOpenedException;
import dev.plumbline.reconciler.desired.Goals;
import dev.plumbline.reconciler.host.BusyException;
import dev.plumbline.reconciler.host.Host;
import dev.plumbline.reconciler.host.KernelWatch;
import dev.plumbline.reconciler.host.Witness;
import dev.plumbline.reconciler.live.LiveState;
import dev.plumbline.reconciler.plan.Goal;
import dev.plumbline.reconciler.plan.Plan;
import dev.plumbline.reconciler.render.SavedPlan;
import dev.plumbline.spec.model.DesiredState;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The loop's state: which revision is good, which one failed, what is held.
 *
 * <p>One {@linkplain #turn turn} sleeps until something happened or a time has come, settles for a
 * moment so that a burst of events costs one reading, and checks. After an apply the events that it
 * caused are drained and the host is checked once more; only when that finds nothing does the loop
 * sleep, so that neither its own writes wake it nor a foreign change among them is missed.
 *
 * <p>What does not help is not repeated: a revision that failed is tried again when the live state
 * has changed and its back-off is over; an object that somebody else keeps changing is held ({@link
 * Fights}). Belongs to one thread.
 */
final class Reconciling {
  /**
   * How long a burst of events is waited for before all is read: `ip link add` alone sends five.
   */
  private static final long SETTLE_NANOS = 1_000_000;

  private static final long LONGEST_SETTLE_NANOS = 500_000_000;

  private final Host host;
  private final KernelWatch watch;
  private final Mailbox mailbox;
  private final Pause pause;
  private final ObjectPauses objects;
  private final AgentLog log;
  private final Standing standing = new Standing();
  private final Schedule schedule = new Schedule();
  private final Holds holds;
  private final Reports reports;
  private final Repairing repairing;
  private final Undecided undecided;
  private final Tidying tidying = new Tidying();
  private @Nullable Attempt good;
  private @Nullable Attempt failed;

  /** The newest revision that was looked at, applied or not; null: there was none yet. */
  private @Nullable Candidate newest;

  /**
   * What was tried last and undone, for its checks did not hold; null: nothing since it was good.
   */
  private @Nullable Attempt unproven;

  /** Why. */
  private List<String> unheld = List.of();

  /** Asked while checks are tried; false: they end at once. */
  private BooleanSupplier goesOn = () -> true;

  /** When what the events of a part told was last looked at, and how long that took. */
  private long partEnded = System.nanoTime();

  private long partTook;

  Reconciling(
      Host host,
      KernelWatch watch,
      Mailbox mailbox,
      Pause pause,
      ObjectPauses objects,
      Checkpoints checkpoints,
      AgentLog log) {
    this.host = host;
    this.watch = watch;
    this.mailbox = mailbox;
    this.pause = pause;
    this.log = log;
    undecided = new Undecided(host, checkpoints, log);
    Fights fights = new Fights();
    this.objects = objects;
    holds = new Holds(fights, objects);
    reports = new Reports(log);
    repairing =
        new Repairing(
            host,
            watch,
            schedule,
            fights,
            holds,
            standing,
            reports,
            log,
            () -> pause.until() != null);
  }

  /** Asks this, in the agent's thread, as long as checks are tried; false: they end at once. */
  void checkWhile(BooleanSupplier asked) {
    goesOn = asked;
  }

  /** Whether nothing is to be begun: somebody has paused the agent, or it is to end. */
  private boolean isHandsOff() {
    return pause.until() != null || !goesOn.getAsBoolean();
  }

  /** How the host stands; to be asked by the agent's thread. */
  SyncState state() {
    Attempt kept = good;
    return standing.state(kept == null ? null : kept.candidate, reports.waiting(), mailbox.taken());
  }

  /** Waits for the end of a pause, or for somebody's word; what happens meanwhile is forgotten. */
  private void rest() throws IOException {
    watch.await(pause.millisLeft());
    watch.drain();
    watch.forget();
    repairing.doubt();
    if (pause.isOver() && pause.end()) {
      log.say("resumed", "the pause is over: the host is compared with its revision again");
      schedule.due(0);
    }
  }

  /** Keeps off the host while an apply is not decided, and takes it back in time. */
  private void awaitDecision() throws IOException {
    watch.await(undecided.sleepMillis());
    watch.drain();
    watch.forget();
    repairing.doubt();
    Decided settled = undecided.settle();
    if (settled != null) {
      decided(settled);
    }
  }

  /**
   * Confirms or takes back what somebody applied, as somebody asks.
   *
   * @return null if there is nothing to decide
   */
  @Nullable Decided decide(String verb, String by) throws IOException {
    Decided decided = undecided.decide(verb, by);
    if (decided != null) {
      decided(decided);
    }
    return decided;
  }

  private void decided(Decided decided) throws IOException {
    Attempt attempt = undecided.take();
    Attempt kept = good;
    if (decided.is(Decided.CONFIRMED)) {
      if (attempt != null) {
        holds.clear();
        adopted(attempt);
      }
    } else if (kept != null && undecided.wasRolledBack(kept.goal)) {
      // To repair would be to apply it again.
      good = null;
      standing.held(kept.candidate, List.of(decided.message()));
    }
    Attempt again = failed;
    if (again != null && undecided.wasRolledBack(again.goal)) {
      standing.held(again.candidate, List.of(decided.message()));
      failed = null; // trying it again would be to apply it again, too
    }
    repairing.doubt();
    schedule.due(0);
  }

  /**
   * Decides what was left undecided by a process or a host that went down, before anything else.
   */
  void settleFirst() throws IOException {
    Decided settled = undecided.settle();
    if (settled != null) {
      decided(settled);
    }
  }

  /** Sleeps until there is something to do, and does it. */
  void turn() throws IOException {
    if (undecided.isOpen()) {
      awaitDecision();
      return;
    }
    Decided elsewhere = undecided.decidedElsewhere();
    if (elsewhere != null) {
      decided(elsewhere);
    }
    if (pause.until() != null) {
      rest();
      return;
    }
    tidying.await(watch, schedule.timeoutMillis(isPolled()));
    if (pause.until() != null || undecided.isOpen()) {
      return;
    }
    for (Candidate each = mailbox.take(); each != null; each = mailbox.take()) {
      adopt(each);
      schedule.due(0); // what others did meanwhile went with the events of the apply
      if (isHandsOff()) {
        return;
      }
    }
    boolean due = schedule.isDue(isPolled());
    for (String object : objects.over()) {
      log.say("resumed", "the pause of " + object + " is over", Map.of("address", object));
      schedule.due(0);
    }
    boolean happened = watch.happened();
    long first = happened ? watch.firstNanos() : System.nanoTime();
    if (!due && happened && part()) {
      return;
    }
    if (due || happened) {
      check(first, happened);
    }
  }

  private boolean isPolled() {
    return good != null && good.polled;
  }

  /**
   * What would be done now if nothing were in the way of the newest revision; changes nothing. The
   * host is read for it, and compared as a whole after.
   */
  Foreseen foresee() throws IOException {
    Candidate offered = mailbox.newest();
    Candidate next = offered == null ? newest : offered;
    Attempt kept = good;
    if (next == null) {
      return Foreseen.NONE;
    }
    boolean isKept = kept != null && kept.candidate.id().equals(next.id());
    if (next.state() == null) {
      return new Foreseen(next.label(), isKept, next.problems(), null);
    }
    Goal goal = Goals.of(next.state());
    Plan plan = host.plan(goal, host.read(goal));
    // What this reading took in is not drift to whoever follows events from here on.
    repairing.doubt();
    schedule.due(0);
    Plan now = (isKept ? holds.split(plan) : holds.splitNew(plan)).kept();
    return new Foreseen(next.label(), isKept, next.problems(), now);
  }

  /** Compares the host with its revision soon, whatever happened. */
  void checkSoon() {
    schedule.due(0);
  }

  /**
   * Repairs what was touched, if that can be told. Where events that are none of the agent's
   * business never stop, as much time is spent asleep as on them.
   */
  private boolean part() throws IOException {
    Attempt kept = good;
    if (kept == null || failed != null) {
      return false;
    }
    if (System.nanoTime() - partEnded < partTook) {
      LockSupport.parkNanos(Math.min(LONGEST_SETTLE_NANOS, partTook));
    }
    long started = System.nanoTime();
    long repaired = repairing.repairs();
    boolean done = repairing.part(kept);
    partEnded = System.nanoTime();
    partTook = repairing.repairs() == repaired ? partEnded - started : 0;
    return done;
  }

  /**
   * Lets a burst pass before all is read. Where events never stop, as much time is spent asleep as
   * on checks, so that a busy host is not made busier.
   */
  private void settle() throws IOException {
    long settle =
        schedule.isBusy() ? Math.min(LONGEST_SETTLE_NANOS, schedule.lastTook()) : SETTLE_NANOS;
    LockSupport.parkNanos(Math.max(SETTLE_NANOS, settle));
    watch.drain();
  }

  /**
   * Brings the host to a revision.
   *
   * @return whether the host is now as it says
   */
  boolean adopt(Candidate candidate) throws IOException {
    long started = System.nanoTime();
    newest = candidate;
    if (!candidate.isTurn()) {
      standing.later(candidate);
      failed = null; // what was there before it is not wanted any more
      return false;
    }
    reports.lines(candidate.problems(), "problem", "");
    if (candidate.state() == null) {
      log.say("refused", candidate.label() + " is refused" + keeping(), Reports.id(candidate));
      standing.held(candidate, candidate.problems());
      failed = null; // what was there before it is not wanted any more
      return false;
    }
    Goal goal = Goals.of(candidate.state());
    if (undecided.wasRolledBack(goal)) {
      String why = "the very same was rolled back, since nobody confirmed it";
      log.say(
          "refused",
          candidate.label()
              + " is refused: "
              + why
              + "; `plumbline apply` it to have it all the same"
              + keeping(),
          Reports.id(candidate));
      standing.held(candidate, List.of(why));
      failed = null;
      return false;
    }
    if (good != null && failed == null && candidate.content().equals(good.candidate.content())) {
      log.say(
          "noted",
          "noted " + candidate.label() + ": nothing in it is about this host",
          Reports.id(candidate));
      good = new Attempt(candidate, good.goal);
      unproven = null;
      holds.keep(good);
      standing.followed();
      candidate.keep().keep();
      return true;
    }
    Attempt before = unproven;
    if (before != null && before.candidate.content().equals(candidate.content())) {
      log.say(
          "refused",
          candidate.label()
              + " is refused: it says the same for this host as "
              + before.candidate.label()
              + ", whose checks did not hold"
              + keeping(),
          Reports.id(candidate));
      standing.held(candidate, unheld);
      return false;
    }
    holds.clear();
    failed = null;
    unproven = null;
    candidate.keep().trying();
    return attempt(new Attempt(candidate, goal), started);
  }

  private boolean attempt(Attempt attempt, long started) throws IOException {
    Candidate candidate = attempt.candidate;
    tidying.littered();
    LiveState live = repairing.read(attempt);
    if (attempt.isSame(live)) {
      return false;
    }
    Plan all = holds.splitNew(host.plan(attempt.goal, live)).kept();
    // Proven means that it was good last, so that something else was not good since.
    Plan plan = candidate.isProven() && good == null ? all.withoutChecks() : all;
    reports.lines(plan.problems(), "problem", candidate.label() + ": ");
    if (!plan.problems().isEmpty()) {
      log.say(
          "refused", candidate.label() + " cannot be applied" + keeping(), Reports.id(candidate));
      standing.held(candidate, plan.problems());
      fail(attempt, live);
      return false;
    }
    reports.lines(plan.warnings(), "warning", candidate.label() + ": ");
    Outcome outcome;
    host.checkWhile(() -> !isHandsOff());
    try {
      Witness witness =
          plan.checks().isEmpty() ? Witness.NONE : undecided.guarding(candidate.label());
      outcome =
          host.apply(
              attempt.goal,
              live,
              plan,
              Progress.silent(),
              left -> holds.splitNew(left).kept(),
              witness);
    } catch (BusyException e) {
      repairing.postpone(e);
      failed = attempt;
      return false;
    }
    long nanos = System.nanoTime() - started;
    switch (outcome.result()) {
      case NOTHING_TO_DO, APPLIED -> {
        log.say(
            "applied",
            "applied "
                + candidate.label()
                + ": "
                + Drift.counts(plan)
                + " in "
                + AgentLog.shown(nanos)
                + Reports.holding(plan),
            Reports.measured(candidate, plan, nanos));
        adopted(attempt);
      }
      case NOT_CONVERGED -> {
        log.say("not-converged", candidate.label() + " was applied, but did not take:");
        reports.lines(outcome.left(), "not-converged", "  ");
        adopted(attempt);
        attempt.failed(null);
        schedule.due(attempt.heldNanos());
      }
      case UNDONE, UNDO_FAILED -> {
        if (!outcome.unheld().isEmpty()) {
          unheld(attempt, outcome);
          break;
        }
        reports.failure(candidate.label(), outcome);
        standing.held(candidate, List.of(String.valueOf(outcome.failure())));
        fail(attempt, host.read(attempt.goal));
      }
    }
    repairing.afterApply(attempt);
    return outcome.isGood();
  }

  /**
   * All was undone. Where the host has a revision it is not tried again by itself: each time would
   * cut off whoever the checks are about. Where it has none yet nobody would bring it up.
   */
  private void unheld(Attempt attempt, Outcome outcome) {
    reports.unheld(attempt.candidate, outcome);
    if (outcome.isBrokenOff()) {
      failed = attempt;
      schedule.due(0);
      return;
    }
    unheld = outcome.failed().stream().map(Unheld::toString).toList();
    standing.held(attempt.candidate, unheld);
    if (good == null) {
      fail(attempt, null); // whether they hold is not decided by what this host looks like
      schedule.due(attempt.heldNanos());
    } else {
      failed = null;
      unproven = attempt;
    }
  }

  /**
   * Applies a plan that somebody has seen and agreed to. Its file is the good revision from then
   * on, until the origin has a new one.
   *
   * @param confirm it is rolled back unless it is confirmed within this time; null: it stays
   * @param skipChecks whether its checks are not tried
   * @param by who applies
   * @param answer takes what the command line shows, see {@link HandAnswers}
   */
  void applyByHand(
      SavedPlan saved,
      HandRevision revision,
      @Nullable Duration confirm,
      boolean skipChecks,
      String by,
      HandAnswers answer)
      throws IOException {
    Candidate candidate = revision.candidate();
    DesiredState state = candidate.state();
    if (state == null) {
      answer.refused(candidate.problems());
      return;
    }
    Attempt attempt = new Attempt(candidate, Goals.of(state));
    LiveState live = repairing.read(attempt);
    Plan plan = host.plan(attempt.goal, live);
    List<String> moved = saved.moved(SavedPlan.of(live, plan, saved.file(), revision.digests()));
    if (!moved.isEmpty() || !plan.problems().isEmpty()) {
      answer.refused(moved.isEmpty() ? plan.problems() : moved);
      return;
    }
    Plan applied = skipChecks ? plan.withoutChecks() : plan;
    long started = System.nanoTime();
    Outcome outcome;
    host.checkWhile(goesOn);
    try {
      Witness witness =
          confirm == null
              ? Witness.NONE
              : undecided.opening(saved.file().toString(), confirm, by, answer);
      outcome = host.apply(attempt.goal, live, applied, answer, witness);
    } catch (BusyException | NotOpenedException e) {
      answer.refused(List.of(String.valueOf(e.getMessage())));
      return;
    }
    long nanos = System.nanoTime() - started;
    if (outcome.unheld().isEmpty()) {
      log.say(
          outcome.isGood() ? "applied" : "failed",
          (outcome.isGood() ? "applied " : "not applied: ")
              + candidate.label()
              + ": "
              + Drift.counts(plan)
              + " in "
              + AgentLog.shown(nanos)
              + (outcome.isGood() ? Reports.holding(applied) : ""),
          Reports.measured(candidate, plan, nanos));
    } else {
      reports.unheld(candidate, outcome);
    }
    if (undecided.isOpen()) {
      undecided.await(attempt);
    } else if (outcome.isGood()) {
      undecided.superseded();
      holds.clear();
      adopted(attempt);
    }
    answer.outcome(outcome);
    repairing.afterApply(attempt);
    schedule.due(0);
  }

  /** The revision that the host is kept at; empty if there is none yet. */
  String revision() {
    return good == null ? "" : good.candidate.label();
  }

  private void adopted(Attempt attempt) throws IOException {
    good = attempt;
    newest = attempt.candidate;
    holds.keep(attempt);
    standing.applied();
    failed = null;
    unproven = null;
    undecided.forgetFailed();
    attempt.succeeded();
    attempt.candidate.keep().keep();
    reports.forgetWaiting();
  }

  private void fail(Attempt attempt, @Nullable LiveState seen) {
    attempt.failed(seen);
    failed = attempt;
  }

  private String keeping() {
    return good == null
        ? "; nothing was applied yet"
        : "; the host stays at " + good.candidate.label();
  }

  /** What happened may let the failed revision pass now, and may be drift from the good one. */
  private void check(long since, boolean happened) throws IOException {
    if (happened) {
      settle();
    }
    long first = since;
    tidying.littered();
    schedule.begins();
    watch.forget();
    long started = System.nanoTime();
    Attempt again = failed;
    if (again != null) {
      long held = again.heldNanos();
      if (held > 0) {
        schedule.due(held);
      } else {
        attempt(again, started);
      }
    }
    boolean more = true;
    while (more) {
      if (isHandsOff()) {
        return; // a pause was begun meanwhile, or the agent is to end
      }
      started = System.nanoTime();
      more = good != null && repairing.whole(good, first);
      first = System.nanoTime();
      schedule.ended(first - started);
    }
    standing.checked();
  }
}
