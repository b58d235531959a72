// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.plumbline.reconciler.desired.Goals;
import dev.plumbline.reconciler.live.LiveState;
import dev.plumbline.spec.HostFile;
import dev.plumbline.spec.LoadOptions;
import dev.plumbline.spec.Loaded;
import dev.plumbline.spec.source.MapSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * A folder of src/test/resources/planner is a test: the live state in {@code current.yaml}, the
 * file in {@code desired.yaml}, and the plan that leads from one to the other in {@code plan.txt}.
 *
 * <p>{@code -Dplanner.golden=write} writes {@code plan.txt} anew: read the difference before you
 * commit it.
 */
class GoldenTest {
  private static final Path FOLDERS = Path.of("src/test/resources/planner");
  private static final boolean WRITE = "write".equals(System.getProperty("planner.golden"));

  @TestFactory
  Stream<DynamicTest> theFolderHasThisPlan() throws IOException {
    try (Stream<Path> entries = Files.list(FOLDERS)) {
      List<Path> folders = entries.filter(Files::isDirectory).sorted().toList();
      assertTrue(folders.size() >= 40, "there are only " + folders.size() + " folders");
      return folders.stream()
          .map(
              folder ->
                  DynamicTest.dynamicTest(
                      folder.getFileName().toString().replace('-', ' '), () -> check(folder)));
    }
  }

  private static void check(Path folder) throws IOException {
    LiveText current = LiveText.parse(Files.readString(folder.resolve("current.yaml")));
    Goal goal = goal(Files.readString(folder.resolve("desired.yaml")));
    Plan plan = Planner.plan(goal, current.live(), current.ownership());
    Path expected = folder.resolve("plan.txt");
    if (WRITE) {
      Files.writeString(expected, PlanLines.of(plan));
    }
    assertTrue(Files.exists(expected), () -> "no plan.txt; the plan is\n" + PlanLines.of(plan));
    assertEquals(Files.readString(expected), PlanLines.of(plan));
    inOrder(plan);
    if (plan.problems().isEmpty()) {
      LiveState then = Modelled.after(current.live(), plan);
      Ownership remembered =
          Planner.taken(plan, Planner.before(plan, current.live(), current.ownership()));
      Plan again = Planner.plan(goal, then, remembered);
      assertEquals("", changes(again), "what is left to do once the plan is done");
    }
  }

  static String changes(Plan plan) {
    return plan.isEmpty() ? "" : PlanLines.of(plan);
  }

  static void inOrder(Plan plan) {
    Set<String> done = new HashSet<>();
    for (Change change : plan.changes()) {
      assertTrue(
          done.containsAll(change.waitsFor()),
          () -> change.address() + " waits for " + change.waitsFor() + "; done are " + done);
      assertTrue(done.add(change.address()), () -> change.address() + " is there twice");
    }
  }

  static Goal goal(String yaml) {
    Loaded loaded =
        HostFile.load(
            MapSource.ofTexts(Map.of("desired.yaml", yaml)),
            "desired.yaml",
            LoadOptions.defaults());
    assertNotNull(loaded.state(), () -> "the file is refused: " + loaded.problems());
    return Goals.of(loaded.state());
  }
}
