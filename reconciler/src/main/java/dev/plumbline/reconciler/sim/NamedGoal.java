// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.sim;

import dev.plumbline.reconciler.plan.Goal;
import java.util.List;
import java.util.Set;

/**
 * A host file that was read, and what to call it.
 *
 * @param name its path, or its text where it has none
 */
public record NamedGoal(String name, Goal goal) {
  /** A file that names nothing: with it a host is given back. */
  public static final NamedGoal EMPTY =
      new NamedGoal("an empty file", new Goal(List.of(), true, Set.of(), List.of()));

  /** The name, for reports of tests. */
  @Override
  public String toString() {
    return name;
  }
}
