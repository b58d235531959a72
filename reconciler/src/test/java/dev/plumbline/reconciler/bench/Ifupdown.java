// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Debian's ifupdown2; its way to see whether there is something to do is {@code ifquery -c}. */
final class Ifupdown implements Contender {
  private final Scenario scenario;
  private final int size;
  private final Path script;
  private final Processes processes;

  Ifupdown(Scenario scenario, int size, Path script, Duration limit) throws IOException {
    this.scenario = scenario;
    this.size = size;
    this.script = script;
    this.processes = new Processes(limit);
  }

  @Override
  public void prepare(Phase phase) throws IOException {
    int changed = phase == Phase.CHANGE || phase == Phase.REMOVE ? Scenario.onePercent(size) : 0;
    Files.writeString(
        processes.directory().resolve("interfaces"),
        String.valueOf(scenario.ifupdown(size, changed)));
  }

  @Override
  public void run(Phase phase) throws IOException, InterruptedException {
    processes.begin();
    List<String> command =
        new ArrayList<>(List.of(script.toString(), processes.directory().toString()));
    switch (phase) {
      case APPLY -> command.addAll(List.of("ifup", "-a"));
      case PLAN -> command.addAll(List.of("ifquery", "-c", "-a"));
      case CHANGE -> command.addAll(List.of("ifreload", "-a"));
      default -> command.addAll(List.of("ifdown", "-a"));
    }
    processes.run(command);
  }

  @Override
  public void close() throws IOException {
    processes.delete();
  }
}
