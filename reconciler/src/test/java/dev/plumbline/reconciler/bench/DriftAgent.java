// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** An agent as users start it, a process of its own, and what it costs. */
final class DriftAgent implements AutoCloseable {
  private static final double TICKS_PER_SECOND = 100; // USER_HZ, the same on every Linux

  private final Process process;
  private final Path log;
  private int read;

  private DriftAgent(Process process, Path log) {
    this.process = process;
    this.log = log;
  }

  static DriftAgent start(String command, Path file, Path directory) throws IOException {
    Path log = directory.resolve("log");
    ProcessBuilder builder =
        new ProcessBuilder(command, "agent", "--file", file.toString(), "--host", "bench");
    builder.environment().put("PLUMBLINE_STATE", directory.resolve("state").toString());
    builder.environment().put("PLUMBLINE_RUN", directory.resolve("run").toString());
    builder.redirectErrorStream(true).redirectOutput(log.toFile());
    return new DriftAgent(builder.start(), log);
  }

  /** Waits for the next line that says that the file is applied. */
  void awaitApplied() throws Exception {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(120);
    while (true) {
      String text = Files.readString(log);
      int at = text.indexOf(" applied ", read);
      if (at >= 0 && text.indexOf('\n', at) >= 0) {
        read = text.indexOf('\n', at);
        return;
      }
      if (!process.isAlive() || System.nanoTime() > end) {
        throw new IllegalStateException("the agent does not apply: " + text);
      }
      Thread.sleep(10);
    }
  }

  /** What it needs after a repair until it sleeps again; generous. */
  long settleMillis() {
    return 60;
  }

  /** CPU, memory and wake-ups while nothing happens. */
  String idle(int seconds) throws Exception {
    Thread.sleep(5_000);
    double ticks = ticks();
    long switches = switches();
    Thread.sleep(1000L * seconds);
    double cpu = (ticks() - ticks) / TICKS_PER_SECOND / seconds * 100;
    double wakeUps = (double) (switches() - switches) / seconds;
    String resident =
        Files.readAllLines(proc("status")).stream()
            .filter(line -> line.startsWith("VmRSS:"))
            .findAny()
            .orElse("");
    long mebibytes = Long.parseLong(resident.replaceAll("\\D", "")) / 1024;
    return String.format(
        Locale.ROOT,
        "idle for %d s: %.2f %% of a CPU, %d MiB resident, %.1f wake-ups a second",
        seconds,
        cpu,
        mebibytes,
        wakeUps);
  }

  private Path proc(String file) {
    return Path.of("/proc", String.valueOf(process.pid()), file);
  }

  private double ticks() throws IOException {
    String stat = Files.readString(proc("stat"));
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
    return Double.parseDouble(fields[11]) + Double.parseDouble(fields[12]);
  }

  /** Voluntary context switches of all threads: each is one that slept and was woken. */
  private long switches() throws IOException {
    long sum = 0;
    try (Stream<Path> tasks = Files.list(proc("task"))) {
      for (Path task : tasks.toList()) {
        List<String> lines = Files.readAllLines(task.resolve("status"));
        for (String line : lines) {
          if (line.startsWith("voluntary_ctxt_switches:")) {
            sum += Long.parseLong(line.replaceAll("\\D", ""));
          }
        }
      }
    }
    return sum;
  }

  @Override
  public void close() {
    process.destroy();
    int unused = process.onExit().join().exitValue();
  }
}
