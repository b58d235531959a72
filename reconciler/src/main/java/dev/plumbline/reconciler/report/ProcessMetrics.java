// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.report;

import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * What the process takes, by the names that Prometheus' client libraries have for it. Read from
 * proc(5) and the runtime alone: the management beans would cost some megabytes.
 */
final class ProcessMetrics {
  private ProcessMetrics() {}

  static List<MetricSnapshot> now() throws IOException {
    Snapshots all = new Snapshots();
    ProcessHandle.Info process = ProcessHandle.current().info();
    Instant start = process.startInstant().orElse(Instant.EPOCH);
    Duration cpu = process.totalCpuDuration().orElse(Duration.ZERO);
    Runtime runtime = Runtime.getRuntime();
    all.gauge("process_start_time_seconds", "The process' start.", start.toEpochMilli() / 1e3)
        .counter("process_cpu_seconds", "CPU time of user and system.", cpu.toMillis() / 1e3)
        .gauge(
            "process_resident_memory_bytes",
            "Resident memory.",
            (double) residentBytes(Files.readString(Path.of("/proc/self/status"))))
        .gauges(
            "jvm_memory_used_bytes",
            "Memory in use.",
            Map.of(
                Labels.of("area", "heap"), (double) (runtime.totalMemory() - runtime.freeMemory())))
        .gauges(
            "jvm_memory_max_bytes",
            "Memory that may be used.",
            Map.of(Labels.of("area", "heap"), (double) runtime.maxMemory()));
    return all.list();
  }

  /** {@code VmRSS: 61234 kB} of {@code /proc/PID/status}; 0 if it is not there. */
  static long residentBytes(String status) {
    for (String line : status.lines().toList()) {
      if (line.startsWith("VmRSS:")) {
        return Long.parseLong(line.replaceAll("\\D", "")) * 1024;
      }
    }
    return 0;
  }
}
