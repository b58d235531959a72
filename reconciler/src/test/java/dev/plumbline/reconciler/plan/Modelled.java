// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.plan;

import dev.plumbline.reconciler.apply.Failure;
import dev.plumbline.reconciler.apply.Progress;
import dev.plumbline.reconciler.embedded.SwitchAccess;
import dev.plumbline.reconciler.live.LiveState;
import dev.plumbline.reconciler.model.ModelKernel;

/** What a plan makes of a live state, if the kernel is as the model says. */
final class Modelled {
  private Modelled() {}

  /** All steps are taken; fails, and shows the plan, where the model refuses one. */
  static LiveState after(LiveState live, Plan plan) {
    ModelKernel kernel = new ModelKernel(live);
    Failure failure = kernel.apply(plan, kernel.state(), SwitchAccess.NONE, Progress.silent());
    if (failure != null) {
      throw new AssertionError(failure + "\nin\n" + PlanLines.of(plan));
    }
    return kernel.state();
  }
}
