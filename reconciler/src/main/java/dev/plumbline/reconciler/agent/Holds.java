// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.agent;

import dev.plumbline.reconciler.plan.Change;
import dev.plumbline.reconciler.plan.Plan;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Takes out of a repair what is left alone for now, so that it does not hold back the rest: objects
 * that somebody else keeps changing ({@link Fights}), and those whose repair the kernel refuses.
 *
 * <p>What waits for a change that is left out, to be made on what it makes, is left out with it.
 * For one thread; nanoseconds of one clock.
 */
final class Holds {
  static final Duration FIRST_HOLD = Duration.ofSeconds(1);
  static final Duration LONGEST_HOLD = Duration.ofMinutes(5);

  private static final class Trouble {
    private final Backoff backoff = new Backoff(FIRST_HOLD, LONGEST_HOLD);
    private long heldUntil;
    private String why = "";
  }

  private final Fights fights;
  private final Map<String, Trouble> troubles = new HashMap<>();

  Holds(Fights fights) {
    this.fights = fights;
  }

  /**
   * A plan in two parts.
   *
   * @param kept what is to be done now
   * @param held what is left alone, and why, a sentence each
   * @param nanos until the first of them may be done; {@link Long#MAX_VALUE} where no time ends it
   */
  record Split(Plan kept, List<Change> held, List<String> why, long nanos) {}

  Split split(Plan plan) {
    long now = System.nanoTime();
    List<Change> kept = new ArrayList<>();
    List<Change> held = new ArrayList<>();
    List<String> why = new ArrayList<>();
    Set<String> missing = new HashSet<>();
    long shortest = Long.MAX_VALUE;
    for (Change change : plan.changes()) {
      long nanos = heldNanos(change.address(), now);
      boolean without = change.waitsFor().stream().anyMatch(missing::contains);
      if (nanos == 0 && !without) {
        kept.add(change);
        continue;
      }
      held.add(change);
      if (nanos > 0) {
        shortest = Math.min(shortest, nanos);
        why.add(reason(change, plan));
      }
      if (!(change instanceof Change.Modify modify) || modify.changes("up")) {
        missing.add(change.address());
      }
    }
    return held.isEmpty()
        ? new Split(plan, held, why, shortest)
        : new Split(plan.only(kept), held, why, shortest);
  }

  private String reason(Change change, Plan plan) {
    Trouble trouble = troubles.get(change.address());
    return trouble != null
        ? change.address() + " cannot be repaired: " + trouble.why
        : "left alone for now: " + Drift.describe(change, plan);
  }

  private long heldNanos(String address, long now) {
    long nanos = fights.heldNanos(Set.of(address), now);
    Trouble trouble = troubles.get(address);
    return trouble == null ? nanos : Math.max(nanos, trouble.heldUntil - now);
  }

  /**
   * An object whose repair did not succeed.
   *
   * @return how long it is left alone
   */
  long failed(String address, String why) {
    Trouble trouble = troubles.computeIfAbsent(address, key -> new Trouble());
    long hold = trouble.backoff.nextNanos();
    trouble.heldUntil = System.nanoTime() + hold;
    trouble.why = why;
    return hold;
  }

  /** These are as they shall be. */
  void succeeded(Plan plan) {
    plan.changes().forEach(change -> troubles.remove(change.address()));
  }

  /** The host is as it shall be. */
  void allWell() {
    troubles.clear();
  }

  /** A new revision is a new start. */
  void clear() {
    fights.clear();
    troubles.clear();
  }
}
