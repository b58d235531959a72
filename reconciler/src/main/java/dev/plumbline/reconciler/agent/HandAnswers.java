// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.agent;

import dev.plumbline.reconciler.apply.Failure;
import dev.plumbline.reconciler.apply.Outcome;
import dev.plumbline.reconciler.apply.Progress;
import dev.plumbline.reconciler.apply.Unheld;
import dev.plumbline.reconciler.checkpoint.Decided;
import dev.plumbline.reconciler.plan.Change;
import dev.plumbline.reconciler.plan.PlannedCheck;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What the agent says of a plan that it applies for somebody: {@code {"step": address, "done": 1,
 * "of": 3}} a step, {@code {"unconfirmed": id}} where it is to be confirmed, {@code {"checking":
 * 3}} where so many checks are tried, and at last {@code {"refused": [sentences]}} or {@code
 * {"result": …, "failure": …, "unheld": […], "left": […], "waiting": […]}}.
 */
final class HandAnswers implements Progress {
  private final Consumer<Object> sink;

  HandAnswers(Consumer<Object> sink) {
    this.sink = sink;
  }

  @Override
  public void step(Change change, int done, int of) {
    sink.accept(Map.of("step", change.address(), "done", done, "of", of));
  }

  @Override
  public void checking(List<PlannedCheck> checks) {
    sink.accept(Map.of("checking", checks.size()));
  }

  /** A checkpoint is open; the first step comes next. */
  void unconfirmed(String id) {
    sink.accept(Map.of("unconfirmed", id));
  }

  /**
   * What became of the apply that waited to be confirmed.
   *
   * @param decided null: none waited
   */
  void decided(@Nullable Decided decided) {
    sink.accept(decided == null ? Map.of("decided", "") : decided.tree());
  }

  private static Map<String, Object> unheld(Unheld unheld) {
    return Map.of(
        "address", unheld.address(),
        "place", unheld.place(),
        "what", unheld.what(),
        "why", unheld.why(),
        "before", unheld.before(),
        "brokenOff", unheld.brokenOff());
  }

  void refused(List<String> reasons) {
    sink.accept(Map.of("refused", reasons));
  }

  void outcome(Outcome outcome) {
    Map<String, @Nullable Object> tree = new LinkedHashMap<>();
    tree.put("result", outcome.result().name());
    Failure failure = outcome.failure();
    tree.put(
        "failure",
        failure == null
            ? null
            : Map.of(
                "address", failure.address(),
                "resource", failure.resource(),
                "message", failure.message()));
    tree.put("unheld", outcome.unheld().stream().map(HandAnswers::unheld).toList());
    tree.put("left", outcome.left());
    tree.put(
        "waiting",
        outcome.remaining().waiting().stream()
            .map(each -> Map.of("address", each.address(), "waitsFor", each.waitsFor()))
            .toList());
    sink.accept(tree);
  }
}
