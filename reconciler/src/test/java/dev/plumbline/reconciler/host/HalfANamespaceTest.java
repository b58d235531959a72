// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import dev.plumbline.netlink.testing.KernelTest;
import dev.plumbline.netlink.testing.Sh;
import dev.plumbline.reconciler.apply.Applier;
import dev.plumbline.reconciler.apply.Failure;
import dev.plumbline.reconciler.apply.Progress;
import dev.plumbline.reconciler.embedded.SwitchAccess;
import dev.plumbline.reconciler.live.LiveState;
import dev.plumbline.reconciler.live.Sockets;
import dev.plumbline.reconciler.plan.Goal;
import dev.plumbline.reconciler.plan.Plan;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What cannot be sent at all is a step that fails, and not the end of the apply. */
@KernelTest
class HalfANamespaceTest {
  /** Devices in three namespaces: requests for one go out when those for the next come. */
  private static final String FILE =
      """
      veths:
        v0: {namespace: a, peer: {device: p0, namespace: a}}
        v1: {namespace: b, peer: {device: p1, namespace: b}}
        v2: {peer: {device: p2}}
      """;

  @Test
  void requestsForOneAreAskedOnceAndTheirFirstStepFails() throws IOException {
    Sh.run("ip netns add a; ip netns add b");
    try (TestHost host = new TestHost()) {
      Goal goal = TestHost.goal(FILE);
      LiveState live = host.host.read(goal);
      Plan plan = host.host.plan(goal, live);
      assertEquals(List.of(), plan.problems());
      // As it is between the two halves of `ip netns add`: the name is there, and no namespace.
      Sh.run("umount -l /run/netns/a");
      try (Sockets sockets = Sockets.open()) {
        Failure failure =
            new Applier(sockets, SwitchAccess.NONE, Progress.silent()).apply(plan, live);
        assertNotNull(failure);
        assertEquals("/run/netns/a is no namespace", failure.message());
      }
    }
  }
}
