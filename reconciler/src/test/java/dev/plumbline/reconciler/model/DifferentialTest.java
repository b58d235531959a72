// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.model;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.plumbline.netlink.testing.KernelTest;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/**
 * The model does what the kernel does: made-up steps are taken by both, and after each of them what
 * was refused and what is there are compared. {@code -Dplumbline.sequences=N} takes N sequences of
 * them, however long that takes, {@code -Dplumbline.seed=N} begins with another than the first, and
 * {@code -Dplumbline.differences=N} goes on until so many are found, {@code -Dplumbline.kinds=A,B}
 * makes devices of these kinds alone.
 */
@KernelTest
class DifferentialTest {
  /** The same ones each time, for who only asks whether something broke. */
  private static final int SEQUENCES = 60;

  private static final int SECONDS = 8;
  private static final int STEPS = 25;

  @Test
  void theModelDoesWhatTheKernelDoes() throws IOException {
    BothKernels.assumeCompared(List.of());
    Long first = Long.getLong("plumbline.seed");
    long seed = first == null ? 1 : first;
    Long wanted = Long.getLong("plumbline.sequences");
    long most = wanted != null ? wanted : first != null ? 1 : SEQUENCES;
    int found = Integer.getInteger("plumbline.differences", 1);
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
    long taken = 0;
    StringBuilder all = new StringBuilder();
    while (taken < most && found > 0 && (wanted != null || System.nanoTime() < end)) {
      String difference = sequence(seed + taken++);
      if (!difference.isEmpty()) {
        found--;
        all.append(difference).append('\n');
      }
    }
    System.err.println(taken + " sequences of " + STEPS + " steps, from seed " + seed);
    assertTrue(all.isEmpty(), () -> "\n" + all);
  }

  /** Takes the sequence of a seed; what it finds is shown as short as it gets. */
  private static String sequence(long seed) throws IOException {
    List<Step> steps = new ArrayList<>();
    String difference =
        BothKernels.with(
            both -> {
              RandomSteps random = new RandomSteps(seed, both.capabilities());
              for (int i = 0; i < STEPS; i++) {
                Step step = random.next(both.state());
                steps.add(step);
                String found = both.take(step);
                if (!found.isEmpty()) {
                  return found;
                }
              }
              return "";
            });
    if (difference.isEmpty()) {
      return "";
    }
    List<Step> shortest = Shrinking.of(steps, difference);
    return "with -Dplumbline.seed="
        + seed
        + ":\n"
        + Step.print(shortest)
        + "\n"
        + BothKernels.differ(shortest);
  }
}
