// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.model;

import dev.plumbline.reconciler.live.LiveState;
import dev.plumbline.reconciler.plan.Change;
import dev.plumbline.reconciler.plan.Plan;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Changes that are asked for by one plan.
 *
 * @param late whether the plan was made before the step before this one was taken, as when somebody
 *     else writes in between
 * @param asks in their order
 */
record Step(boolean late, List<Ask> asks) {
  private static final String LATE = "late ";
  private static final String AND = "and ";

  Step {
    asks = List.copyOf(asks);
  }

  Plan plan(LiveState live) {
    List<Change> changes = new ArrayList<>();
    for (Ask ask : asks) {
      Change change = ask.change(live);
      if (change != null) {
        changes.add(change);
      }
    }
    return new Plan(changes, List.of(), List.of(), List.of());
  }

  /** A line a change; {@code and} before it if it is of the plan of the line before. */
  static List<Step> parse(String text) {
    List<Step> steps = new ArrayList<>();
    for (String line : text.lines().toList()) {
      String rest = line.strip();
      if (rest.isEmpty() || rest.startsWith("#")) {
        continue;
      }
      if (rest.startsWith(AND)) {
        Step last = steps.remove(steps.size() - 1);
        List<Ask> asks = new ArrayList<>(last.asks());
        asks.add(Ask.parse(rest.substring(AND.length())));
        steps.add(new Step(last.late(), asks));
      } else {
        boolean late = rest.startsWith(LATE);
        Ask ask = Ask.parse(late ? rest.substring(LATE.length()) : rest);
        steps.add(new Step(late, List.of(ask)));
      }
    }
    return steps;
  }

  static String print(List<Step> steps) {
    return steps.stream().map(Step::toString).collect(Collectors.joining("\n"));
  }

  @Override
  public String toString() {
    return (late ? LATE : "")
        + asks.stream().map(Ask::toString).collect(Collectors.joining("\n" + AND));
  }
}
