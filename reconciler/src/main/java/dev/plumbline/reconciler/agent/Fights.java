// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.agent;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Counts how often each object is repaired, and holds those that somebody else keeps changing, so
 * that two writers do not keep a host busy for ever.
 *
 * <p>All times are nanoseconds of one clock without a fixed start. Not safe for several threads.
 */
final class Fights {
  /** Repairs of one object within {@link #WINDOW} that are taken for chance. */
  static final int REPAIRS = 10;

  static final Duration WINDOW = Duration.ofMinutes(1);
  static final Duration FIRST_HOLD = Duration.ofSeconds(1);
  static final Duration LONGEST_HOLD = Duration.ofMinutes(1);

  private static final class History {
    private final Deque<Long> repairs = new ArrayDeque<>();
    private final Backoff backoff = new Backoff(FIRST_HOLD, LONGEST_HOLD);
    private boolean fought;
    private long heldUntil;
  }

  private final Map<String, History> records = new HashMap<>();

  /**
   * Notes a repair.
   *
   * @param address of the object in the file
   * @return how long it is held from now on; null if this may be chance
   */
  @Nullable Duration repaired(String address, long now) {
    forget(now);
    History record = records.computeIfAbsent(address, key -> new History());
    record.repairs.addLast(now);
    if (!record.fought && record.repairs.size() <= REPAIRS) {
      return null;
    }
    record.fought = true;
    long hold = record.backoff.nextNanos();
    record.heldUntil = now + hold;
    return Duration.ofNanos(hold);
  }

  /** How many repairs of the object are within the window. */
  int count(String address) {
    History record = records.get(address);
    return record == null ? 0 : record.repairs.size();
  }

  /**
   * Nanoseconds until one of the objects may be repaired; 0 if one may be now, as any is that is
   * not fought over.
   */
  long heldNanos(Collection<String> addresses, long now) {
    long shortest = Long.MAX_VALUE;
    for (String address : addresses) {
      History record = records.get(address);
      long held = record == null || !record.fought ? 0 : Math.max(0, record.heldUntil - now);
      shortest = Math.min(shortest, held);
    }
    return addresses.isEmpty() ? 0 : shortest;
  }

  /** A new revision is a new start. */
  void clear() {
    records.clear();
  }

  /** An object that was left in peace for a window after its hold is forgotten. */
  private void forget(long now) {
    long window = WINDOW.toNanos();
    records
        .values()
        .removeIf(
            record -> {
              while (!record.repairs.isEmpty() && now - record.repairs.peekFirst() > window) {
                record.repairs.removeFirst();
              }
              return record.repairs.isEmpty()
                  && (!record.fought || now - record.heldUntil > window);
            });
  }
}
