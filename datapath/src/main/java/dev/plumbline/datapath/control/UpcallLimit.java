// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.control;

/**
 * How many upcalls of each port there may be: as many as this thread can decide, unless it takes
 * the CPU from frames that are decided already.
 *
 * <p>That is so when there are such frames and this thread has to wait for a CPU: it shares it with
 * the softirqs and the programs whose frames these are. Then the limit is {@value #LEAST} at once;
 * else it grows by half each period, and is lifted beyond {@value #MOST}. On an idle machine, and
 * in one where nothing is forwarded, there is none.
 */
final class UpcallLimit {
  static final int NONE = 0;

  /** Upcalls of each port a second that there may always be. */
  static final int LEAST = 1_000;

  /** A limit above this is none. */
  static final int MOST = 200_000;

  /** Frames a second that are worth protecting; with segments left to others, some 100 Mbit/s. */
  private static final long FORWARDED = 2_000;

  private int perSecond = NONE;

  /**
   * What one period says.
   *
   * @param nanos its length
   * @param upcalls frames that came up in it
   * @param forwarded frames that did not have to
   * @param ranNanos this thread's CPU time
   * @param waitedNanos for how long this thread could have run and had no CPU
   * @return the limit from now on; {@link #NONE}: there is none
   */
  int next(long nanos, long upcalls, long forwarded, long ranNanos, long waitedNanos) {
    double seconds = nanos / 1e9;
    boolean contended = waitedNanos > ranNanos / 4 && waitedNanos > nanos / 100;
    if (contended && forwarded > FORWARDED * seconds && upcalls > LEAST / 2 * seconds) {
      perSecond = LEAST;
    } else if (perSecond != NONE) {
      perSecond = perSecond > MOST ? NONE : perSecond + perSecond / 2;
    }
    return perSecond;
  }

  int perSecond() {
    return perSecond;
  }
}
