// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.agent;

import dev.plumbline.reconciler.apply.Failure;
import dev.plumbline.reconciler.apply.Outcome;
import dev.plumbline.reconciler.apply.Progress;
import dev.plumbline.reconciler.desired.Goals;
import dev.plumbline.reconciler.host.BusyException;
import dev.plumbline.reconciler.host.Host;
import dev.plumbline.reconciler.live.LiveState;
import dev.plumbline.reconciler.plan.Change;
import dev.plumbline.reconciler.plan.Goal;
import dev.plumbline.reconciler.plan.Plan;
import dev.plumbline.reconciler.plan.Waiting;
import dev.plumbline.reconciler.plan.Wanted;
import dev.plumbline.reconciler.render.SavedPlan;
import dev.plumbline.reconciler.resource.ResourceType;
import dev.plumbline.spec.model.DesiredState;
import java.io.IOException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
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
  /** How long a burst of events is waited for: `ip link add type veth` alone sends five. */
  private static final long SETTLE_NANOS = 1_000_000;

  private static final long LONGEST_SETTLE_NANOS = 500_000_000;

  /** For what sends no event though it should. */
  private static final long AUDIT_NANOS = Duration.ofMinutes(1).toNanos();

  /** Most sysctls send no event: they are looked at as often as costs this part of one CPU. */
  private static final long POLL_PART = 500;

  private static final long SHORTEST_POLL_NANOS = Duration.ofSeconds(2).toNanos();

  private static final long HALF_MADE_NANOS = 5_000_000;
  private static final long BUSY_NANOS = Duration.ofSeconds(1).toNanos();
  static final int LINES = 50;

  /** A revision, with what is known of trying it. */
  private static final class Attempt {
    private final Candidate candidate;
    private final Goal goal;
    private final Backoff backoff = new Backoff(Duration.ofSeconds(1), Duration.ofMinutes(5));
    private final boolean polled;
    private long heldUntil = System.nanoTime();
    private @Nullable LiveState seen;
    private int failures;

    Attempt(Candidate candidate, Goal goal) {
      this.candidate = candidate;
      this.goal = goal;
      this.polled =
          goal.wanted().stream()
              .anyMatch(wanted -> wanted.resource().id().type() == ResourceType.SYSCTL);
    }

    void failed(@Nullable LiveState state) {
      seen = state;
      failures++;
      heldUntil = System.nanoTime() + backoff.nextNanos();
    }

    long heldNanos() {
      return Math.max(0, heldUntil - System.nanoTime());
    }

    /**
     * Whether trying again would do the same as before. One failure proves nothing: somebody else
     * may have made a device at that very moment.
     */
    boolean isSame(LiveState live) {
      return failures > 1 && seen != null && seen.byId().equals(live.byId());
    }

    void succeeded() {
      seen = null;
      failures = 0;
      heldUntil = System.nanoTime();
      backoff.reset();
    }
  }

  private final Host host;
  private final KernelWatch watch;
  private final Mailbox mailbox;
  private final Pause pause;
  private final AgentLog log;
  private final Fights fights = new Fights();
  private final Standing standing = new Standing();
  private @Nullable Attempt good;
  private @Nullable Attempt failed;
  private List<Waiting> waiting = List.of();
  private long audited = System.nanoTime();
  private long checkEnded = System.nanoTime();
  private long checkTook;

  /** When the next check is due though nothing happens; {@link Long#MAX_VALUE}: never. */
  private long dueInNanos = Long.MAX_VALUE;

  private long dueSince;

  Reconciling(Host host, KernelWatch watch, Mailbox mailbox, Pause pause, AgentLog log) {
    this.host = host;
    this.watch = watch;
    this.mailbox = mailbox;
    this.pause = pause;
    this.log = log;
  }

  /** How the host stands; to be asked by the agent's thread. */
  SyncState state() {
    Attempt kept = good;
    return standing.state(kept == null ? null : kept.candidate.label(), waiting, mailbox.taken());
  }

  /** Waits for the end of a pause, or for somebody's word; what happens meanwhile is forgotten. */
  private void rest() throws IOException {
    watch.await(pause.millisLeft());
    watch.drain();
    watch.forget();
    if (pause.isOver() && pause.end()) {
      log.say("resumed", "the pause is over: the host is compared with its revision again");
      due(0);
    }
  }

  /** Sleeps until there is something to do, and does it. */
  void turn() throws IOException {
    if (pause.until() != null) {
      rest();
      return;
    }
    watch.await(timeoutMillis());
    if (pause.until() != null) {
      return;
    }
    Candidate candidate = mailbox.take();
    if (candidate != null) {
      adopt(candidate);
      due(0); // what others did meanwhile went with the events of the apply
    }
    boolean due = dueInNanos != Long.MAX_VALUE && System.nanoTime() - dueSince >= dueInNanos;
    boolean audit = System.nanoTime() - audited >= auditNanos();
    if (watch.happened() || due || audit) {
      if (watch.happened()) {
        settle();
      }
      check();
    }
  }

  private long auditNanos() {
    return good != null && good.polled
        ? Math.min(AUDIT_NANOS, Math.max(SHORTEST_POLL_NANOS, checkTook * POLL_PART))
        : AUDIT_NANOS;
  }

  private int timeoutMillis() {
    long now = System.nanoTime();
    long wait = Math.max(0, auditNanos() - (now - audited));
    if (dueInNanos != Long.MAX_VALUE) {
      wait = Math.min(wait, Math.max(0, dueInNanos - (now - dueSince)));
    }
    return (int) Math.min(Integer.MAX_VALUE, (wait + 999_999) / 1_000_000);
  }

  /** Compares the host with its revision soon, whatever happened. */
  void checkSoon() {
    due(0);
  }

  /** A later event may come any time; this one comes by itself. */
  private void due(long nanos) {
    if (dueInNanos == Long.MAX_VALUE || nanos < dueInNanos - (System.nanoTime() - dueSince)) {
      dueInNanos = nanos;
      dueSince = System.nanoTime();
    }
  }

  /**
   * Lets a burst pass. Where events never stop, as much time is spent asleep as on checks, so that
   * a busy host is not made busier.
   */
  private void settle() throws IOException {
    long since = System.nanoTime() - checkEnded;
    boolean busy = since < checkTook;
    long settle = busy ? Math.min(LONGEST_SETTLE_NANOS, checkTook) : SETTLE_NANOS;
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
    report(candidate.problems(), "problem", "");
    if (candidate.state() == null) {
      log.say("refused", candidate.label() + " is refused" + keeping(), id(candidate));
      standing.held(candidate, candidate.problems());
      failed = null; // what was there before it is not wanted any more
      return false;
    }
    if (good != null && failed == null && candidate.content().equals(good.candidate.content())) {
      log.say(
          "noted",
          "noted " + candidate.label() + ": nothing in it is about this host",
          id(candidate));
      good = new Attempt(candidate, good.goal);
      standing.followed();
      candidate.keep().keep();
      return true;
    }
    fights.clear();
    failed = null;
    return attempt(new Attempt(candidate, Goals.of(candidate.state())), started);
  }

  private boolean attempt(Attempt attempt, long started) throws IOException {
    Candidate candidate = attempt.candidate;
    cover(attempt.goal);
    LiveState live = host.read(attempt.goal);
    if (attempt.isSame(live)) {
      return false;
    }
    Plan plan = host.plan(attempt.goal, live);
    report(plan.problems(), "problem", candidate.label() + ": ");
    if (!plan.problems().isEmpty()) {
      log.say("refused", candidate.label() + " cannot be applied" + keeping(), id(candidate));
      standing.held(candidate, plan.problems());
      fail(attempt, live);
      return false;
    }
    report(plan.warnings(), "warning", candidate.label() + ": ");
    Outcome outcome;
    try {
      outcome = host.apply(attempt.goal, live, plan, Progress.silent());
    } catch (BusyException e) {
      postpone(e);
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
                + AgentLog.shown(nanos),
            measured(candidate, plan, nanos));
        adopted(attempt);
      }
      case NOT_CONVERGED -> {
        log.say("not-converged", candidate.label() + " was applied, but did not take:");
        report(outcome.left(), "not-converged", "  ");
        adopted(attempt);
        attempt.failed(null);
        due(attempt.heldNanos());
      }
      case UNDONE, UNDO_FAILED -> {
        reportFailure(candidate.label(), outcome);
        standing.held(candidate, List.of(String.valueOf(outcome.failure())));
        fail(attempt, host.read(attempt.goal));
      }
    }
    afterApply(attempt.goal);
    return outcome.isGood();
  }

  /**
   * Applies a plan that somebody has seen and agreed to. Its file is the good revision from then
   * on, until the origin has a new one.
   *
   * @param answer takes what the command line shows, see {@link HandAnswers}
   */
  void applyByHand(SavedPlan saved, HandRevision revision, HandAnswers answer) throws IOException {
    Candidate candidate = revision.candidate();
    DesiredState state = candidate.state();
    if (state == null) {
      answer.refused(candidate.problems());
      return;
    }
    Attempt attempt = new Attempt(candidate, Goals.of(state));
    cover(attempt.goal);
    LiveState live = host.read(attempt.goal);
    Plan plan = host.plan(attempt.goal, live);
    List<String> moved = saved.moved(SavedPlan.of(live, plan, saved.file(), revision.digests()));
    if (!moved.isEmpty() || !plan.problems().isEmpty()) {
      answer.refused(moved.isEmpty() ? plan.problems() : moved);
      return;
    }
    long started = System.nanoTime();
    Outcome outcome;
    try {
      outcome = host.apply(attempt.goal, live, plan, answer);
    } catch (BusyException e) {
      answer.refused(List.of(String.valueOf(e.getMessage())));
      return;
    }
    long nanos = System.nanoTime() - started;
    log.say(
        outcome.isGood() ? "applied" : "failed",
        (outcome.isGood() ? "applied " : "not applied: ")
            + candidate.label()
            + ": "
            + Drift.counts(plan)
            + " in "
            + AgentLog.shown(nanos),
        measured(candidate, plan, nanos));
    if (outcome.isGood()) {
      fights.clear();
      adopted(attempt);
    }
    answer.outcome(outcome);
    afterApply(attempt.goal);
    due(0);
  }

  /** The revision that the host is kept at; empty if there is none yet. */
  String revision() {
    return good == null ? "" : good.candidate.label();
  }

  private void postpone(BusyException e) {
    log.say("busy", e.getMessage() + "; trying again in " + AgentLog.shown(BUSY_NANOS));
    due(BUSY_NANOS);
  }

  private void adopted(Attempt attempt) throws IOException {
    good = attempt;
    standing.applied();
    failed = null;
    attempt.succeeded();
    attempt.candidate.keep().keep();
    waiting = List.of();
  }

  private void fail(Attempt attempt, LiveState seen) {
    attempt.failed(seen);
    failed = attempt;
  }

  private String keeping() {
    return good == null
        ? "; nothing was applied yet"
        : "; the host stays at " + good.candidate.label();
  }

  private void reportFailure(String what, Outcome outcome) {
    Failure failure = Objects.requireNonNull(outcome.failure());
    boolean undone = outcome.result() == Outcome.Result.UNDONE;
    log.say(
        "failed",
        what
            + " failed at "
            + failure
            + (undone ? "; all was undone" : "; not all could be undone, the host is in between:"),
        Map.of("address", failure.address(), "undone", undone));
    report(outcome.left(), "failed", "  ");
  }

  /** What happened may let the failed revision pass now, and may be drift from the good one. */
  private void check() throws IOException {
    long first = watch.happened() ? watch.firstNanos() : System.nanoTime();
    dueInNanos = Long.MAX_VALUE;
    audited = System.nanoTime();
    watch.forget();
    long started = System.nanoTime();
    Attempt again = failed;
    if (again != null) {
      long held = again.heldNanos();
      if (held > 0) {
        due(held);
      } else {
        attempt(again, started);
      }
    }
    boolean more = true;
    while (more) {
      started = System.nanoTime();
      more = good != null && repair(good, first);
      checkEnded = System.nanoTime();
      checkTook = checkEnded - started;
      first = checkEnded;
    }
    standing.checked();
  }

  /**
   * Plans for the good revision, and applies if there is anything to do.
   *
   * @param first when the first event came that this answers
   * @return whether to check once more
   */
  private boolean repair(Attempt attempt, long first) throws IOException {
    cover(attempt.goal);
    LiveState live = host.read(attempt.goal);
    Plan plan = host.plan(attempt.goal, live);
    boolean awaited = reportWaiting(plan);
    if (plan.isEmpty() && plan.problems().isEmpty()) {
      attempt.succeeded();
      standing.drifted(List.of());
      return false;
    }
    if (isHeld(attempt, live, plan)) {
      standing.drifted(List.of("left alone for now: " + Drift.describe(plan)));
      return false;
    }
    if (!plan.problems().isEmpty()) {
      report(plan.problems(), "problem", "drift cannot be repaired: ");
      standing.drifted(plan.problems());
      attempt.failed(live);
      return false;
    }
    Outcome outcome;
    try {
      outcome = host.apply(attempt.goal, live, plan, Progress.silent());
    } catch (BusyException e) {
      postpone(e);
      return false;
    }
    long nanos = System.nanoTime() - first;
    boolean repaired = outcome.isGood();
    // What is left is something else than what was just done: it drifted meanwhile.
    boolean more =
        outcome.result() == Outcome.Result.NOT_CONVERGED
            && !outcome.remaining().changes().equals(plan.changes());
    log.say(
        "drift",
        (awaited ? "appeared: " : "drift: ")
            + Drift.describe(plan)
            + ", "
            + (repaired
                ? (awaited ? "applied in " : "repaired in ")
                : more ? "more came meanwhile, " : "not repaired after ")
            + AgentLog.shown(nanos),
        repair(measured(attempt.candidate, plan, nanos), repaired, awaited));
    switch (outcome.result()) {
      case NOTHING_TO_DO, APPLIED -> {
        attempt.succeeded();
        standing.drifted(List.of());
      }
      case NOT_CONVERGED -> {
        standing.drifted(outcome.left());
        if (!more) {
          report(outcome.left(), "not-converged", "  ");
          attempt.failed(null);
          due(attempt.heldNanos());
        }
      }
      case UNDONE, UNDO_FAILED -> {
        reportFailure("the repair", outcome);
        standing.drifted(List.of(String.valueOf(outcome.failure())));
        attempt.failed(null);
        due(attempt.heldNanos());
      }
    }
    countRepairs(plan);
    afterApply(attempt.goal);
    return repaired || more;
  }

  private boolean isHeld(Attempt attempt, LiveState live, Plan plan) {
    long held = attempt.heldNanos();
    if (held == 0 && attempt.isSame(live)) {
      return true; // until the live state changes
    }
    Set<String> addresses =
        plan.changes().stream().map(Change::address).collect(Collectors.toSet());
    held = Math.max(held, fights.heldNanos(addresses, System.nanoTime()));
    if (held > 0) {
      due(held);
    }
    return held > 0;
  }

  private void countRepairs(Plan plan) {
    long now = System.nanoTime();
    for (Change change : plan.changes()) {
      Duration hold = fights.repaired(change.address(), now);
      if (hold != null) {
        log.say(
            "fight",
            "FIGHT over "
                + change.address()
                + ": "
                + Drift.dispute(change, plan)
                + "; repaired "
                + fights.count(change.address())
                + " times within a minute, now left alone for "
                + AgentLog.shown(hold.toNanos()),
            Map.of(
                "address",
                change.address(),
                "kind",
                Drift.kind(change.address()),
                "heldMillis",
                hold.toMillis()));
      }
    }
  }

  /** Makes the loop deaf to what it did itself; the check that follows sees what else there was. */
  private void afterApply(Goal goal) throws IOException {
    cover(goal);
    watch.drain();
    watch.forget();
  }

  private void cover(Goal goal) throws IOException {
    Set<String> namespaces = new TreeSet<>();
    for (Wanted wanted : goal.wanted()) {
      boolean names = wanted.resource().id().type() == ResourceType.NAMESPACE;
      namespaces.add(names ? wanted.resource().id().key() : wanted.resource().id().namespace());
    }
    if (!watch.cover(namespaces)) {
      due(HALF_MADE_NANOS);
    }
  }

  /**
   * Says what waits for what, when that changes.
   *
   * @return whether the plan does something that waited before
   */
  private boolean reportWaiting(Plan plan) {
    if (plan.waiting().equals(waiting)) {
      return false;
    }
    Set<Waiting> now = new HashSet<>(plan.waiting());
    Set<Waiting> before = new HashSet<>(waiting);
    for (Waiting each : plan.waiting()) {
      if (!before.contains(each)) {
        log.say("waiting", each.address() + " waits for " + each.waitsFor());
      }
    }
    boolean over = before.stream().anyMatch(each -> !now.contains(each));
    waiting = plan.waiting();
    return over && !plan.isEmpty();
  }

  private void report(List<String> lines, String event, String prefix) {
    lines.stream().limit(LINES).forEach(line -> log.say(event, prefix + line));
    if (lines.size() > LINES) {
      log.say(event, prefix + "and " + (lines.size() - LINES) + " more");
    }
  }

  private static Map<String, ?> id(Candidate candidate) {
    return Map.of("revision", candidate.id());
  }

  private static Map<String, ?> measured(Candidate candidate, Plan plan, long nanos) {
    return Map.of(
        "revision", candidate.id(),
        "changes", plan.changes().size(),
        "kinds", Drift.kinds(plan),
        "micros", nanos / 1000);
  }

  private static Map<String, ?> repair(
      Map<String, ?> measured, boolean repaired, boolean appeared) {
    Map<String, Object> all = new TreeMap<>(measured);
    all.put("repaired", repaired);
    all.put("appeared", appeared);
    return all;
  }
}
