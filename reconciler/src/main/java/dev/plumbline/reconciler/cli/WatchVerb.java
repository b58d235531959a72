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
import dev.plumbline.reconciler.host.NetlinkKernel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
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

  /** What could not be rolled back or written is tried again, and costs no more than this. */
  private static final long AGAIN_MILLIS = 10_000;

  /** How long an agent is let do it, from when it is overdue or the agent is there. */
  private static final Duration AGENTS = Duration.ofSeconds(10);

  /** How long an agent that applies may be overdue until it is taken for hung. */
  private static final Duration AGENTS_APPLY = Duration.ofSeconds(30);

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
    Privilege.open(state.directory(), RemoteSwitch.saved(run.directory(), false), "").close();
    sign();
    @Nullable Overdue overdue = null;
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
      if (!isDue(checkpoints, checkpoint)) {
        overdue = null; // an apply that was slow has ended
        Thread.sleep(Math.min(checkpoints.millisLeft(), LOOK_MILLIS));
        continue;
      }
      if (overdue == null) {
        overdue = new Overdue();
      }
      long pause = LOOK_MILLIS;
      if (!overdue.isAgents(checkpoint)) {
        try {
          if (settle(checkpoints, checkpoint, overdue)) {
            return ExitCode.DONE;
          }
        } catch (IOException e) {
          console.info(e + ": tried again in " + AGAIN_MILLIS / 1000 + " s");
          pause = AGAIN_MILLIS;
        }
      }
      Thread.sleep(pause);
    }
  }

  /** Says that it watches: once, for later nobody waits for it, and the disk may be full. */
  private void sign() {
    Path sign = Watcher.sign(state.directory(), id);
    if (Files.exists(sign)) {
      return;
    }
    try {
      Files.writeString(sign, "");
    } catch (IOException e) {
      console.info(e + ": it watches all the same");
    }
  }

  private static boolean isDue(Checkpoints checkpoints, @Nullable Checkpoint checkpoint)
      throws IOException {
    return checkpoints.isDue()
        || (checkpoint != null && checkpoint.applying() && !checkpoint.isProcessThere());
  }

  /** Something is overdue since now. The checkpoint is null where it cannot be read. */
  private final class Overdue {
    private final long since = System.nanoTime();
    private long agents = since;
    private boolean agentSeen;

    /** Whether it is left to the agent; one that has died may come back for its switch. */
    boolean isAgents(@Nullable Checkpoint checkpoint) throws IOException {
      boolean agent = AgentLock.holder(state.directory()) != null;
      if (agent && !agentSeen) {
        agentSeen = true;
        agents = System.nanoTime();
      }
      boolean wanted = agent || (checkpoint != null && checkpoint.touchesSwitch());
      return wanted && System.nanoTime() - agents < AGENTS.toNanos();
    }

    /** Ends the process that applies if it is the one that began, and does not come to an end. */
    void busy(@Nullable Checkpoint checkpoint, long holder) throws IOException {
      boolean agent = AgentLock.holder(state.directory()) != null;
      if (checkpoint != null
          && checkpoint.applying()
          && checkpoint.process() == holder
          && checkpoint.isProcessThere()
          && (!agent || System.nanoTime() - since >= AGENTS_APPLY.toNanos())) {
        console.info("process " + holder + " has not ended its apply in time: it is killed");
        ProcessHandle.of(holder).ifPresent(ProcessHandle::destroyForcibly);
      }
    }
  }

  private boolean settle(Checkpoints checkpoints, @Nullable Checkpoint checkpoint, Overdue overdue)
      throws IOException {
    boolean agent = AgentLock.holder(state.directory()) != null;
    try (Host host =
        Host.open(
            state.directory(),
            RemoteSwitch.saved(run.directory(), agent),
            NetlinkKernel.open(),
            (what, why) -> console.info("cannot " + what + ": " + why))) {
      Decided decided = checkpoints.settle(host);
      if (decided == null) {
        return false;
      }
      tell(decided);
      return true;
    } catch (BusyException e) {
      overdue.busy(checkpoint, e.holder());
      return false;
    }
  }

  private void tell(Decided decided) {
    try {
      Told.of(decided, state.directory(), console);
    } catch (IOException e) {
      console.info("the history does not have it: " + e);
    }
  }
}
