// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.host;

import dev.plumbline.reconciler.apply.Outcome;
import dev.plumbline.reconciler.live.LiveState;
import dev.plumbline.reconciler.plan.Goal;
import dev.plumbline.reconciler.plan.Ownership;
import dev.plumbline.reconciler.plan.Plan;
import java.io.IOException;

/** Is told of an apply by its thread, while no other process can apply. */
public interface Witness {
  /** Sees nothing. */
  Witness NONE =
      new Witness() {
        @Override
        public void before(Goal goal, LiveState live, Plan plan, Ownership ownership) {}

        @Override
        public void after(Outcome outcome) {}
      };

  /**
   * The first step comes next.
   *
   * @param ownership what is remembered so far
   * @throws IOException if it shall not come: nothing is changed then
   */
  void before(Goal goal, LiveState live, Plan plan, Ownership ownership) throws IOException;

  /** It ended, like this. */
  void after(Outcome outcome) throws IOException;
}
