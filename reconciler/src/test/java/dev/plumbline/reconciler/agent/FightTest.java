// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.plumbline.netlink.testing.KernelTest;
import dev.plumbline.netlink.testing.Sh;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@KernelTest
class FightTest {
  @TempDir private Path directory;

  @Test
  void twoWritersDoNotKeepTheHostBusy() throws Exception {
    Path file = directory.resolve("host.yaml");
    AgentRun.write(
        file,
        """
        version: 1
        veths:
          wan: {mtu: 1400, peer: {device: wan-far}}
        bridges:
          br0: {datapath: kernel}
        """);
    try (AgentRun agent = AgentRun.ofFile(file, directory.resolve("state"))) {
      agent.settle();
      long end = System.nanoTime() + Duration.ofSeconds(3).toNanos();
      int sets = 0;
      // Longer where that is not enough: user-mode Linux starts five processes a second.
      while ((System.nanoTime() < end || agent.lines("FIGHT").isEmpty()) && sets < 2_000) {
        Sh.run("ip link set wan mtu 1300");
        sets++;
      }

      int repairs = agent.lines("drift: ").size();
      assertTrue(repairs >= Fights.REPAIRS, repairs + " repairs of " + sets);
      assertTrue(repairs <= Fights.REPAIRS + 5, repairs + " repairs of " + sets);
      String fight = agent.await("FIGHT over veths.wan: mtu is set to 1300 by somebody else");
      assertTrue(fight.contains("the file says 1400"), fight);

      int since = agent.size();
      Sh.run("ip link del br0");
      agent.await(since, "drift: .*bridges.br0 is missing.*repaired in");
      AgentRun.eventually(
          "it is set back when it was left alone for long enough",
          () -> Sh.run("ip link show dev wan").contains("mtu 1400"));
    }
  }

  @Test
  void anObjectIsHeldForLongerEachTime() {
    Fights fights = new Fights();
    long second = 1_000_000_000L;
    for (int i = 0; i < Fights.REPAIRS; i++) {
      assertNull(fights.repaired("a", i));
    }

    assertEquals(Duration.ofSeconds(1), fights.repaired("a", second));
    assertEquals(second, fights.heldNanos(List.of("a"), second));
    assertEquals(0, fights.heldNanos(List.of("a", "b"), second), "b is not fought over");
    assertEquals(Duration.ofSeconds(2), fights.repaired("a", 2 * second));
    for (int i = 0; i < 10; i++) {
      fights.repaired("a", 3 * second);
    }
    assertEquals(Fights.LONGEST_HOLD, fights.repaired("a", 4 * second));
    assertNull(fights.repaired("a", 200 * second), "peace for a minute is forgotten");
  }
}
