// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.imports;

import dev.plumbline.spec.problem.Problem;
import java.util.List;

/**
 * What became of a source.
 *
 * @param yaml the host file; empty where the source has errors
 * @param problems what is wrong with the source
 * @param comments how many things the file could not say
 */
public record Imported(String yaml, List<Problem> problems, int comments) {
  public Imported {
    problems = List.copyOf(problems);
  }
}
