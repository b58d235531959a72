// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.host;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.plumbline.reconciler.cli.MainProcess;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** {@code plumbline} as a process of its own, on the throwaway host of the test. */
final class ApplyProcess implements AutoCloseable {
  static final int SECONDS = 60;

  private final Process process;
  private final Path output;
  private final Path run;

  private ApplyProcess(Process process, Path output, Path run) {
    this.process = process;
    this.output = output;
    this.run = run;
  }

  static ApplyProcess apply(Path file, Path state) throws IOException {
    return start("apply", "--yes", "--state", state.toString(), file.toString());
  }

  static ApplyProcess start(String... arguments) throws IOException {
    Path output = Files.createTempFile("plumbline-apply", ".out");
    // Each has a run directory of its own, so that none finds another's socket.
    Path run = Files.createTempDirectory("plumbline-run");
    ProcessBuilder builder = MainProcess.of(output, arguments);
    builder.environment().put("PLUMBLINE_RUN", run.toString());
    return new ApplyProcess(builder.start(), output, run);
  }

  long pid() {
    return process.pid();
  }

  String output() throws IOException {
    return Files.readString(output, StandardCharsets.UTF_8);
  }

  /** Waits until it has begun to apply: until it has written so into the state directory. */
  void awaitApply(Path state) throws IOException, InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
    Path applier = state.resolve("applier");
    while (!Files.exists(applier) || !Files.readString(applier).startsWith(pid() + " ")) {
      assertTrue(process.isAlive() && System.nanoTime() < end, "applied nothing: " + output());
      Thread.sleep(1);
    }
  }

  void signal(String name) throws IOException, InterruptedException {
    String[] kill = {"kill", "-s", name, Long.toString(process.pid())};
    // It may have ended by itself a moment ago: then there is nobody to be told.
    int unused = new ProcessBuilder(kill).redirectErrorStream(true).start().waitFor();
  }

  int exitCode() throws IOException, InterruptedException {
    assertTrue(process.waitFor(SECONDS, TimeUnit.SECONDS), "never ended: " + output());
    return process.exitValue();
  }

  @Override
  public void close() throws IOException {
    process.destroyForcibly();
    Files.delete(output);
    try (Stream<Path> left = Files.walk(run)) {
      for (Path path : left.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    }
  }
}
