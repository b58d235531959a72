// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import dev.plumbline.netlink.testing.KernelTest;
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
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every file in {@code examples/} runs as it is, on a host with the cards that it names. */
@KernelTest
class ExampleFilesTest {
  private static final Path EXAMPLES = Path.of("..", "examples");

  private TestHost host;

  static Stream<Path> files() throws IOException {
    try (Stream<Path> files = Files.list(EXAMPLES)) {
      return files
          .filter(file -> file.toString().endsWith(".yaml") && !needsSwitch(file))
          .sorted()
          .toList()
          .stream();
    }
  }

  /** Those are run with an agent, by tests of their own. */
  private static boolean needsSwitch(Path file) {
    DesiredState state = HostFile.load(file, LoadOptions.defaults()).state();
    return state != null && !state.usesEmbeddedSwitch().isEmpty();
  }

  @BeforeEach
  void open() throws IOException {
    host = new TestHost();
    for (int card = 0; card < 6; card++) {
      Sh.run("ip link add eth" + card + " type veth peer name cable" + card);
      Sh.run("ip link set cable" + card + " up");
    }
  }

  @AfterEach
  void close() throws IOException {
    host.close();
  }

  @ParameterizedTest
  @MethodSource("files")
  void runsAsItIs(Path file) throws IOException {
    Loaded loaded = HostFile.load(file, LoadOptions.defaults());
    DesiredState state = loaded.state();
    assertNotNull(state, () -> loaded.problems().toString());
    String before = TestHost.devices();
    Goal goal = Goals.of(state);
    LiveState live = host.host.read(goal);
    Plan plan = host.host.plan(goal, live);
    for (String problem : plan.problems()) {
      if (problem.contains("this kernel")) {
        System.err.println(problem + ": " + file + " skipped here");
        Assumptions.abort(problem);
      }
    }
    assertEquals(List.of(), plan.problems());
    assertFalse(plan.isEmpty());
    Outcome outcome = host.host.apply(goal, live, plan, Progress.silent());
    assertEquals(Outcome.Result.APPLIED, outcome.result(), outcome.toString());
    assertEquals(List.of(), outcome.remaining().waiting());
    host.applied("");
    assertEquals(before, TestHost.devices());
  }
}
