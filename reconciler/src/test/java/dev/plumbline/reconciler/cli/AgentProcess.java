// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/** {@code plumbline} as a process of its own, on the throwaway host of the test. */
final class AgentProcess implements AutoCloseable {
  private static final int SECONDS = 120;

  private final Process process;
  private final Path output;

  private AgentProcess(Process process, Path output) {
    this.process = process;
    this.output = output;
  }

  /**
   * An agent that follows a file, all that it keeps below one directory; waits until it applied.
   */
  static AgentProcess follow(Path file, Path directory) throws Exception {
    AgentProcess agent = start(directory, "agent", "--file", file.toString());
    agent.await("applied ");
    return agent;
  }

  /** Runs a verb to its end and returns what it printed, whatever its exit code is. */
  static String run(Path directory, String... arguments) throws Exception {
    try (AgentProcess verb = start(directory, arguments)) {
      return verb.ended();
    }
  }

  /** Waits for its end, and returns what it printed. */
  String ended() throws Exception {
    if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
      throw new AssertionError("never ended: " + output());
    }
    return output();
  }

  static AgentProcess start(Path directory, String... arguments) throws IOException {
    return start(directory, Map.of(), arguments);
  }

  /** Starts a verb with more in its environment. */
  static AgentProcess start(Path directory, Map<String, String> environment, String... arguments)
      throws IOException {
    return start(directory, environment, List.of(), arguments);
  }

  /** Starts a verb by a command that runs another one. */
  static AgentProcess start(Path directory, List<String> by, String... arguments)
      throws IOException {
    return start(directory, Map.of(), by, arguments);
  }

  private static AgentProcess start(
      Path directory, Map<String, String> environment, List<String> by, String... arguments)
      throws IOException {
    Path output = Files.createTempFile("plumbline-agent", ".out");
    ProcessBuilder builder = MainProcess.of(output, arguments);
    builder.command().addAll(0, by);
    builder.environment().put("PLUMBLINE_RUN", directory.resolve("run").toString());
    builder.environment().put("PLUMBLINE_STATE", directory.resolve("state").toString());
    builder.environment().putAll(environment);
    return new AgentProcess(builder.start(), output);
  }

  String output() throws IOException {
    return Files.readString(output);
  }

  /** How much it has written. */
  int written() throws IOException {
    return output().length();
  }

  /** The first line that the pattern is found in. */
  String await(String pattern) throws Exception {
    return await(0, pattern);
  }

  /** As {@link #await(String)}, of what was written after so much. */
  String await(int since, String pattern) throws Exception {
    Pattern wanted = Pattern.compile(pattern);
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
    while (true) {
      for (String line : output().substring(since).split("\n", -1)) {
        if (wanted.matcher(line).find()) {
          return line;
        }
      }
      if (!process.isAlive() || System.nanoTime() > end) {
        throw new AssertionError("no line with `" + pattern + "` in " + output());
      }
      Thread.sleep(5);
    }
  }

  /** As {@code kill -9}. */
  void kill() {
    process.destroyForcibly();
    int unused = process.onExit().join().exitValue();
  }

  /** The process's number. */
  long pid() {
    return process.pid();
  }

  /** As systemd does. */
  void terminate() throws InterruptedException {
    process.destroy();
    if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
      throw new AssertionError("does not end");
    }
  }

  @Override
  public void close() throws IOException {
    kill();
    Files.delete(output);
  }
}
