// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.agent;

import dev.plumbline.reconciler.apply.Outcome;
import dev.plumbline.reconciler.checkpoint.Checkpoint;
import dev.plumbline.reconciler.checkpoint.Checkpoints;
import dev.plumbline.reconciler.checkpoint.Decided;
import dev.plumbline.reconciler.checkpoint.NotOpenedException;
import dev.plumbline.reconciler.host.BusyException;
import dev.plumbline.reconciler.host.Host;
import dev.plumbline.reconciler.host.Witness;
import dev.plumbline.reconciler.live.LiveState;
import dev.plumbline.reconciler.plan.Goal;
import dev.plumbline.reconciler.plan.Ownership;
import dev.plumbline.reconciler.plan.Plan;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * An apply that is not confirmed yet, whoever made it: until it is decided the agent applies
 * nothing, repairs nothing, and takes it back in time. For one thread.
 */
final class Undecided {
  /** Another process may decide, of which no event tells. */
  private static final int LOOK_MILLIS = 500;

  /** Where another process is at it, or it cannot be done. */
  private static final int SHORTEST_MILLIS = 50;

  /** Between two words about what keeps going wrong. */
  private static final long SAID_NANOS = 10_000_000_000L;

  private final Host host;
  private final Checkpoints checkpoints;
  private final AgentLog log;

  /** What becomes the good revision when it is confirmed; null: no apply of this agent waits. */
  private @Nullable Attempt waiting;

  /**
   * The checkpoint of an apply of this agent that has ended, and which could not be removed: it is
   * decided, but for other processes. Null: there is none.
   */
  private @Nullable String spent;

  /** When it was said last that it cannot be taken back; null: never. */
  private @Nullable Long lastTrouble;

  Undecided(Host host, Checkpoints checkpoints, AgentLog log) {
    this.host = host;
    this.checkpoints = checkpoints;
    this.log = log;
    host.undecidedWhile(this::isOpen);
  }

  boolean isOpen() {
    return checkpoints.isOpen() && !isSpent();
  }

  /** Whether what is there is only left over; it is removed as soon as that can be. */
  private boolean isSpent() {
    String id = spent;
    if (id == null) {
      return false;
    }
    if (!checkpoints.remove(id)) {
      return true;
    }
    spent = null;
    log.say("state-recovered", "state directory: can forget again what there was before an apply");
    return !checkpoints.isOpen();
  }

  /** How long to sleep before it is looked at again. */
  int sleepMillis() throws IOException {
    return (int) Math.min(LOOK_MILLIS, Math.max(SHORTEST_MILLIS, checkpoints.millisLeft()));
  }

  /**
   * Opens a checkpoint before the first step.
   *
   * @param answer is told of it
   */
  Witness opening(String file, Duration patience, String by, HandAnswers answer) {
    return checkpoints.opening(
        file,
        patience,
        by,
        opened -> {
          log.say("unconfirmed", Checkpoints.said(opened), properties(opened));
          answer.unconfirmed(opened.id());
        });
  }

  /**
   * Opens a checkpoint before the first step, should the agent not live until the checks of what it
   * applies were tried; if that cannot be, it says so and goes on.
   */
  Witness guarding(String label) {
    Witness guarding = checkpoints.guarding(label, "the agent");
    return new Witness() {
      @Override
      public void before(Goal goal, LiveState live, Plan plan, Ownership ownership)
          throws IOException {
        try {
          guarding.before(goal, live, plan, ownership);
        } catch (NotOpenedException e) {
          log.say(
              "state-failed",
              "STATE DIRECTORY: cannot remember what there was before "
                  + label
                  + ": "
                  + Objects.requireNonNull(e.getCause()).getMessage()
                  + "; should the agent be killed while checks are tried, nothing is rolled back");
        }
      }

      @Override
      public void after(Outcome outcome) {
        try {
          guarding.after(outcome);
        } catch (IOException e) {
          left(label, e);
        }
      }
    };
  }

  /** What was applied stands all the same, or is undone: the host comes first. */
  private void left(String label, IOException why) {
    try {
      Checkpoint checkpoint = checkpoints.find();
      if (checkpoint == null) {
        return; // it has lost its name: nobody takes it for one
      }
      spent = checkpoint.id();
    } catch (IOException e) {
      return; // damaged as well: it is put aside
    }
    log.say(
        "state-failed",
        "STATE DIRECTORY: cannot forget what there was before "
            + label
            + ": "
            + why.getMessage()
            + "; should the agent end before it can, its next start goes back to that first");
  }

  private static Map<String, ?> properties(Checkpoint opened) {
    return Map.of("revision", opened.goal(), "label", opened.file(), "checkpoint", opened.id());
  }

  /** An attempt that was applied, and is to be confirmed. */
  void await(Attempt attempt) {
    waiting = attempt;
  }

  /** Whether this very goal was taken back before. */
  boolean wasRolledBack(Goal goal) throws IOException {
    return checkpoints.wasRolledBack(goal);
  }

  /** Something else was applied, and stays. */
  void forgetFailed() {
    try {
      checkpoints.forgetFailed();
    } catch (IOException e) {
      log.say(
          "state-failed",
          "STATE DIRECTORY: cannot forget what could not be rolled back: "
              + e.getMessage()
              + "; `plumbline rollback` would still go back to before it");
    }
  }

  /** As {@link #forgetFailed}, by somebody who may have what was rolled back all the same. */
  void superseded() throws IOException {
    checkpoints.superseded();
  }

  /** Takes back what is overdue; null if nothing is, or another process is at it. */
  @Nullable Decided settle() throws IOException {
    try {
      return isOpen() && checkpoints.isDue() ? said(checkpoints.settle(host)) : null;
    } catch (BusyException e) {
      return null;
    } catch (IOException e) {
      // A full disk, say: the agent is the one who can still do it, so it does not end by this.
      long now = System.nanoTime();
      if (lastTrouble == null || now - lastTrouble > SAID_NANOS) {
        lastTrouble = now;
        log.say("not-rolled-back", "cannot take back what was applied: " + e.getMessage());
      }
      return null;
    }
  }

  /** As somebody asks; null if there is nothing to decide. */
  @Nullable Decided decide(String verb, String by) throws IOException {
    if (checkpoints.isOpen() && isSpent()) {
      return null;
    }
    return said(
        verb.equals("confirm")
            ? checkpoints.confirm(host, by)
            : checkpoints.rollBack(host, "as " + by + " asked"));
  }

  /** What another process decided about an apply of this agent; null if nothing. */
  @Nullable Decided decidedElsewhere() throws IOException {
    Attempt attempt = waiting;
    if (attempt == null || isOpen()) {
      return null;
    }
    boolean back = checkpoints.wasRolledBack(attempt.goal);
    return said(
        new Decided(
            back ? Decided.ROLLED_BACK : Decided.CONFIRMED,
            null,
            attempt.candidate.label()
                + (back ? " was rolled back" : " was confirmed")
                + " by another process",
            List.of()));
  }

  private @Nullable Decided said(@Nullable Decided decided) {
    if (decided != null) {
      log.say(decided.event(), decided.message(), decided.properties());
      decided.left().forEach(each -> log.say(decided.event(), "  " + each));
    }
    return decided;
  }

  /** The attempt that a decision is about, which does not wait any longer; null: none of ours. */
  @Nullable Attempt take() {
    Attempt attempt = waiting;
    waiting = null;
    return attempt;
  }
}
