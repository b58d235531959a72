// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.bench;

import dev.plumbline.reconciler.bench.Scenario.IpBatch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** {@code ip -batch}: what the kernel itself takes, one request after the other. */
final class IpBatches implements Contender {
  private final Scenario scenario;
  private final int size;
  private final Processes processes;
  private final List<List<String>> commands = new ArrayList<>();

  IpBatches(Scenario scenario, int size, Duration limit) throws IOException {
    this.scenario = scenario;
    this.size = size;
    this.processes = new Processes(limit);
  }

  @Override
  public void prepare(Phase phase) throws IOException {
    commands.clear();
    for (IpBatch batch : scenario.ip(phase, size)) {
      Path file = processes.directory().resolve("batch" + commands.size());
      Files.writeString(file, batch.lines());
      List<String> command = new ArrayList<>(List.of("ip"));
      if (!batch.namespace().isEmpty()) {
        command.addAll(List.of("-netns", batch.namespace()));
      }
      command.addAll(List.of("-batch", file.toString()));
      commands.add(command);
    }
  }

  @Override
  public void run(Phase phase) throws IOException, InterruptedException {
    processes.begin();
    for (List<String> command : commands) {
      processes.run(command);
    }
  }

  @Override
  public void close() throws IOException {
    processes.delete();
  }
}
