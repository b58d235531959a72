// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.agent;

import dev.plumbline.reconciler.rollout.HostStatus;
import dev.plumbline.reconciler.rollout.StatusBoard;
import dev.plumbline.reconciler.source.SourceException;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * Tells the board how this host is, when that has changed, on a thread of its own: a server that
 * does not answer keeps nobody from reconciling. {@link #stands} is for the agent's thread, {@link
 * #tree} for any.
 */
final class StatusTeller implements AutoCloseable {
  /**
   * How often is told.
   *
   * @param least between two times
   * @param jitter up to that much later, so that not all hosts tell at once
   * @param firstRetry after a failure, doubled up to {@code longestRetry}
   */
  record Pace(Duration least, Duration jitter, Duration firstRetry, Duration longestRetry) {
    private static final Duration LEAST = Duration.ofSeconds(10);
    private static final Duration LONGEST = Duration.ofMinutes(10);

    /** That of an agent that fetches so often: three times as often, at most every ten seconds. */
    static Pace of(Duration interval) {
      Duration third = interval.dividedBy(3);
      Duration least = third.compareTo(LEAST) < 0 ? third : LEAST;
      return new Pace(least, least.dividedBy(3), least, LONGEST);
    }
  }

  private final StatusBoard board;
  private final Pace pace;
  private final AgentLog log;
  private final Worker worker;
  private @Nullable HostStatus newest;
  private @Nullable HostStatus last;
  private long told;
  private long failures;
  private @Nullable Instant toldAt;
  private @Nullable String problem;

  private StatusTeller(StatusBoard board, Pace pace, AgentLog log) {
    this.board = board;
    this.pace = pace;
    this.log = log;
    this.worker = Worker.start("tell-status", this::tell);
  }

  static StatusTeller start(StatusBoard board, Pace pace, AgentLog log) {
    return new StatusTeller(board, pace, log);
  }

  /** How the host stands by now. */
  void stands(HostStatus status) {
    synchronized (this) {
      if (newest != null && status.isLike(newest)) {
        return;
      }
      newest = status;
    }
    worker.wake();
  }

  private synchronized @Nullable HostStatus untold() {
    return newest == null || newest.equals(last) ? null : newest;
  }

  private void tell(Worker.Running running) throws InterruptedException {
    Backoff backoff = new Backoff(pace.firstRetry(), pace.longestRetry());
    while (running.isRunning()) {
      if (untold() == null) {
        running.sleep(Long.MAX_VALUE >> 1);
        continue;
      }
      rest(running, (long) (pace.jitter().toNanos() * ThreadLocalRandom.current().nextDouble()));
      HostStatus status = untold();
      if (status == null || !running.isRunning()) {
        continue;
      }
      try {
        board.tell(status);
        backoff.reset();
        succeeded(status);
        rest(running, pace.least().toNanos());
      } catch (IOException | RuntimeException e) {
        // RuntimeException: JGit throws them for damaged repositories.
        boolean refused = e instanceof SourceException lasting && lasting.needsUser();
        long nanos = refused ? pace.longestRetry().toNanos() : backoff.nextNanos();
        failed(refused, String.valueOf(e.getMessage()));
        rest(running, nanos);
      }
    }
  }

  /** Sleeps that long, whoever wakes it. */
  private static void rest(Worker.Running running, long nanos) throws InterruptedException {
    long end = System.nanoTime() + nanos;
    for (long left = nanos; left > 0 && running.isRunning(); left = end - System.nanoTime()) {
      running.sleep(left);
    }
  }

  private void succeeded(HostStatus status) {
    boolean recovered;
    synchronized (this) {
      last = status;
      told++;
      toldAt = Instant.now();
      recovered = problem != null;
      problem = null;
    }
    if (recovered) {
      log.say("status-recovered", "this host's status can be told again");
    }
  }

  private void failed(boolean refused, String why) {
    boolean first;
    synchronized (this) {
      failures++;
      first = problem == null;
      problem = why;
    }
    if (first) {
      log.say(
          refused ? "status-refused" : "status-failed",
          "this host's status cannot be told: " + why + "; hosts in later waves wait for it");
    }
  }

  /** How that goes, as JSON. */
  synchronized Map<String, @Nullable Object> tree() {
    Map<String, @Nullable Object> tree = new LinkedHashMap<>();
    tree.put("told", told);
    tree.put("failures", failures);
    tree.put("last", toldAt == null ? null : toldAt.toString());
    tree.put("problem", problem);
    return tree;
  }

  @Override
  public void close() {
    worker.close();
  }
}
