// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import dev.plumbline.netlink.probe.KernelFeatures;
import dev.plumbline.netlink.testing.Sh;
import dev.plumbline.reconciler.apply.Outcome;
import dev.plumbline.reconciler.apply.Progress;
import dev.plumbline.reconciler.desired.Goals;
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
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Assumptions;

/** The host under test, driven by files given as text. */
final class TestHost implements AutoCloseable {
  final Path state;
  Host host;

  TestHost() throws IOException {
    state = Files.createTempDirectory("plumbline-test");
    host = Host.open(state);
  }

  /** The devices of the host but for the loopback, as ip(8) lists them. */
  static String devices() {
    return Sh.run("ip -br link")
        .lines()
        .map(line -> line.substring(0, line.indexOf(' ')))
        .filter(name -> !name.equals("lo"))
        // What a tunnel's module puts into every namespace by itself.
        .filter(name -> !name.endsWith("@NONE"))
        .collect(Collectors.joining(" "));
  }

  /** Skips the test, and says so, where the kernel's bridge filters no VLANs. */
  static void assumeBridgeVlans() throws IOException {
    try (KernelFeatures features = KernelFeatures.open()) {
      boolean has = features.supportsBridgeVlanFiltering();
      if (!has) {
        System.err.println("this kernel's bridge has no VLAN filtering: test skipped here");
      }
      Assumptions.assumeTrue(has, "this kernel's bridge has no VLAN filtering");
    }
  }

  /** As if plumbline had been stopped and started again. */
  void restart() throws IOException {
    host.close();
    host = Host.open(state);
  }

  static DesiredState file(String yaml) {
    Loaded loaded =
        HostFile.load(
            MapSource.ofTexts(Map.of("host.yaml", "version: 1\n" + yaml)),
            "host.yaml",
            LoadOptions.defaults());
    assertNotNull(loaded.state(), () -> "the file is refused: " + loaded.problems());
    return loaded.state();
  }

  static Goal goal(String yaml) {
    return Goals.of(file(yaml));
  }

  Plan plan(String yaml) throws IOException {
    Goal goal = goal(yaml);
    return host.plan(goal, host.read(goal));
  }

  Outcome apply(String yaml) throws IOException {
    Goal goal = goal(yaml);
    LiveState live = host.read(goal);
    Plan plan = host.plan(goal, live);
    assertEquals(List.of(), plan.problems());
    return host.apply(goal, live, plan, Progress.silent());
  }

  /** Applies, and expects that it works and that another plan is empty. */
  Plan applied(String yaml) throws IOException {
    Outcome outcome = apply(yaml);
    assertEquals(null, outcome.failure(), () -> outcome.result() + " " + outcome.left());
    assertEquals(List.of(), outcome.left());
    assertEquals(List.of(), plan(yaml).changes(), "a second plan");
    return outcome.plan();
  }

  @Override
  public void close() throws IOException {
    host.close();
    try (var files = Files.walk(state)) {
      files.sorted(java.util.Comparator.reverseOrder()).forEach(file -> file.toFile().delete());
    }
  }
}
