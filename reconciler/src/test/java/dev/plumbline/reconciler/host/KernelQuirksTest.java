// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.plumbline.netlink.testing.KernelTest;
import dev.plumbline.netlink.testing.Sh;
import dev.plumbline.reconciler.apply.Outcome;
import dev.plumbline.reconciler.apply.Progress;
import dev.plumbline.reconciler.live.LiveState;
import dev.plumbline.reconciler.plan.Goal;
import dev.plumbline.reconciler.plan.Plan;
import java.io.IOException;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Requests that the kernel takes for others, or takes later only. */
@KernelTest
class KernelQuirksTest {
  private static final String NARROW = "rules: [{from: 10.1.0.0/16, table: 100, priority: 1000}";
  private static final String WIDE = "{table: 100, priority: 1000}";

  private TestHost host;

  @BeforeEach
  void open() throws IOException {
    host = new TestHost();
  }

  @AfterEach
  void close() throws IOException {
    host.close();
  }

  private static List<String> rules() {
    try (Stream<String> lines = Sh.run("ip rule show priority 1000").lines()) {
      return lines.map(line -> line.replaceAll("^1000:\\s*| proto.*$", "")).toList();
    }
  }

  @Test
  void aRuleThatSaysLessIsMadeBesideOneThatSaysMoreAndRemovedAlone() throws IOException {
    host.applied(NARROW + "]\n");
    host.applied(NARROW + ", " + WIDE + "]\n");
    assertEquals(
        List.of("from all lookup 100", "from 10.1.0.0/16 lookup 100"),
        rules(),
        "the wide one first");
    host.applied(NARROW + "]\n");
    assertEquals(List.of("from 10.1.0.0/16 lookup 100"), rules());
    host.applied("rules: [" + WIDE + "]\n");
    assertEquals(List.of("from all lookup 100"), rules());
  }

  @Test
  void aRouteSpeaksWithAnIpv6AddressThatComesWithIt() throws IOException {
    host.applied(
        """
        veths: {v0: {addresses: ['fd00::1/64'], peer: {device: p0}}}
        routes: [{to: 'fd09::/64', dev: v0, source: 'fd00::1'}]
        """);
    assertTrue(Sh.run("ip -6 route show fd09::/64").contains("src fd00::1"));
  }

  @Test
  void whoMakesADeviceMeanwhileDoesNotGetOurMark() throws IOException {
    Goal goal = TestHost.goal("bridges: {br0: {datapath: kernel}}\n");
    LiveState live = host.host.read(goal);
    Plan plan = host.host.plan(goal, live);
    int highest = live.indexes().values().stream().mapToInt(index -> index).max().orElse(0);
    // The index that plumbline would have chosen when it counted on from the highest.
    Sh.run("ip link add theirs index " + (highest + 1000) + " type bridge");
    Outcome outcome = host.host.apply(goal, live, plan, Progress.silent());
    assertEquals(null, outcome.failure());
    assertFalse(Sh.run("ip link show theirs").contains("alias"));
  }
}
