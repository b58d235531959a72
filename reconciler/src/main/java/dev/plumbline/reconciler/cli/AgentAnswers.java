// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.cli;

import dev.plumbline.reconciler.apply.Failure;
import dev.plumbline.reconciler.apply.Outcome;
import dev.plumbline.reconciler.apply.Unheld;
import dev.plumbline.reconciler.plan.Plan;
import dev.plumbline.reconciler.plan.PlannedCheck;
import dev.plumbline.reconciler.plan.Waiting;
import dev.plumbline.reconciler.render.Node;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What the agent says while it applies a plan, shown as if this process did. */
final class AgentAnswers {
  private final Plan plan;
  private final Console console;
  private final Consumer<String> unconfirmed;
  private @Nullable Outcome outcome;

  /**
   * @param unconfirmed takes the checkpoint that the agent has opened
   */
  AgentAnswers(Plan plan, Console console, Consumer<String> unconfirmed) {
    this.plan = plan;
    this.console = console;
    this.unconfirmed = unconfirmed;
  }

  void take(Object answer) {
    Node node = Node.of(answer);
    if (node.map().containsKey("step")) {
      console.progress(
          "[" + node.number("done") + "/" + node.number("of") + "] " + node.text("step"));
    } else if (node.map().containsKey("checking")) {
      console.progress(checking((int) node.number("checking")));
    } else if (node.map().containsKey("unconfirmed")) {
      unconfirmed.accept(node.text("unconfirmed"));
    } else if (node.map().containsKey("refused")) {
      node.texts("refused").forEach(reason -> console.info("the agent: " + reason));
      throw new CommandException(
          "the agent refuses the plan, see above; nothing was changed: apply again");
    } else {
      outcome = outcome(node);
    }
  }

  private Outcome outcome(Node node) {
    Failure failure =
        node.map().get("failure") instanceof Map<?, ?> map ? failure(new Node(map)) : null;
    List<Waiting> waiting =
        node.nodes("waiting").stream()
            .map(each -> new Waiting(each.text("address"), each.text("waitsFor")))
            .toList();
    return new Outcome(
        Outcome.Result.valueOf(node.text("result")),
        plan,
        failure,
        node.nodes("unheld").stream().map(AgentAnswers::unheld).toList(),
        node.texts("left"),
        new Plan(List.of(), waiting, List.of(), List.of()));
  }

  private static Unheld unheld(Node node) {
    return new Unheld(
        node.text("address"),
        node.text("place"),
        node.text("what"),
        node.text("why"),
        Boolean.TRUE.equals(node.map().get("before")),
        Boolean.TRUE.equals(node.map().get("brokenOff")));
  }

  /** What stands on the terminal meanwhile. */
  static String checking(int checks) {
    return "trying " + PlannedCheck.count(checks) + " …";
  }

  private static Failure failure(Node node) {
    return new Failure(node.text("address"), node.text("resource"), node.text("message"));
  }

  /** How it ended. */
  Outcome outcome() {
    Outcome end = outcome;
    if (end == null) {
      throw new CommandException(
          "the agent ended before the plan was done: see its log, and plan again");
    }
    return end;
  }
}
