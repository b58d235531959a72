// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.cli;

import dev.plumbline.reconciler.host.OwnCommand;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Starts the process that takes an apply back in time. Nothing that ends the shell ends it: it is
 * in a session of its own, has no terminal, and hears neither SIGHUP nor SIGINT. Where systemd runs
 * the host it is a service, out of the login session's control group, which logind may end as a
 * whole (KillUserProcesses=, logind.conf(5)). It is started again if it is killed.
 */
final class Watcher {
  private static final long PATIENCE_SECONDS = 60;

  /** Restarts it until it ends well; for hosts without systemd. */
  private static final String AGAIN =
      "trap '' HUP INT; n=0; while [ $n -lt 20 ]; do \"$@\" && exit 0; n=$((n+1)); sleep 1; done";

  private final Path state;
  private final Path run;

  Watcher(Path state, Path run) {
    this.state = state.toAbsolutePath();
    this.run = run.toAbsolutePath();
  }

  /** Where it says how it ended; with systemd that is the journal. */
  static Path log(Path state) {
    return state.resolve("watcher.log");
  }

  /** Where it says that it is there. */
  static Path sign(Path state, String id) {
    return state.resolve("watcher-" + id);
  }

  /**
   * Starts it, and waits until it watches.
   *
   * @throws IOException if it does not
   */
  void start(String id) throws IOException {
    Path sign = sign(state, id);
    Process process = null;
    if (isHostOfSystemd()) {
      process = spawn(asService(id));
    }
    if (process == null) {
      process = spawn(inSession(id));
    }
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (!Files.exists(sign)) {
      boolean dead = !process.isAlive() && process.exitValue() != 0;
      if (dead || System.nanoTime() > end) {
        process.destroy();
        throw new IOException(
            "the process that would roll back in time does not start: see " + log(state));
      }
      sleep();
    }
    Files.delete(sign);
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
    command.addAll(List.of("/usr/bin/systemd-run", "--quiet", "--collect"));
    command.add("--unit=plumbline-confirm-" + id);
    command.add("--description=rolls an apply of plumbline back unless it is confirmed");
    command.addAll(List.of("--property=Restart=on-failure", "--property=RestartSec=1s"));
    command.add("--");
    command.addAll(own(id));
    return command;
  }

  private List<String> inSession(String id) throws IOException {
    List<String> command = new ArrayList<>(List.of("setsid", "sh", "-c", AGAIN, "watcher"));
    command.addAll(own(id));
    return command;
  }

  /** Nothing of it hangs on this process, its terminal or its directory. */
  private Process spawn(List<String> command) throws IOException {
    return new ProcessBuilder(command)
        .directory(new File("/"))
        .redirectInput(new File("/dev/null"))
        .redirectErrorStream(true)
        .redirectOutput(log(state).toFile())
        .start();
  }
}
