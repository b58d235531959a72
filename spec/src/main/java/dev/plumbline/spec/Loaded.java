// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.spec;

import dev.plumbline.spec.model.DesiredState;
import dev.plumbline.spec.problem.Problem;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What came of loading a host file.
 *
 * @param state null if there is any error
 * @param problems errors and warnings by file and line
 * @param files all files that were read, relative to the root
 */
public record Loaded(@Nullable DesiredState state, List<Problem> problems, Set<String> files) {
  public Loaded {
    problems = List.copyOf(problems);
    files = java.util.Collections.unmodifiableSet(new LinkedHashSet<>(files));
  }

  /** Whether the file is refused. */
  public boolean hasErrors() {
    return state == null;
  }

  /**
   * The state of a file without errors.
   *
   * @throws IllegalStateException with all problems if there are errors
   */
  public DesiredState orThrow() {
    if (state == null) {
      throw new IllegalStateException(
          String.join("\n", problems.stream().map(Problem::line).toList()));
    }
    return state;
  }
}
