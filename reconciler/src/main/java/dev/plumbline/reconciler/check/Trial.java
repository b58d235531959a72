// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.check;

import dev.plumbline.reconciler.apply.Unheld;
import dev.plumbline.reconciler.plan.PlannedCheck;
import dev.plumbline.spec.value.Durations;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The tries of one check. A new one is begun after 100 ms, then 200 ms, up to a second; each waits
 * for its answer beside the others, so that a way whose round takes longer than a second counts.
 */
final class Trial implements AutoCloseable {
  private static final long FIRST_INTERVAL = Duration.ofMillis(100).toNanos();
  private static final long LONGEST_INTERVAL = Duration.ofSeconds(1).toNanos();

  /** After that time the kernel has said what it has to say of a neighbour that is not there. */
  private static final long PATIENCE = Duration.ofSeconds(5).toNanos();

  private static final String SILENCE = "no answer";

  private record Open(Try each, long begun) {}

  private final PlannedCheck planned;
  private final Places places;
  private final long end;
  private final List<Open> tries = new ArrayList<>();
  private final Map<String, Integer> troubles = new LinkedHashMap<>();
  private int count;
  private long interval = FIRST_INTERVAL;
  private long next;
  private boolean held;
  private boolean over;

  Trial(PlannedCheck planned, Places places, long now) {
    this.planned = planned;
    this.places = places;
    this.next = now;
    this.end = now + planned.check().within().toNanos();
  }

  /** The sockets that are waited at. */
  List<Try> open() {
    return tries.stream().map(Open::each).toList();
  }

  /** Whether it is decided. */
  boolean isOver() {
    return over;
  }

  /** When it wants to be looked at again, though nothing comes. */
  long nextNanos() {
    return Math.min(next, end);
  }

  /** Looks at the tries that there are, and begins another if it is time. */
  void turn(long now) {
    Iterator<Open> all = tries.iterator();
    while (all.hasNext() && !held) {
      Open open = all.next();
      try {
        held = open.each.isAnswered();
        if (held || now - open.begun < PATIENCE) {
          continue;
        }
        count(SILENCE);
      } catch (IOException e) {
        count(String.valueOf(e.getMessage()));
      }
      open.each.close();
      all.remove();
    }
    // What was answered before the time was up is seen even by who comes late.
    over = held || now - end >= 0;
    if (held) {
      close();
    }
    if (!over && now - next >= 0) {
      begin(now);
    }
  }

  private void begin(long now) {
    count++;
    next = now + interval;
    interval = Math.min(LONGEST_INTERVAL, 2 * interval);
    try {
      boolean ping = planned.check().port() == null;
      tries.add(
          new Open(
              ping
                  ? PingTry.begin(planned.check(), places, count)
                  : ConnectTry.begin(planned.check(), places),
              now));
    } catch (IOException e) {
      count(String.valueOf(e.getMessage()));
    }
  }

  private void count(String trouble) {
    troubles.merge(trouble, 1, Integer::sum);
  }

  boolean isHeld() {
    return held;
  }

  /**
   * What is said of one that does not hold.
   *
   * @param end what became of it if its time is not over
   */
  Unheld unheld(String end) {
    Map<String, Integer> all = new LinkedHashMap<>(troubles);
    if (!tries.isEmpty()) {
      all.merge(SILENCE, tries.size(), Integer::sum);
    }
    String said =
        all.size() == 1
            ? all.keySet().iterator().next()
            : all.entrySet().stream()
                .map(each -> each.getKey() + " ×" + each.getValue())
                .collect(Collectors.joining(", "));
    String why =
        said
            + " ("
            + (count == 1 ? "1 try" : count + " tries")
            + (over ? " in " + Durations.print(planned.check().within()) : ", then " + end)
            + ")";
    return new Unheld(planned.address(), planned.place(), planned.what(), why, false, !over);
  }

  @Override
  public void close() {
    tries.forEach(open -> open.each.close());
  }
}
