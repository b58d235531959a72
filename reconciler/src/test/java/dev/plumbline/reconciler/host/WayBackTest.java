// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.plumbline.netlink.libc.Errno;
import dev.plumbline.reconciler.apply.Outcome;
import dev.plumbline.reconciler.apply.Outcome.Result;
import dev.plumbline.reconciler.apply.Progress;
import dev.plumbline.reconciler.apply.Snapshot;
import dev.plumbline.reconciler.embedded.SwitchAccess;
import dev.plumbline.reconciler.live.LiveState;
import dev.plumbline.reconciler.model.ModelKernel;
import dev.plumbline.reconciler.plan.Goal;
import dev.plumbline.reconciler.plan.Ownership;
import dev.plumbline.reconciler.plan.Plan;
import dev.plumbline.reconciler.resource.ResourceId;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The way back where a step of it is refused. */
class WayBackTest {
  private static final String FIRST =
      """
      interfaces:
        eth0: {mtu: 1400, addresses: [10.0.0.1/24]}
        eth1: {addresses: [10.1.0.1/24]}
      rules: [{from: 10.3.0.0/16, table: 5, priority: 500}]
      """;
  private static final ResourceId STUBBORN = ResourceId.addressOn("", "eth0", "10.0.0.1/24");
  private static final ResourceId OTHER = ResourceId.addressOn("", "eth1", "10.1.0.1/24");

  @TempDir private Path directory;
  private ModelKernel kernel;
  private Host host;

  @BeforeEach
  void open() throws IOException {
    kernel = ModelKernel.withCards("hv-01", List.of("eth0", "eth1"));
    host = Host.open(directory, SwitchAccess.NONE, kernel);
    assertEquals(Result.APPLIED, apply(TestHost.goal(FIRST)).result());
  }

  @AfterEach
  void close() {
    host.close();
  }

  private Outcome apply(Goal goal) throws IOException {
    LiveState live = host.read(goal);
    return host.apply(goal, live, host.plan(goal, live), Progress.silent());
  }

  /** Applies a file without anything, and goes back. */
  private Restored thereAndBack(int refusals) throws IOException {
    LiveState before = host.read(TestHost.goal(FIRST));
    Ownership then = host.ownership();
    Plan plan = apply(TestHost.goal("")).plan();
    AtomicInteger left = new AtomicInteger(refusals);
    kernel.disturb(
        (model, change) ->
            change.id().equals(STUBBORN) && left.getAndDecrement() > 0 ? Errno.EBUSY : 0);
    Restored restored = host.decide(() -> host.restore(before, Snapshot.of(plan), then));
    assertNotNull(restored);
    return restored;
  }

  @Test
  void aStepThatIsRefusedOnceIsTriedAgain() throws IOException {
    assertEquals(List.of(), thereAndBack(1).left());
    assertTrue(kernel.state().has(STUBBORN));
  }

  @Test
  void aStepThatIsAlwaysRefusedIsNamedAndAllOthersAreTakenBack() throws IOException {
    Restored restored = thereAndBack(Integer.MAX_VALUE);
    assertTrue(restored.left().get(0).contains("EBUSY"), restored.toString());
    assertTrue(restored.left().stream().allMatch(line -> line.contains("10.0.0.1")));
    LiveState now = kernel.state();
    assertTrue(now.has(OTHER), now.resources().toString());
    assertEquals("1400", now.byId().get(STUBBORN.ofDevice()).get("mtu"));
    assertEquals(1, now.resources().stream().filter(r -> r.get("priority").equals("500")).count());
  }
}
