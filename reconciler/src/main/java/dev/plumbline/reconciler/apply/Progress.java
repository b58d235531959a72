// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.apply;

import dev.plumbline.reconciler.plan.Change;
import dev.plumbline.reconciler.plan.PlannedCheck;
import java.util.List;

/** Told of every step; called by the thread that applies, so it must not block. */
@FunctionalInterface
public interface Progress {

  /** A step was sent to the kernel: it is the {@code done}th of {@code of}. */
  void step(Change change, int done, int of);

  /** All steps were taken, and these checks are tried now. */
  default void checking(List<PlannedCheck> checks) {}

  /** Tells nobody. */
  static Progress silent() {
    return (change, done, of) -> {};
  }
}
