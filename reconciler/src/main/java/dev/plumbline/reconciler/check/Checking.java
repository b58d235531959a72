// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.check;

import dev.plumbline.netlink.libc.Libc;
import dev.plumbline.netlink.libc.Memory;
import dev.plumbline.reconciler.apply.Unheld;
import dev.plumbline.reconciler.plan.PlannedCheck;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** Tries all checks of an apply side by side. */
public final class Checking {
  /** How soon somebody's wish to end it is seen. */
  private static final long LONGEST_SLEEP = Duration.ofMillis(100).toNanos();

  private Checking() {}

  /**
   * Tries until each check holds or its time is over.
   *
   * @param all whether each is decided, though one does not hold
   * @param goesOn is asked every 100 ms at least; false: it ends at once
   * @return those that did not hold, in their order
   * @throws IOException if nothing can be waited for
   */
  public static List<Unheld> run(
      List<PlannedCheck> checks, Places places, boolean all, BooleanSupplier goesOn)
      throws IOException {
    List<Trial> trials = new ArrayList<>();
    long start = System.nanoTime();
    checks.forEach(check -> trials.add(new Trial(check, places, start)));
    try {
      boolean on = true;
      while (on && turn(trials) && (all || noneFailed(trials))) {
        on = goesOn.getAsBoolean();
        if (on) {
          sleep(trials);
        }
      }
      String end = on ? "not waited for any longer" : "broken off";
      return trials.stream()
          .filter(trial -> !trial.isHeld())
          .map(trial -> trial.unheld(end))
          .toList();
    } finally {
      trials.forEach(Trial::close);
    }
  }

  /** Whether any is undecided. */
  private static boolean turn(List<Trial> trials) {
    boolean open = false;
    for (Trial trial : trials) {
      if (!trial.isOver()) {
        trial.turn(System.nanoTime());
        open |= !trial.isOver();
      }
    }
    return open;
  }

  private static boolean noneFailed(List<Trial> trials) {
    return trials.stream().allMatch(trial -> trial.isHeld() || !trial.isOver());
  }

  private static void sleep(List<Trial> trials) throws IOException {
    List<Try> awaited = new ArrayList<>();
    long now = System.nanoTime();
    long left = LONGEST_SLEEP;
    for (Trial trial : trials) {
      if (!trial.isOver()) {
        awaited.addAll(trial.open());
        left = Math.min(left, trial.nextNanos() - now);
      }
    }
    int millis = (int) Math.max(0, TimeUnit.NANOSECONDS.toMillis(left + 999_999));
    Memory polled = Memory.allocate(Math.max(1, awaited.size()) * Libc.POLLFD_BYTES);
    ByteBuffer buffer = polled.buffer();
    for (int i = 0; i < awaited.size(); i++) {
      int at = i * Libc.POLLFD_BYTES;
      buffer.putInt(at, awaited.get(i).fd()).putShort(at + 4, awaited.get(i).events());
    }
    int unused = Libc.poll(polled, awaited.size(), millis);
  }
}
