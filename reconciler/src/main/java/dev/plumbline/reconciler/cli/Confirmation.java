// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.cli;

import dev.plumbline.reconciler.agent.History;
import dev.plumbline.reconciler.api.AgentClient;
import dev.plumbline.reconciler.checkpoint.Checkpoint;
import dev.plumbline.reconciler.checkpoint.Checkpoints;
import dev.plumbline.reconciler.checkpoint.Decided;
import dev.plumbline.reconciler.host.BootClock;
import dev.plumbline.reconciler.host.Host;
import dev.plumbline.reconciler.host.Witness;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** {@code apply --confirm}, and what an apply that is not confirmed yet means for the next. */
final class Confirmation {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("HH:mm:ss", Locale.ROOT);
  private static final long AGENTS_SECONDS = 20;

  private final Path state;
  private final Path run;
  private final Console console;
  private final Checkpoints checkpoints;

  Confirmation(Path state, Path run, Console console) {
    this.state = state;
    this.run = run;
    this.console = console;
    this.checkpoints = new Checkpoints(state, BootClock.OF_THE_HOST);
  }

  /**
   * Checks a time to confirm.
   *
   * @throws CommandException if it is none
   */
  static void check(@Nullable Duration time) {
    boolean wrong =
        time != null
            && (time.compareTo(Duration.ofSeconds(1)) < 0
                || time.compareTo(Duration.ofDays(1)) > 0
                || time.toMillis() % 1000 != 0);
    if (wrong) {
      throw new CommandException("--confirm takes whole seconds from 1s to 24h");
    }
  }

  /** Decides what is overdue, and refuses to go on where something is not. */
  void refuseUndecided(Host host, @Nullable AgentClient agent) throws IOException {
    if (agent == null) {
      Decided decided = checkpoints.settle(host);
      if (decided != null) {
        Told.of(decided, state, console);
      }
    } else {
      awaitAgent();
    }
    if (checkpoints.isOpen()) {
      Checkpoint own = ofTheAgent();
      throw new CommandException(
          open() + (own == null ? ": decide that first" : "") + "; nothing was changed");
    }
  }

  /**
   * An agent takes back in time what is overdue, or broken off. What it applies itself it proves or
   * undoes, which takes as long as its checks.
   */
  private void awaitAgent() throws IOException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(AGENTS_SECONDS);
    boolean told = false;
    while (checkpoints.isOpen()) {
      Checkpoint own = ofTheAgent();
      if (own != null && own.isProcessThere() && checkpoints.millisLeft() > 0) {
        end = System.nanoTime() + TimeUnit.SECONDS.toNanos(AGENTS_SECONDS);
        if (!told) {
          told = true;
          console.info("waiting for the agent, which tries the checks of " + own.file());
        }
      } else if ((own == null && checkpoints.millisLeft() > 0) || System.nanoTime() >= end) {
        return;
      }
      try {
        Thread.sleep(50);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }

  /** What an agent applies that nobody has to confirm; null if that is not what is open. */
  private @Nullable Checkpoint ofTheAgent() {
    try {
      Checkpoint checkpoint = checkpoints.find();
      return checkpoint == null || checkpoint.isToBeConfirmed() ? null : checkpoint;
    } catch (IOException e) {
      return null; // put aside by whoever decides it
    }
  }

  /** A sentence about the apply that is not decided yet; "" if there is none. */
  String open() throws IOException {
    Checkpoint checkpoint;
    try {
      checkpoint = checkpoints.find();
    } catch (IOException e) {
      return "a checkpoint that cannot be read (" + e.getMessage() + ") is there";
    }
    if (checkpoint == null) {
      return "";
    }
    if (checkpoint.applying() && !checkpoint.isProcessThere()) {
      return checkpoint.file()
          + ", which "
          + checkpoint.by()
          + " applied, was broken off and is to be rolled back";
    }
    if (!checkpoint.isToBeConfirmed()) {
      return checkpoint.file() + " is being applied by " + checkpoint.by();
    }
    String what = checkpoint.file() + ", applied by " + checkpoint.by();
    if (checkpoints.millisLeft() == 0) {
      return what + ", was not confirmed in time and is to be rolled back";
    }
    return checkpoint.applying()
        ? checkpoint.file() + " is being applied by " + checkpoint.by()
        : what
            + ", is rolled back at "
            + shown(checkpoints.until(checkpoint))
            + " unless `plumbline confirm` comes before (or `plumbline rollback`)";
  }

  /** What the history says that became of the last one; "" if there was none. */
  String last() throws IOException {
    String last = "";
    for (Object each : History.read(state)) {
      if (each instanceof Map<?, ?> event) {
        boolean about =
            java.util.Set.of(
                    Decided.CONFIRMED, Decided.ROLLED_BACK, Decided.NOT_ROLLED_BACK, Decided.VOID)
                .contains(String.valueOf(event.get("event")));
        last = about ? event.get("time") + " " + event.get("message") : last;
      }
    }
    return last;
  }

  /** Opens a checkpoint and has it watched. */
  Witness witness(Path file, Duration time) {
    return checkpoints.opening(
        file.toString(),
        time,
        Asker.of(System.getenv()),
        opened -> {
          new Watcher(state, run).start(opened.id());
          History.add(
              state,
              "unconfirmed",
              Checkpoints.said(opened),
              Map.of("revision", opened.goal(), "label", opened.file()));
        });
  }

  /** The agent has opened a checkpoint: should it be killed, another process rolls back. */
  void watch(String id) {
    try {
      new Watcher(state, run).start(id);
    } catch (IOException e) {
      console.warn("only the agent watches over this: " + e.getMessage());
    }
  }

  /** Rolls back at once what an error has broken off. */
  void brokenOff(Host host) throws IOException {
    Decided decided = checkpoints.settle(host);
    if (decided != null) {
      Told.of(decided, state, console);
    }
  }

  /** Says what is to be done now. */
  void remind() throws IOException {
    Checkpoint checkpoint = checkpoints.find();
    if (checkpoint != null) {
      console
          .out()
          .println(
              "Not confirmed yet: rolled back at "
                  + shown(checkpoints.until(checkpoint))
                  + ", in "
                  + checkpoint.waited()
                  + ", unless you run `plumbline confirm`.");
    }
  }

  Checkpoints checkpoints() {
    return checkpoints;
  }

  private static String shown(Instant time) {
    return TIME.format(time.atZone(ZoneId.systemDefault()));
  }
}
