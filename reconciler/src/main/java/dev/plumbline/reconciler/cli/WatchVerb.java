// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.cli;

import dev.plumbline.reconciler.agent.AgentLock;
import dev.plumbline.reconciler.api.RemoteSwitch;
import dev.plumbline.reconciler.checkpoint.Checkpoint;
import dev.plumbline.reconciler.checkpoint.Checkpoints;
import dev.plumbline.reconciler.checkpoint.Decided;
import dev.plumbline.reconciler.host.BootClock;
import dev.plumbline.reconciler.host.BusyException;
import dev.plumbline.reconciler.host.Host;
import java.io.IOException;
import java.nio.file.Files;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code plumbline watch-checkpoint}: the process that {@link Watcher} starts. Not for people. */
@Command(
    name = WatchVerb.NAME,
    hidden = true,
    description =
        "Roll an apply back in time unless it is confirmed. Started by `apply --confirm`.")
final class WatchVerb implements Callable<Integer> {
  static final String NAME = "watch-checkpoint";

  private static final long LOOK_MILLIS = 500;

  /** How long an agent that runs here is let do it. */
  private static final long AGENTS_MILLIS = 10_000;

  @Option(names = "--id", required = true, description = "The checkpoint.")
  private String id = "";

  @Mixin private StateOption state = new StateOption();
  @Mixin private RunOption run = new RunOption();

  private final Console console;

  WatchVerb(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    Checkpoints checkpoints = new Checkpoints(state.directory(), BootClock.OF_THE_HOST);
    // All that going back takes is there before the network may be gone.
    Privilege.open(state.directory(), RemoteSwitch.of(run.directory()), "").close();
    Files.writeString(Watcher.sign(state.directory(), id), "");
    long overdue = 0;
    while (true) {
      Checkpoint checkpoint = null;
      boolean readable = true;
      try {
        checkpoint = checkpoints.find();
      } catch (IOException e) {
        readable = false; // that is decided, too
      }
      if (readable && (checkpoint == null || !checkpoint.id().equals(id))) {
        return ExitCode.DONE;
      }
      if (!checkpoints.isDue()) {
        Thread.sleep(Math.min(checkpoints.millisLeft(), LOOK_MILLIS));
        continue;
      }
      boolean agents = AgentLock.holder(state.directory()) != null && overdue < AGENTS_MILLIS;
      if (!agents && settle(checkpoints, checkpoint)) {
        return ExitCode.DONE;
      }
      Thread.sleep(LOOK_MILLIS);
      overdue += LOOK_MILLIS;
    }
  }

  private boolean settle(Checkpoints checkpoints, @Nullable Checkpoint checkpoint)
      throws IOException {
    try (Host host = Host.open(state.directory(), RemoteSwitch.of(run.directory()))) {
      Decided decided = checkpoints.settle(host);
      if (decided == null) {
        return false;
      }
      Told.of(decided, state.directory(), console);
      return true;
    } catch (BusyException e) {
      if (checkpoint != null
          && checkpoint.applying()
          && AgentLock.holder(state.directory()) == null) {
        // It holds the lock, so the number is still its own.
        console.info(
            "process " + checkpoint.process() + " has not ended its apply in time: it is killed");
        ProcessHandle.of(checkpoint.process()).ifPresent(ProcessHandle::destroyForcibly);
      }
      return false;
    }
  }
}
