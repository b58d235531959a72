// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** {@code ./plumbline} as users run it: a process of its own for each phase. */
final class Command implements Contender {
  private final Scenario scenario;
  private final int size;
  private final Path plumbline;
  private final Processes processes;

  Command(Scenario scenario, int size, Path plumbline, Duration limit) throws IOException {
    this.scenario = scenario;
    this.size = size;
    this.plumbline = plumbline;
    this.processes = new Processes(limit);
  }

  @Override
  public void prepare(Phase phase) throws IOException {
    String text =
        switch (phase) {
          case APPLY, PLAN -> scenario.file(size, 0);
          case CHANGE -> scenario.file(size, Scenario.onePercent(size));
          case REMOVE -> "version: 1\n";
        };
    Files.writeString(processes.directory().resolve("host.yaml"), text);
  }

  @Override
  public void run(Phase phase) throws IOException, InterruptedException {
    processes.begin();
    String file = processes.directory().resolve("host.yaml").toString();
    String state = processes.directory().resolve("state").toString();
    List<String> command = new ArrayList<>(List.of(plumbline.toString()));
    if (phase == Phase.PLAN) {
      // Exit code 2 if there were changes.
      command.addAll(List.of("plan", file, "--state", state, "--detailed-exitcode"));
    } else {
      command.addAll(List.of("apply", file, "--state", state, "--yes"));
    }
    processes.run(command);
  }

  @Override
  public void close() throws IOException {
    processes.delete();
  }
}
