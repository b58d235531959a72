// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.tally;

import dev.plumbline.datapath.translate.Trail;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Which trail has which index in the fast path's counters. */
final class Trails {
  /** Of all trails together: what a way through thousands of tables may take of them is bounded. */
  private static final int NUMBERS = 1 << 21;

  private final int limit;
  private final Map<Trail, Integer> indexes = new HashMap<>();

  /** All that are free, and some that are in use again: {@link #put} looks for none. */
  private final ArrayDeque<Integer> free = new ArrayDeque<>();

  private @Nullable Trail[] trails = new Trail[256];

  /** By index: when a megaflow or a frame named it last. */
  private long[] namedNanos = new long[256];

  private int next = 1;
  private int numbers;

  /**
   * Without any.
   *
   * @param limit all indexes are less than this
   */
  Trails(int limit) {
    this.limit = limit;
  }

  /** Its index; 0: it has none. */
  int index(Trail trail) {
    return indexes.getOrDefault(trail, 0);
  }

  /** Gives it an index; 0: there is none left. */
  int add(Trail trail) {
    if (numbers + trail.size() > NUMBERS) {
      return 0;
    }
    Integer index = free.poll();
    while (index != null && get(index) != null) {
      index = free.poll();
    }
    if (index == null) {
      if (next == limit) {
        return 0;
      }
      index = next++;
    }
    set(index, trail.copy());
    return index;
  }

  /** Gives it this index, which no other has. */
  void put(int index, Trail trail) {
    for (; next < index; next++) {
      free.add(next);
    }
    next = Math.max(next, index + 1);
    set(index, trail);
  }

  private void set(int index, Trail trail) {
    if (index >= trails.length) {
      int length = Math.max(2 * trails.length, index + 1);
      trails = Arrays.copyOf(trails, length);
      namedNanos = Arrays.copyOf(namedNanos, length);
    }
    trails[index] = trail;
    indexes.put(trail, index);
    numbers += trail.size();
  }

  /** Frees the index. */
  void remove(int index) {
    Trail trail = get(index);
    if (trail != null) {
      trails[index] = null;
      indexes.remove(trail);
      numbers -= trail.size();
      free.add(index);
    }
  }

  /** The trail with that index; null: none has it. */
  @Nullable Trail get(int index) {
    return index > 0 && index < trails.length ? trails[index] : null;
  }

  /** All indexes in use are less than this. */
  int end() {
    return next;
  }

  void named(int index, long nowNanos) {
    namedNanos[index] = nowNanos;
  }

  long namedNanos(int index) {
    return namedNanos[index];
  }

  /** All, with their indexes. */
  Map<Trail, Integer> all() {
    return indexes;
  }
}
