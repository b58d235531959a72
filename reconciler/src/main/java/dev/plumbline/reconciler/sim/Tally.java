// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.sim;

import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;

/** How often each thing happened. */
public final class Tally {
  /** What is counted. */
  public enum Count {
    APPLIES,
    REFUSALS,
    CRASHES,
    /** Dumps that were interrupted each time, so that an apply ended where it was. */
    INTERRUPTIONS,
    EDITS,
    ROLLBACKS,
    /** Plans for what events told that were compared with one for the whole host. */
    FOLLOWED,
    /** What could not be tried, such as a file whose plan has a problem. */
    PASSED_OVER,
    /** Runs that ended before all of them could be tried. */
    CUT_SHORT;

    /** As a program reads it. */
    public String label() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  private final Map<Count, Long> counts = new EnumMap<>(Count.class);

  void add(Count what) {
    counts.merge(what, 1L, Long::sum);
  }

  void add(Tally other) {
    other.counts.forEach((what, count) -> counts.merge(what, count, Long::sum));
  }

  public long of(Count what) {
    return counts.getOrDefault(what, 0L);
  }
}
