// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** What is remembered of a namespace that may not be looked into outlives that time. */
class OutOfSightTest {
  private static final Path CURRENT =
      Path.of("src/test/resources/planner/namespace-out-of-sight/current.yaml");

  private static Ownership after(String current) {
    LiveText text = LiveText.parse(current);
    return Planner.after(GoldenTest.goal("version: 1\n"), text.live(), text.ownership());
  }

  @Test
  void theOriginalsOfWhatLeftTheFileMeanwhileAreKept() throws IOException {
    String current = Files.readString(CURRENT);
    assertEquals(LiveText.parse(current).ownership(), after(current));
    // Where the namespace is in sight, or gone, there is nothing left to go back to.
    assertEquals(Ownership.NONE, after(current.replaceAll("unreadable: \"[^\"]*\"", "")));
    assertEquals(Ownership.NONE, after(current.replaceAll("(?m)^  namespace.*\n", "")));
  }
}
