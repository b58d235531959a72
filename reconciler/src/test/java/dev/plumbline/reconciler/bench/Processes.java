// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Starts commands of contenders in the namespaces of the calling thread. */
final class Processes {
  private final Path directory;
  private final Duration limit;
  private long deadline;

  /** The limit is for one phase, however many commands that takes. */
  Processes(Duration limit) throws IOException {
    this.directory = Files.createTempDirectory("plumbline-bench");
    this.limit = limit;
  }

  Path directory() {
    return directory;
  }

  /** Begins a phase: its time runs from now on. */
  void begin() {
    deadline = System.nanoTime() + limit.toNanos();
  }

  /**
   * Runs a command to its end; its output is only shown if it fails.
   *
   * @throws Contender.TooLong if it had to be ended
   */
  void run(List<String> command) throws IOException, InterruptedException {
    Path output = directory.resolve("output");
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    if (!process.waitFor(deadline - System.nanoTime(), TimeUnit.NANOSECONDS)) {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly().waitFor();
      throw new Contender.TooLong(limit);
    }
    if (process.exitValue() != 0) {
      String text = Files.readString(output);
      throw new IOException(
          String.join(" ", command)
              + ": exit code "
              + process.exitValue()
              + "\n"
              + text.substring(0, Math.min(2000, text.length())));
    }
  }

  void delete() throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
