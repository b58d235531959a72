// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.cli;

import dev.plumbline.netlink.libc.Libc;
import dev.plumbline.netlink.testing.Sh;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;

/**
 * Programs of Debian that take a host's network over, unpacked and not installed, on the throwaway
 * host of a test; what was started here ends with {@link #close}.
 */
final class Unpacked implements AutoCloseable {
  private final Path directory;
  private final String root;
  private final List<Process> processes = new ArrayList<>();

  private Unpacked(Path directory, String root) {
    this.directory = directory;
    this.root = root;
  }

  /**
   * Unpacks packages, before the test is on its throwaway host, from where no way leads to Debian.
   *
   * @return the directory that stands for /; empty, with the reason on standard error, if they
   *     cannot be had
   */
  static String root(String name, String packages) {
    // Without root no test would use them.
    return Libc.geteuid() == 0
        ? Sh.run("../tools/unpacked " + name + " " + packages + " || true").strip()
        : "";
  }

  /** The test is skipped where the packages could not be had. */
  static Unpacked of(Path directory, String root) {
    if (root.isEmpty()) {
      throw skipped("Debian's packages cannot be had");
    }
    return new Unpacked(directory, root);
  }

  /** Ends the test. */
  static RuntimeException skipped(String reason) {
    System.err.println(reason + ": test skipped here");
    Assumptions.abort(reason);
    throw new AssertionError(reason);
  }

  String root() {
    return root;
  }

  /**
   * Gives the test's host a /run of its own with the namespaces of before, so that no other
   * program's sockets are there, and a /sys that cannot be written, which is how systemd and
   * NetworkManager know that there is no udev; and hides what the machine has of their settings.
   */
  void alone() {
    String unused =
        Sh.run(
            ("set -e; mkdir D/names; mount --move /run/netns D/names; mount -t tmpfs none /run;"
                    + " mkdir /run/netns; mount --move D/names /run/netns;"
                    + " mount -o remount,bind,ro /sys;"
                    + " mount -t tmpfs none /var/lib;"
                    + " if test -d /etc/systemd/network; then"
                    + " mount -t tmpfs none /etc/systemd/network; fi")
                .replace("D/", directory + "/"));
  }

  /** A command line of an unpacked program; the test is skipped where it lacks a library. */
  String command(String program) {
    String libraries =
        "env LD_LIBRARY_PATH=$(echo R/usr/lib/*-linux-gnu):$(echo R/lib/*-linux-gnu) "
            .replace("R/", root + "/");
    String file = program.startsWith("/") ? root + program : program;
    String missing = Sh.run(libraries + "ldd " + file + " | grep 'not found' || true").strip();
    if (!missing.isEmpty()) {
      throw skipped(program + " needs libraries that are not here: " + missing);
    }
    return libraries + file;
  }

  /** Starts a command line; its output is in a file of that name. */
  Process start(String name, String commandLine) throws IOException {
    Process process =
        new ProcessBuilder("sh", "-c", "exec " + commandLine)
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve(name + ".log").toFile())
            .start();
    processes.add(process);
    return process;
  }

  /** Waits until a command succeeds. */
  void until(String command) {
    String unused =
        Sh.run(
            "for i in $(seq 600); do if "
                + command
                + "; then exit 0; fi; sleep 0.1; done; tail -n 20 "
                + directory
                + "/*.log >&2; exit 1");
  }

  /** As systemd ends it, which waits no longer either. */
  static void stop(Process process) {
    process.destroy();
    try {
      if (!process.waitFor(60, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new AssertionError("does not end: " + process.info().commandLine().orElse(""));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** What it has written so far. */
  String log(String name) throws IOException {
    return Files.readString(directory.resolve(name + ".log"));
  }

  @Override
  public void close() {
    for (int i = processes.size() - 1; i >= 0; i--) {
      stop(processes.get(i));
    }
  }
}
