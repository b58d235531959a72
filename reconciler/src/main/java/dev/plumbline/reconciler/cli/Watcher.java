// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.cli;

import dev.plumbline.reconciler.host.OwnCommand;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Starts the process that takes an apply back in time. Nothing that ends the shell ends it: it is
 * in a session of its own, has no terminal, and hears neither SIGHUP nor SIGINT. Where systemd runs
 * the host it is a service, out of the login session's control group, which logind may end as a
 * whole (KillUserProcesses=, logind.conf(5)); where systemd does not start it, it is in a session
 * as well. It is started again if it ends badly, for as long as the checkpoint is there.
 */
final class Watcher {
  private static final long PATIENCE_SECONDS = 60;

  /** Restarts it until it ends well, or nothing is left to decide; the checkpoint comes first. */
  static final String AGAIN =
      "trap '' HUP INT; c=$1; shift; while [ -d \"$c\" ]; do \"$@\" && exit 0; sleep 1; done";

  private final Path state;
  private final Path run;
  private final String systemdRun;

  Watcher(Path state, Path run) throws IOException {
    this(state, run, isHostOfSystemd() ? "/usr/bin/systemd-run" : "");
  }

  /**
   * @param systemdRun the program that starts a service; "" for none
   */
  Watcher(Path state, Path run, String systemdRun) {
    this.state = state.toAbsolutePath();
    this.run = run.toAbsolutePath();
    this.systemdRun = systemdRun;
  }

  /** Where it says how it ended; with systemd that is the journal. */
  static Path log(Path state) {
    return state.resolve("watcher.log");
  }

  private static Path checkpoint(Path state) {
    return state.resolve("checkpoint");
  }

  /** Where it says that it watches; goes with the checkpoint. */
  static Path sign(Path state, String id) {
    return checkpoint(state).resolve("watched-" + id);
  }

  /**
   * Starts it, and waits until it watches or nothing is left to watch over.
   *
   * @throws IOException if it does not
   */
  void start(String id) throws IOException {
    boolean unused = Files.deleteIfExists(log(state));
    if (!systemdRun.isEmpty()) {
      if (isWatching(asService(id), id)) {
        return;
      }
      Files.writeString(
          log(state),
          systemdRun + " does not start it: it is started without, in a session of its own\n",
          StandardOpenOption.CREATE,
          StandardOpenOption.APPEND);
    }
    if (!isWatching(inSession(id), id)) {
      throw new IOException(
          "the process that would roll back in time does not start: see " + log(state));
    }
  }

  private boolean isWatching(List<String> command, String id) throws IOException {
    Process process = spawn(command);
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (Files.exists(checkpoint(state)) && !Files.exists(sign(state, id))) {
      boolean dead = !process.isAlive() && process.exitValue() != 0;
      if (dead || System.nanoTime() > end) {
        process.destroy();
        return false;
      }
      sleep();
    }
    return true;
  }

  private static void sleep() throws IOException {
    try {
      Thread.sleep(10);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  /**
   * Whether a service of systemd would be on this very host: the labs and containers are others.
   */
  private static boolean isHostOfSystemd() throws IOException {
    return Files.isDirectory(Path.of("/run/systemd/system"))
        && isOfFirst("net")
        && isOfFirst("mnt")
        && Files.isExecutable(Path.of("/usr/bin/systemd-run"));
  }

  private static boolean isOfFirst(String namespace) throws IOException {
    return Files.readSymbolicLink(Path.of("/proc/1/ns", namespace))
        .equals(Files.readSymbolicLink(Path.of("/proc/thread-self/ns", namespace)));
  }

  private List<String> own(String id) throws IOException {
    return OwnCommand.of(
        WatchVerb.NAME, "--id", id, "--state", state.toString(), "--run", run.toString());
  }

  private List<String> asService(String id) throws IOException {
    List<String> command = new ArrayList<>();
    command.addAll(List.of(systemdRun, "--quiet", "--collect"));
    command.add("--unit=plumbline-confirm-" + id);
    command.add("--description=rolls an apply of plumbline back unless it is confirmed");
    command.addAll(List.of("--property=Restart=on-failure", "--property=RestartSec=1s"));
    // Otherwise it is given up after five starts in ten seconds (systemd.unit(5)).
    command.add("--property=StartLimitIntervalSec=0");
    command.add("--");
    command.addAll(own(id));
    return command;
  }

  private List<String> inSession(String id) throws IOException {
    List<String> command = new ArrayList<>(List.of("setsid", "sh", "-c", AGAIN, "watcher"));
    command.add(checkpoint(state).toString());
    command.addAll(own(id));
    return command;
  }

  /** Nothing of it hangs on this process, its terminal or its directory. */
  private Process spawn(List<String> command) throws IOException {
    return new ProcessBuilder(command)
        .directory(new File("/"))
        .redirectInput(new File("/dev/null"))
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(log(state).toFile()))
        .start();
  }
}
