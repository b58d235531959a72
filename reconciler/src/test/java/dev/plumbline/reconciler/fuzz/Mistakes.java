// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.fuzz;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.plumbline.reconciler.render.Shown;
import dev.plumbline.spec.problem.Problem;
import dev.plumbline.spec.value.Position;
import java.util.Collection;
import java.util.Set;

/** What every problem has to be that a person is told. */
final class Mistakes {
  private Mistakes() {}

  /**
   * Each is a line, and in a place that there is.
   *
   * @param files that were read
   * @param bytes of all of them
   */
  static void check(Collection<Problem> problems, Set<String> files, int bytes) {
    for (Problem problem : problems) {
      Position at = problem.position();
      assertFalse(problem.message().isBlank());
      assertTrue(files.contains(at.file()), () -> "no such file: " + problem);
      assertEquals(at.line() == 0, at.column() == 0, problem::toString);
      assertTrue(at.line() >= 0 && at.line() <= bytes + 1, problem::toString);
      assertTrue(at.column() >= 0 && at.column() <= bytes + 1, problem::toString);
      assertEquals(1, Shown.text(problem.line()).lines().count(), problem::toString);
    }
  }
}
