// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The simulation of a fleet, with few hosts. */
class FleetTest {
  private static final int HOSTS = 20;
  private static final Duration LIMIT = Duration.ofMinutes(2);

  @Test
  void aBadCommitTouchesNobodyButTheCanaryAndItsFixReachesAll(@TempDir Path directory)
      throws Exception {
    try (SimulatedFleet fleet =
        new SimulatedFleet(directory, HOSTS, Duration.ofSeconds(2), false)) {
      String first = fleet.commit(SimulatedFleet.AT_ONCE, "br1");
      fleet.start(20);
      fleet.await("all have it", LIMIT, () -> fleet.applied(first).size() == HOSTS);

      List<SimulatedFleet.Member> canaries = fleet.members("canary");
      canaries.forEach(each -> each.kernel().disturb((kernel, change) -> 22));
      String bad = fleet.commit(SimulatedFleet.WAVES, "br2");
      fleet.hurryAll();
      fleet.await("stopped", LIMIT, () -> fleet.stopped(bad).size() == HOSTS - canaries.size());
      assertEquals(0, fleet.having("br2"));
      assertEquals(0, fleet.applied(bad).size());
      assertEquals(HOSTS, fleet.having("br1"));

      canaries.forEach(each -> each.kernel().disturb((kernel, change) -> 0));
      String fix = fleet.commit(SimulatedFleet.WAVES, "br3");
      fleet.await("all have the fix", LIMIT, () -> fleet.applied(fix).size() == HOSTS);
      assertEquals(HOSTS, fleet.having("br3"));
      assertEquals(0, fleet.having("br2"));
      assertEquals(List.of(), fleet.failures());
    }
  }
}
