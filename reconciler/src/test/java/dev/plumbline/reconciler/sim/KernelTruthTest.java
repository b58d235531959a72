// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.plumbline.netlink.probe.KernelFeatures;
import dev.plumbline.netlink.testing.KernelTest;
import dev.plumbline.reconciler.apply.Outcome;
import dev.plumbline.reconciler.apply.Progress;
import dev.plumbline.reconciler.embedded.SwitchAccess;
import dev.plumbline.reconciler.host.Host;
import dev.plumbline.reconciler.host.RandomFile;
import dev.plumbline.reconciler.live.LiveState;
import dev.plumbline.reconciler.plan.Goal;
import dev.plumbline.reconciler.plan.Plan;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What plans say is what the kernel's own events tell, step by step. {@code -Dplumbline.applies=N}
 * applies N files, however long that takes, {@code -Dplumbline.seed=N} begins with another.
 */
@KernelTest
class KernelTruthTest {
  private static final int APPLIES = 16;
  private static final int SECONDS = 10;

  @TempDir private Path state;

  @Test
  void plansSayWhatTheKernelTells() throws IOException {
    long first = Long.getLong("plumbline.seed", 1);
    Long wanted = Long.getLong("plumbline.applies");
    long most = wanted == null ? APPLIES : wanted;
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
    Set<String> kinds = new TreeSet<>(Set.of("dummy", "bond", "vlan", "vrf"));
    try (KernelFeatures features = KernelFeatures.open()) {
      kinds.removeAll(features.missing(kinds));
    }
    long applies = 0;
    long steps = 0;
    WatchedKernel kernel = new WatchedKernel();
    try (Host host = Host.open(state, SwitchAccess.NONE, kernel)) {
      String before = "";
      while (applies < most && (wanted != null || System.nanoTime() < end)) {
        long seed = first + applies++;
        String file = RandomFile.of(seed, kinds);
        steps += apply(host, kernel, file, "seed " + seed + ", from\n" + before + "to\n" + file);
        before = file;
      }
      steps += apply(host, kernel, "", "from\n" + before + "to nothing\n");
    }
    System.err.println(applies + " files, " + steps + " steps, from seed " + first);
    assertTrue(steps > 0, "no step was taken");
  }

  /** Returns how many steps it took. */
  private static int apply(Host host, WatchedKernel kernel, String file, String said)
      throws IOException {
    Goal goal = ModelHost.goal("version: 1\n" + file);
    assertNotNull(goal, file);
    LiveState live = host.read(goal);
    Plan plan = host.plan(goal, live);
    Outcome outcome = host.apply(goal, live, plan, Progress.silent());
    assertTrue(outcome.isGood(), () -> said + outcome.failure() + outcome.left());
    List<Witnessed> carriedOut = kernel.plans();
    int steps = 0;
    for (Witnessed each : carriedOut) {
      Claims claims = new Claims(each);
      String wrong = claims.untrue() + claims.unannounced() + claims.needless();
      assertEquals("", wrong, said);
      steps += each.steps.size();
    }
    return steps;
  }
}
