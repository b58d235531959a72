// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.testing;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.concurrent.Callable;

/** What comes true by itself, in the kernel's or the switch's own time. */
public final class Eventually {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private Eventually() {}

  /**
   * Waits until it is so.
   *
   * @throws AssertionError with these words if it is not for half a minute
   */
  public static void eventually(String what, Callable<Boolean> condition) throws Exception {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.call()) {
      assertTrue(System.nanoTime() < end, () -> "never: " + what);
      Thread.sleep(5);
    }
  }
}
