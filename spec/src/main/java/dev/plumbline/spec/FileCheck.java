// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.spec;

import dev.plumbline.spec.model.DesiredState;
import dev.plumbline.spec.problem.Problems;

/** What somebody who knows more than this module looks for in a host file. */
@FunctionalInterface
public interface FileCheck {
  /**
   * Adds what is wrong.
   *
   * @param state what could be read of the file
   * @param problems those found so far: with an error among them, what is absent from the state may
   *     be in the file
   */
  void run(DesiredState state, Problems problems);
}
