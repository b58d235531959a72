// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.model;

import dev.plumbline.reconciler.plan.Change;

/**
 * What comes between the requests of plans. Called by the thread that applies; what it throws ends
 * the apply there, as a crash would.
 */
@FunctionalInterface
public interface Disturbance {
  /** Nothing does. */
  Disturbance NONE = (kernel, change) -> 0;

  /**
   * A request is about to be made.
   *
   * @param kernel may be edited
   * @param change the step that the request belongs to
   * @return the errno to refuse it with; 0 lets it pass
   */
  int before(ModelKernel kernel, Change change);
}
