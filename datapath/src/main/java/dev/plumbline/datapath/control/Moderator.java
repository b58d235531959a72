// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.control;

import dev.plumbline.datapath.fastpath.FastPath;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Measures, period by period, what {@link UpcallLimit} goes by, and lets its limit hold. */
final class Moderator implements AutoCloseable {
  static final long PERIOD_MILLIS = 50;

  private final FastPath fast;
  private final UpcallLimit limit = new UpcallLimit();
  private @Nullable CpuWait cpu;
  private long lastNanos;
  private long lastUpcalls;
  private long mostForwarded;
  private boolean few = true;
  private long lastRanNanos;
  private long lastWaitedNanos;

  Moderator(FastPath fast) {
    this.fast = fast;
  }

  /**
   * To be called often, by the thread whose waiting counts.
   *
   * @param upcalls frames that have come up since the start
   */
  void run(long upcalls) throws IOException {
    long now = System.nanoTime();
    long nanos = now - lastNanos;
    if (nanos < PERIOD_MILLIS * 1_000_000) {
      return;
    }
    if (cpu == null) {
      cpu = CpuWait.ofThisThread();
    }
    cpu.read();
    long frames = upcalls - lastUpcalls;
    // Few upcalls, as nearly always: nothing to be limited, and the ports need not be asked.
    boolean wereFew = few;
    few = frames * 1_000_000_000L / nanos < UpcallLimit.LEAST / 2;
    long forwarded = few ? 0 : forwarded();
    forwarded = wereFew ? 0 : forwarded;
    int before = limit.perSecond();
    int after =
        limit.next(
            nanos,
            frames,
            forwarded,
            cpu.ranNanos() - lastRanNanos,
            cpu.waitedNanos() - lastWaitedNanos);
    if (after != before) {
      fast.upcallLimit(after);
    }
    lastNanos = now;
    lastUpcalls = upcalls;
    lastRanNanos = cpu.ranNanos();
    lastWaitedNanos = cpu.waitedNanos();
  }

  /**
   * Frames forwarded since it was asked last; rather fewer than there were, as misses go on while
   * the ports are asked one by one.
   */
  private long forwarded() throws IOException {
    long before = mostForwarded;
    long misses = fast.misses();
    long received = fast.received();
    mostForwarded = received - misses;
    return received - fast.misses() - before;
  }

  /** Upcalls of each port a second; 0: there is no limit. */
  int perSecond() {
    return limit.perSecond();
  }

  @Override
  public void close() throws IOException {
    if (cpu != null) {
      cpu.close();
    }
  }
}
