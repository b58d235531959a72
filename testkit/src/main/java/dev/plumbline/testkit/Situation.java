// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.testkit;

import dev.plumbline.reconciler.live.LiveState;
import dev.plumbline.reconciler.sim.NamedGoal;
import dev.plumbline.reconciler.sim.Simulation;
import java.util.List;

/**
 * A host, and two files that are applied to it.
 *
 * @param others what there is on it that plumbline did not make
 * @param before the file that is applied first
 * @param after the file that is applied then
 */
public record Situation(LiveState others, NamedGoal before, NamedGoal after) {
  /** The number by which events name the first file. */
  static final int BEFORE = 0;

  /** The number by which events name the second file. */
  static final int AFTER = 1;

  /** How many files events may name: an empty one comes after the two. */
  static final int FILES = 3;

  Simulation simulation() {
    return new Simulation(others, List.of(before, after, NamedGoal.EMPTY));
  }

  /** The files' names, for reports of tests. */
  @Override
  public String toString() {
    return "before: " + before + "\nafter: " + after;
  }
}
