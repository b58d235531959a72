// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.model;

import dev.plumbline.reconciler.plan.Change;
import dev.plumbline.reconciler.plan.Plan;
import java.io.IOException;

/**
 * What comes between the requests of plans, and between the dumps of readings. Called by the thread
 * that applies; what it throws ends the apply there, as a crash would.
 */
@FunctionalInterface
public interface Disturbance {
  /** Nothing does. */
  Disturbance NONE = (kernel, change) -> 0;

  /** The requests of this plan come next. */
  default void begins(ModelKernel kernel, Plan plan) {
    // Nothing comes.
  }

  /**
   * A request is about to be made.
   *
   * @param kernel may be edited
   * @param change the step that the request belongs to
   * @return the errno to refuse it with; 0 lets it pass
   */
  int before(ModelKernel kernel, Change change);

  /**
   * As {@link #before}, of a request that is made after a failure, when all that came before it has
   * been answered.
   */
  default int afterFailure(ModelKernel kernel, Change change) {
    return before(kernel, change);
  }

  /** Whether {@link #reading} is to be asked: a reading is one moment otherwise. */
  default boolean disturbsReading() {
    return false;
  }

  /**
   * A dump is about to be made.
   *
   * @param kernel may be edited
   * @throws IOException if something changed in the middle of it each time that it was tried, as a
   *     reader of the real kernel says
   */
  default void reading(ModelKernel kernel) throws IOException {
    // Nothing comes.
  }
}
