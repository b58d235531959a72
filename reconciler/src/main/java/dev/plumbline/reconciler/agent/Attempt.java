// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.agent;

import dev.plumbline.reconciler.live.LiveState;
import dev.plumbline.reconciler.plan.Goal;
import dev.plumbline.reconciler.plan.GoalIndex;
import dev.plumbline.reconciler.plan.Wanted;
import dev.plumbline.reconciler.resource.Resource;
import dev.plumbline.reconciler.resource.ResourceType;
import java.time.Duration;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** A revision, with what is known of trying it. For one thread. */
final class Attempt {
  final Candidate candidate;
  final Goal goal;

  /** Whether something is wanted that sends no event when it changes. */
  final boolean polled;

  /** The namespaces that something is wanted in, and those that are wanted themselves. */
  final Set<String> namespaces = new TreeSet<>();

  /** Namespaces of plumbline's that the goal does not name, as read last: each waits to leave. */
  private final Set<String> leaving = new TreeSet<>();

  private final Backoff backoff = new Backoff(Duration.ofSeconds(1), Duration.ofMinutes(5));
  private long heldUntil = System.nanoTime();
  private @Nullable LiveState seen;
  private @Nullable GoalIndex index;
  private int failures;

  Attempt(Candidate candidate, Goal goal) {
    this.candidate = candidate;
    this.goal = goal;
    boolean sysctls = false;
    for (Wanted wanted : goal.wanted()) {
      ResourceType type = wanted.resource().id().type();
      sysctls |= type == ResourceType.SYSCTL;
      namespaces.add(
          type == ResourceType.NAMESPACE
              ? wanted.resource().id().key()
              : wanted.resource().id().namespace());
    }
    this.polled = sysctls;
  }

  /** The goal for looking up; made when it is asked for first. */
  GoalIndex index() {
    makeIndex();
    return Objects.requireNonNull(index);
  }

  /** Makes {@link #index} now. */
  void makeIndex() {
    if (index == null) {
      index = new GoalIndex(goal);
    }
  }

  /** The namespaces of which events matter. */
  Set<String> watched() {
    Set<String> all = new TreeSet<>(namespaces);
    all.addAll(leaving);
    return all;
  }

  /**
   * Notes which namespaces wait to leave.
   *
   * @return whether there are some of which it was not known
   */
  boolean noteLeaving(LiveState live) {
    Set<String> now = new TreeSet<>();
    for (Resource namespace : live.ofType(ResourceType.NAMESPACE)) {
      String name = namespace.id().key();
      if (namespace.isOurs() && !namespaces.contains(name)) {
        now.add(name);
      }
    }
    boolean more = !leaving.containsAll(now);
    leaving.clear();
    leaving.addAll(now);
    return more;
  }

  void failed(@Nullable LiveState state) {
    seen = state;
    failures++;
    heldUntil = System.nanoTime() + backoff.nextNanos();
  }

  /** Nanoseconds until it may be tried again; 0: now. */
  long heldNanos() {
    return Math.max(0, heldUntil - System.nanoTime());
  }

  /**
   * Whether trying again would do the same as before. One failure proves nothing: somebody else may
   * have made a device at that very moment.
   */
  boolean isSame(LiveState live) {
    return failures > 1 && seen != null && seen.byId().equals(live.byId());
  }

  boolean hasFailed() {
    return failures > 0;
  }

  void succeeded() {
    seen = null;
    failures = 0;
    heldUntil = System.nanoTime();
    backoff.reset();
  }
}
