// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.plumbline.reconciler.apply.Progress;
import dev.plumbline.reconciler.checkpoint.Checkpoints;
import dev.plumbline.reconciler.desired.Goals;
import dev.plumbline.reconciler.embedded.SwitchAccess;
import dev.plumbline.reconciler.host.BootClock;
import dev.plumbline.reconciler.host.Host;
import dev.plumbline.reconciler.host.KernelWatch;
import dev.plumbline.reconciler.live.LiveState;
import dev.plumbline.reconciler.model.Edit;
import dev.plumbline.reconciler.model.ModelKernel;
import dev.plumbline.reconciler.plan.Goal;
import dev.plumbline.reconciler.resource.ResourceId;
import dev.plumbline.spec.HostFile;
import dev.plumbline.spec.LoadOptions;
import dev.plumbline.spec.model.DesiredState;
import dev.plumbline.spec.source.MapSource;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A namespace of plumbline's that left the file before the agent was started, and in which somebody
 * else has a device. The loop is turned by hand: no look that is taken once a minute helps.
 */
class LeavingNamespaceTest {
  private static final ResourceId WEB = ResourceId.namespaceNamed("web");
  private static final ResourceId GUEST = ResourceId.deviceIn("web", "guest");

  /** Of turns that answer what has come. */
  private static final int TURNS = 3;

  @TempDir private Path directory;

  private final ModelKernel kernel = ModelKernel.withCards("host", List.of("eth0"));
  private final List<String> lines = new ArrayList<>();

  private static DesiredState state(String yaml) {
    DesiredState state =
        HostFile.load(
                MapSource.ofTexts(Map.of("host.yaml", "version: 1\n" + yaml)),
                "host.yaml",
                LoadOptions.defaults())
            .state();
    assertNotNull(state);
    return state;
  }

  private Host open() throws IOException {
    return Host.open(directory.resolve("state"), SwitchAccess.NONE, kernel);
  }

  @Test
  void itGoesAsSoonAsThatHasGone() throws Exception {
    try (Host host = open()) {
      Goal goal = Goals.of(state("namespaces: {web: {}}"));
      LiveState live = host.read(goal);
      assertTrue(host.apply(goal, live, host.plan(goal, live), Progress.silent()).isGood());
    }
    kernel.edit(Edit.addDevice(GUEST, "bridge"));
    AgentLog log = new AgentLog(lines::add, false);
    try (Host host = open();
        KernelWatch watch = kernel.watch(log::say)) {
      watch.longestSleepMillis(100);
      Path run = directory.resolve("run");
      Reconciling reconciling =
          new Reconciling(
              host,
              watch,
              new Mailbox(() -> {}),
              new Pause(run, Clock.systemUTC()),
              new ObjectPauses(run, Clock.systemUTC()),
              new Checkpoints(directory.resolve("state"), BootClock.OF_THE_HOST),
              log);
      DesiredState bare = state("namespaces: {}");
      assertTrue(
          reconciling.adopt(
              Candidate.read("1", "1", "one", bare, List.of(), Candidate.Keeper.NOTHING)),
          lines::toString);
      turns(reconciling, watch);
      assertTrue(kernel.state().has(WEB) && kernel.state().has(GUEST), lines::toString);
      int since = lines.size();
      kernel.edit(Edit.deleteDevice(GUEST));
      turns(reconciling, watch);
      assertFalse(kernel.state().has(WEB), lines::toString);
      List<String> said = lines.subList(since, lines.size());
      assertEquals(1, said.size(), said::toString);
    }
  }

  private static void turns(Reconciling reconciling, KernelWatch watch) throws IOException {
    for (int i = 0; i < TURNS; i++) {
      watch.wakeUp();
      reconciling.turn();
    }
  }
}
