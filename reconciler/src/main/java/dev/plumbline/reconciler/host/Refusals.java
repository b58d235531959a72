// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.host;

import dev.plumbline.reconciler.apply.Failure;
import dev.plumbline.reconciler.plan.Change;
import dev.plumbline.reconciler.plan.Plan;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The steps of a way back that were refused: each is tried twice, and then gone round, for one that
 * the kernel will not take must not keep all others from being taken back.
 */
final class Refusals {
  /** By address; until a later round takes the step. */
  private final Map<String, Failure> standing = new LinkedHashMap<>();

  private final Set<String> leftOut = new HashSet<>();

  /** The plan without what was refused twice. */
  Plan without(Plan plan) {
    if (leftOut.isEmpty()) {
      return plan;
    }
    List<Change> rest =
        plan.changes().stream().filter(change -> !leftOut.contains(change.address())).toList();
    return plan.only(rest);
  }

  /** Takes in how a plan went; null: all of it was taken. */
  void take(Plan plan, @Nullable Failure failure) {
    if (failure == null) {
      plan.changes().forEach(change -> standing.remove(change.address()));
    } else if (standing.put(failure.address(), failure) != null) {
      leftOut.add(failure.address());
    }
  }

  /** What was refused and never taken. */
  List<String> standing() {
    return standing.values().stream().map(Failure::toString).toList();
  }
}
