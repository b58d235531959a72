// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.plumbline.netlink.namespace.NetNamespace;
import dev.plumbline.netlink.route.Link;
import dev.plumbline.netlink.route.RouteSocket;
import dev.plumbline.netlink.testing.KernelTest;
import dev.plumbline.reconciler.plan.Plan;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** Removing many bridges takes the kernel seconds; who else speaks to it gets a turn meanwhile. */
@KernelTest
class LongDeletionTest {
  private static final int BRIDGES = 240;

  /** What a group of 40 takes twice, with room for a machine that does other things too. */
  private static final long BLOCKED_MILLIS = 2_000;

  @Test
  void nobodyWaitsForTheLastBridge() throws Exception {
    StringBuilder file = new StringBuilder("bridges:\n");
    for (int i = 0; i < BRIDGES; i++) {
      file.append("  b").append(i).append(": {datapath: kernel}\n");
    }
    ExecutorService other = Executors.newSingleThreadExecutor();
    try (TestHost host = new TestHost();
        NetNamespace scratch = NetNamespace.scratch()) {
      host.applied(file.toString());
      AtomicBoolean done = new AtomicBoolean();
      Future<Long> longest = other.submit(() -> scratch.run(() -> longestWait(done)));
      long start = System.nanoTime();
      Plan removal;
      try {
        removal = host.applied("");
      } finally {
        done.set(true);
      }
      long took = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
      long waited = TimeUnit.NANOSECONDS.toMillis(longest.get(1, TimeUnit.MINUTES));
      System.err.printf(
          "%d bridges removed in %d ms; somebody else waited %d ms at most%n",
          BRIDGES, took, waited);
      assertEquals(BRIDGES, removal.changes().size());
      // On a slow machine all takes longer: still somebody gets a turn long before the end.
      assertTrue(
          waited < Math.max(BLOCKED_MILLIS, took / 2), "blocked for " + waited + " ms of " + took);
    } finally {
      other.shutdownNow();
    }
  }

  /** Nanoseconds that the slowest of many small requests took. */
  private static long longestWait(AtomicBoolean done) throws Exception {
    long longest = 0;
    try (RouteSocket socket = RouteSocket.open()) {
      while (!done.get()) {
        long start = System.nanoTime();
        socket.execute(Link.change(Link.named("lo").up()));
        longest = Math.max(longest, System.nanoTime() - start);
        Thread.sleep(5);
      }
    }
    return longest;
  }
}
