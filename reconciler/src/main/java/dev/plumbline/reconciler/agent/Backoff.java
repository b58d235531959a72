// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.agent;

import java.time.Duration;

/** Doubles a delay up to a limit. Not safe for several threads. */
final class Backoff {
  private final long first;
  private final long limit;
  private long next;

  Backoff(Duration first, Duration limit) {
    this.first = first.toNanos();
    this.limit = Math.max(first.toNanos(), limit.toNanos());
    this.next = this.first;
  }

  /** The next delay in nanoseconds. */
  long nextNanos() {
    long delay = next;
    next = Math.min(limit, next * 2);
    return delay;
  }

  void reset() {
    next = first;
  }
}
