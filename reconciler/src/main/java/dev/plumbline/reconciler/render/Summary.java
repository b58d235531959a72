// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.render;

import dev.plumbline.reconciler.plan.Action;
import dev.plumbline.reconciler.plan.Plan;
import dev.plumbline.reconciler.plan.PlannedCheck;
import java.util.List;

/** A plan in one sentence. */
public final class Summary {
  private Summary() {}

  /** {@code 3 to create, 1 to modify, 0 to recreate, 0 to delete}. */
  public static String counts(Plan plan) {
    return counts(List.of(plan));
  }

  /** The same of several plans together. */
  static String counts(List<Plan> plans) {
    StringBuilder text = new StringBuilder();
    for (Action action : Action.values()) {
      long count = plans.stream().mapToLong(plan -> plan.count(action)).sum();
      text.append(text.isEmpty() ? "" : ", ")
          .append(String.format("%,d to %s", count, action.label()));
    }
    return text.toString();
  }

  /** The last line of a plan. */
  public static String sentence(Plan plan, String file) {
    boolean applicable = plan.problems().isEmpty() && !plan.checks().isEmpty();
    String checks =
        applicable ? " " + PlannedCheck.count(plan.checks().size()) + " after the apply." : "";
    return changes(plan, file) + checks;
  }

  private static String changes(Plan plan, String file) {
    if (!plan.problems().isEmpty()) {
      return "This plan can not be applied: "
          + Shown.count(plan.problems().size(), "problem")
          + ", see above.";
    }
    if (!plan.isEmpty()) {
      return "Plan: " + counts(plan) + ". Worst disruption: " + plan.disruption().label() + ".";
    }
    if (!plan.waiting().isEmpty()) {
      return "Nothing to do now: the host matches "
          + Shown.text(file)
          + " but for "
          + Shown.count(plan.waiting().size(), "object")
          + " waiting.";
    }
    return "Nothing to do: the host matches " + Shown.text(file) + ".";
  }
}
