// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.bench;

import dev.plumbline.reconciler.apply.Outcome;
import dev.plumbline.reconciler.apply.Progress;
import dev.plumbline.reconciler.desired.Goals;
import dev.plumbline.reconciler.host.Host;
import dev.plumbline.reconciler.live.LiveState;
import dev.plumbline.reconciler.plan.Goal;
import dev.plumbline.reconciler.plan.Plan;
import dev.plumbline.spec.HostFile;
import dev.plumbline.spec.LoadOptions;
import dev.plumbline.spec.Loaded;
import dev.plumbline.spec.model.DesiredState;
import dev.plumbline.spec.source.MapSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;

/** plumbline in a JVM that has been running for a while, as the agent's is. */
final class WarmHost implements Contender {
  private final Scenario scenario;
  private final int size;
  private final Path state;
  private final Host host;
  private final Map<String, Long> partNanos = new LinkedHashMap<>();
  private String text = "";
  private long lap;

  WarmHost(Scenario scenario, int size) throws IOException {
    this.scenario = scenario;
    this.size = size;
    this.state = Files.createTempDirectory("plumbline-bench");
    this.host = Host.open(state);
  }

  @Override
  public void prepare(Phase phase) {
    text =
        switch (phase) {
          case APPLY, PLAN -> scenario.file(size, 0);
          case CHANGE -> scenario.file(size, Scenario.onePercent(size));
          case REMOVE -> "version: 1\n";
        };
    partNanos.clear();
  }

  @Override
  public void run(Phase phase) throws IOException {
    lap = System.nanoTime();
    Loaded loaded =
        HostFile.load(
            MapSource.ofTexts(Map.of("host.yaml", text)), "host.yaml", LoadOptions.defaults());
    DesiredState desired = loaded.state();
    if (desired == null) {
      throw new IOException("the file is refused: " + loaded.problems());
    }
    Goal goal = Goals.of(desired);
    lap("file");
    LiveState live = host.read(goal);
    lap("read");
    Plan plan = host.plan(goal, live);
    lap("plan");
    if (!plan.problems().isEmpty() || !plan.waiting().isEmpty()) {
      throw new IOException("the plan has " + plan.problems() + plan.waiting());
    }
    if (phase == Phase.PLAN) {
      if (!plan.isEmpty()) {
        throw new IOException("there is something to do: " + plan.changes());
      }
      return;
    }
    Outcome outcome = host.apply(goal, live, plan, Progress.silent());
    lap("apply and verify");
    if (outcome.result() != Outcome.Result.APPLIED) {
      throw new IOException(outcome.result() + " " + outcome.failure() + outcome.left());
    }
  }

  private void lap(String part) {
    long now = System.nanoTime();
    partNanos.put(part, now - lap);
    lap = now;
  }

  /** How long each part of the last phase took, in nanoseconds. */
  Map<String, Long> partNanos() {
    return Map.copyOf(partNanos);
  }

  @Override
  public void close() throws IOException {
    host.close();
    try (Stream<Path> files = Files.walk(state)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
