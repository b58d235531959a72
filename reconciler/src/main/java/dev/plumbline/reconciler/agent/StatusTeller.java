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
import java.util.concurrent.TimeUnit;
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

  private static final long FOREVER_NANOS = Long.MAX_VALUE >> 1;

  private final StatusBoard board;
  private final Pace pace;
  private final AgentLog log;
  private final Worker worker;
  private @Nullable HostStatus newest;
  private @Nullable HostStatus last;
  private @Nullable Runnable again;
  private long againAt;
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

  /**
   * How the host stands by now.
   *
   * @param laterMillis after that time somebody should look whether it still is so; null: nobody
   * @param look has it looked at; it calls this again
   */
  void stands(HostStatus status, @Nullable Long laterMillis, Runnable look) {
    synchronized (this) {
      boolean isNew = newest == null || !status.isLike(newest);
      if (isNew) {
        newest = status;
      }
      boolean isSooner = laterMillis != null && again == null;
      again = laterMillis == null ? null : look;
      againAt = System.nanoTime() + nanos(laterMillis == null ? 0 : laterMillis);
      if (!isNew && !isSooner) {
        return;
      }
    }
    worker.wake();
  }

  /** A little more, for the host's clock knows of whole hundredths of seconds alone. */
  private static long nanos(long millis) {
    return Math.min(TimeUnit.MILLISECONDS.toNanos(millis + 10), FOREVER_NANOS);
  }

  /** Nanoseconds until somebody should look again. */
  private synchronized long pauseNanos() {
    return again == null ? FOREVER_NANOS : Math.max(0, againAt - System.nanoTime());
  }

  private synchronized @Nullable Runnable takeAgain() {
    Runnable due = again;
    again = null;
    return due;
  }

  private synchronized @Nullable HostStatus untold() {
    return newest == null || newest.equals(last) ? null : newest;
  }

  private void tell(Worker.Running running) throws InterruptedException {
    Backoff backoff = new Backoff(pace.firstRetry(), pace.longestRetry());
    while (running.isRunning()) {
      if (untold() == null) {
        running.sleep(pauseNanos());
        Runnable due = pauseNanos() == 0 ? takeAgain() : null;
        if (due != null) {
          due.run();
        }
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
