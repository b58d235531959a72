// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.host;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.plumbline.netlink.probe.KernelFeatures;
import dev.plumbline.netlink.testing.KernelTest;
import dev.plumbline.netlink.testing.Sh;
import java.io.IOException;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/**
 * From any file to any other on the real kernel: after each apply another plan is empty, and at the
 * end nothing is left. {@code -Dplumbline.seed=N} replays one case, {@code -Dplumbline.runs=N}
 * makes more and {@code -Dplumbline.first=N} others.
 */
@KernelTest
class RandomFilesTest {
  private static final int FILES_A_RUN = 4;

  @Test
  void oneAfterTheOther() throws IOException {
    Long only = Long.getLong("plumbline.seed"); // null unless given
    long first = only != null ? only : Long.getLong("plumbline.first", 1);
    long runs = only != null ? 1 : Long.getLong("plumbline.runs", 6);
    Set<String> kinds = kinds();
    for (long seed = first; seed < first + runs; seed++) {
      try {
        run(seed, kinds);
      } catch (AssertionError | RuntimeException | IOException e) {
        throw new AssertionError("replay with -Dplumbline.seed=" + seed + ": " + e.getMessage(), e);
      }
    }
  }

  private static Set<String> kinds() throws IOException {
    Set<String> kinds = new TreeSet<>(Set.of("dummy", "bond", "vlan", "vrf"));
    try (KernelFeatures features = KernelFeatures.open()) {
      kinds.removeAll(features.missing(kinds));
    }
    return kinds;
  }

  private static void run(long seed, Set<String> kinds) throws IOException {
    try (TestHost host = new TestHost()) {
      String previous = "";
      for (int i = 0; i < FILES_A_RUN; i++) {
        String file = RandomFile.of(seed * FILES_A_RUN + i, kinds);
        try {
          host.applied(file);
        } catch (AssertionError e) {
          throw new AssertionError("from\n" + previous + "to\n" + file + e.getMessage(), e);
        }
        previous = file;
      }
      host.applied("");
      assertEquals("", TestHost.devices());
      assertEquals("", Sh.run("ip netns list").strip());
      assertEquals("", Sh.run("ip route show table all proto 112").strip());
      assertEquals("", Sh.run("ip -6 route show table all proto 112").strip());
    }
  }
}
