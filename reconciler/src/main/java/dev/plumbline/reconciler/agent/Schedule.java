// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.agent;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;

/** When the host is looked at though nothing happens. For one thread; nanoseconds of one clock. */
final class Schedule {
  /** For what sends no event though it should. */
  private static final long AUDIT_NANOS = Duration.ofMinutes(1).toNanos();

  /** A big host is audited less often: it costs no more than this part of one CPU. */
  private static final long AUDIT_PART = 2_000;

  private static final long LONGEST_AUDIT_NANOS = Duration.ofMinutes(10).toNanos();

  /** Most sysctls send no event: they are looked at as often as costs this part of one CPU. */
  private static final long POLL_PART = 500;

  private static final long SHORTEST_POLL_NANOS = Duration.ofSeconds(2).toNanos();

  /**
   * How many checks say together how long one takes: the least of them. One may have waited for a
   * CPU, or have applied something, and the first ones run code that is not compiled yet.
   */
  private static final int CHECKS = 3;

  private final Deque<Long> checksTook = new ArrayDeque<>();
  private long audited = System.nanoTime();
  private long checkEnded = System.nanoTime();
  private long checkTook;

  /** When the next check is due; {@link Long#MAX_VALUE}: never. */
  private long dueInNanos = Long.MAX_VALUE;

  private long dueSince;

  /** A later event may come any time; this one comes by itself. */
  void due(long nanos) {
    if (dueInNanos == Long.MAX_VALUE || nanos < dueInNanos - (System.nanoTime() - dueSince)) {
      dueInNanos = nanos;
      dueSince = System.nanoTime();
    }
  }

  /** Whether the whole host is to be looked at now. */
  boolean isDue(boolean polled) {
    boolean due = dueInNanos != Long.MAX_VALUE && System.nanoTime() - dueSince >= dueInNanos;
    return due || System.nanoTime() - audited >= auditNanos(polled);
  }

  /** The whole host is looked at now. */
  void begins() {
    dueInNanos = Long.MAX_VALUE;
    audited = System.nanoTime();
  }

  /** It took so long. */
  void ended(long nanos) {
    checkEnded = System.nanoTime();
    checkTook = nanos;
    if (checksTook.size() == CHECKS) {
      checksTook.remove();
    }
    checksTook.add(nanos);
  }

  /** What was looked at last, and how long ago, for who would not be busier than that. */
  boolean isBusy() {
    return System.nanoTime() - checkEnded < checkTook;
  }

  long lastTook() {
    return checkTook;
  }

  /** How long after a check the next one is due, if nothing happens. */
  long auditNanos(boolean polled) {
    long least = checksTook.stream().mapToLong(Long::longValue).min().orElse(0);
    long known = checksTook.size() < CHECKS ? 0 : least;
    return polled
        ? Math.min(AUDIT_NANOS, Math.max(SHORTEST_POLL_NANOS, least * POLL_PART))
        : Math.min(LONGEST_AUDIT_NANOS, Math.max(AUDIT_NANOS, known * AUDIT_PART));
  }

  int timeoutMillis(boolean polled) {
    long now = System.nanoTime();
    // It turns once a minute all the same, for who wants to know that it does.
    long wait = Math.min(AUDIT_NANOS, Math.max(0, auditNanos(polled) - (now - audited)));
    if (dueInNanos != Long.MAX_VALUE) {
      wait = Math.min(wait, Math.max(0, dueInNanos - (now - dueSince)));
    }
    return (int) Math.min(Integer.MAX_VALUE, (wait + 999_999) / 1_000_000);
  }
}
