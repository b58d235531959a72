// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.demo;

import dev.plumbline.reconciler.host.OwnCommand;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A host of the lab: its namespaces, and the agent on it. */
final class LabHost implements AutoCloseable {
  // A tmpfs on /run hides the machine's own named namespaces and sockets; sysfs shows the devices
  // of
  // the namespace it was mounted from. `cat` waits for the demo's end, see the package.
  private static final String FIRST_PROCESS =
      """
      set -e
      mount -t tmpfs -o mode=0755 none /run
      mkdir /run/netns
      mount -t sysfs -o nosuid,nodev,noexec none /sys
      echo "$1" > /proc/sys/kernel/hostname
      ip link set lo up
      echo ready
      exec cat > /dev/null
      """;

  private static final int PATIENCE_SECONDS = 30;

  private final String name;
  private final Story story;
  private final Process outside;
  private final ProcessHandle first;
  private final List<String> log = new ArrayList<>();
  private @Nullable Process agent;

  private LabHost(String name, Story story, Process outside, ProcessHandle first) {
    this.name = name;
    this.story = story;
    this.outside = outside;
    this.first = first;
  }

  static LabHost start(String name, Story story) throws IOException, DemoException {
    Process outside =
        new ProcessBuilder(
                "unshare",
                "--net",
                "--mount",
                "--propagation=private",
                "--pid",
                "--fork",
                "--kill-child",
                "--mount-proc",
                "--uts",
                "sh",
                "-c",
                FIRST_PROCESS,
                "sh",
                name)
            .redirectErrorStream(true)
            .start();
    BufferedReader said = outside.inputReader(StandardCharsets.UTF_8);
    String line = said.readLine();
    if (!"ready".equals(line)) {
      outside.destroyForcibly();
      throw new DemoException("cannot make the lab host " + name + ": " + line);
    }
    ProcessHandle first =
        outside
            .children()
            .findFirst()
            .orElseThrow(() -> new DemoException("the lab host " + name + " ended at once"));
    return new LabHost(name, story, outside, first);
  }

  String name() {
    return name;
  }

  /** Its first process, as this process's own process namespace numbers it. */
  long pid() {
    return first.pid();
  }

  /** The command as it runs on this host. */
  private List<String> inside(List<String> command) {
    List<String> all = new ArrayList<>(List.of("nsenter", "--target", String.valueOf(pid())));
    all.addAll(List.of("--net", "--mount", "--pid", "--uts", "--"));
    all.addAll(command);
    return all;
  }

  /** Runs a command on this host without showing it. */
  Shell.Result quietly(String command) throws IOException, InterruptedException {
    return Shell.run(inside(List.of(command.split(" "))));
  }

  /** Whether this kernel's bridge can filter VLANs: a bridge is made and removed. */
  boolean canFilterVlans() throws IOException, InterruptedException {
    boolean can = quietly("ip link add probe0 type bridge vlan_filtering 1").ok();
    return can && quietly("ip link delete probe0").ok();
  }

  /** Shows a command and runs it on this host. */
  Shell.Result run(String command) throws IOException, InterruptedException {
    story.command(name, command);
    Shell.Result result = quietly(command);
    if (!result.ok()) {
      story.output(name, result.output());
      story.check(false, command + ": exit code " + result.code());
    }
    return result;
  }

  /** Runs plumbline itself on this host, in a directory, and shows its output. */
  Shell.Result plumbline(Path directory, Path state, String... arguments)
      throws IOException, InterruptedException {
    story.command(name, "plumbline " + String.join(" ", arguments));
    // Entering a mount namespace leads to its root directory.
    List<String> command = new ArrayList<>(List.of("env", "--chdir=" + directory));
    command.add("PLUMBLINE_STATE=" + state);
    command.addAll(OwnCommand.of(arguments));
    Shell.Result result = Shell.run(inside(command));
    story.output(name, result.output());
    return result;
  }

  /** Starts the agent; its log is shown as it comes. */
  void startAgent(Path state, String... arguments) throws IOException {
    List<String> words = new ArrayList<>(List.of("agent"));
    words.addAll(List.of(arguments));
    story.command(name, "plumbline " + String.join(" ", words));
    // Of the machine's own agent nothing is known here.
    words.addAll(List.of("--config", "/dev/null"));
    words.addAll(List.of("--state", state.toString()));
    ProcessBuilder builder =
        new ProcessBuilder(inside(OwnCommand.of(words.toArray(String[]::new))))
            .redirectErrorStream(true);
    builder.environment().put("MALLOC_ARENA_MAX", "2");
    Process started = builder.start();
    agent = started;
    Thread reader = new Thread(() -> read(started), "log-of-" + name);
    reader.setDaemon(true);
    reader.start();
  }

  private void read(Process process) {
    try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
      String line = lines.readLine();
      while (line != null) {
        story.output(name, line);
        synchronized (log) {
          log.add(line);
          log.notifyAll();
        }
        line = lines.readLine();
      }
    } catch (IOException | UncheckedIOException e) {
      story.output(name, "the agent's log broke off: " + e.getMessage());
    }
  }

  /** How many lines the agent has said: a place to wait from. */
  int logSize() {
    synchronized (log) {
      return log.size();
    }
  }

  /** The first line since a place that the pattern is found in; null if none comes in time. */
  @Nullable String awaitLog(int since, String pattern, int seconds) throws InterruptedException {
    Pattern wanted = Pattern.compile(pattern);
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
    synchronized (log) {
      int next = since;
      while (true) {
        for (; next < log.size(); next++) {
          if (wanted.matcher(log.get(next)).find()) {
            return log.get(next);
          }
        }
        long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
        if (left <= 0) {
          return null;
        }
        log.wait(left);
      }
    }
  }

  /** Ends the agent as a service manager would; true if it ended by itself in time. */
  boolean stopAgent() throws InterruptedException {
    Process running = agent;
    if (running == null) {
      return true;
    }
    // nsenter waits for the agent, and would not hand the signal on.
    for (ProcessHandle each : running.descendants().toList()) {
      story.command("", "kill -TERM " + each.pid());
      each.destroy();
    }
    return running.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS);
  }

  /** Ends the host: its first process, and with it every other one and all namespaces. */
  @Override
  public void close() {
    first.destroyForcibly();
    // It ends when its child has; ended before, it would leave the child to nobody.
    end(outside);
    Process running = agent;
    if (running != null) {
      end(running);
    }
  }

  /**
   * Waits even if it is interrupted, as it is by Ctrl-C: what is still running might write files.
   */
  private static void end(Process process) {
    boolean interrupted = false;
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (process.isAlive() && System.nanoTime() < deadline) {
      try {
        process.waitFor(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    process.destroyForcibly();
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** Whether anything of it is still there. */
  boolean isAlive() {
    Process running = agent;
    return outside.isAlive() || first.isAlive() || (running != null && running.isAlive());
  }
}
