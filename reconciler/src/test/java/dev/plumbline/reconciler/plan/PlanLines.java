// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.plan;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** A plan with all that it says, in a form that changes only when the plan does. */
final class PlanLines {
  private PlanLines() {}

  static String of(Plan plan) {
    List<String> lines = new ArrayList<>();
    for (Change change : plan.changes()) {
      lines.add(change.action().sign() + " " + change.address() + fields(change));
      lines.add("    " + change.id() + "; " + disruption(change) + after(change));
    }
    plan.waiting()
        .forEach(each -> lines.add("waits: " + each.address() + " for " + each.waitsFor()));
    plan.problems().forEach(each -> lines.add("problem: " + each));
    plan.warnings().forEach(each -> lines.add("warning: " + each));
    if (lines.isEmpty()) {
      lines.add("nothing to do");
    }
    return String.join("\n", lines) + "\n";
  }

  private static String fields(Change change) {
    if (change instanceof Change.Create) {
      return change.fields().stream()
          .map(field -> " " + field.name() + "=" + field.after())
          .collect(Collectors.joining());
    }
    return change.fields().stream()
        .map(
            field ->
                " " + field.name() + ": " + shown(field.before()) + " → " + shown(field.after()))
        .collect(Collectors.joining(","));
  }

  private static String shown(String value) {
    return value.isEmpty() ? "none" : value;
  }

  private static String disruption(Change change) {
    Disruption disruption = change.disruption();
    String implied =
        change instanceof Change.Delete delete && delete.implied() ? "goes along; " : "";
    return implied
        + disruption.level().label()
        + (disruption.what().isEmpty() ? "" : ": " + disruption.what());
  }

  private static String after(Change change) {
    return change.waitsFor().isEmpty()
        ? ""
        : "; after " + change.waitsFor().stream().sorted().collect(Collectors.joining(", "));
  }
}
