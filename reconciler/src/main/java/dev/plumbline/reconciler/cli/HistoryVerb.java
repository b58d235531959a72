// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.cli;

import dev.plumbline.reconciler.agent.History;
import dev.plumbline.reconciler.render.AgentReport;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code plumbline history}: which revisions came to this host. */
@Command(
    name = "history",
    description = {
      "Print which revisions came to this host and what became of them, the last at the end. Reads",
      "the state directory: no agent has to be running."
    })
final class HistoryVerb implements Callable<Integer> {
  @Mixin private AnswerFormat format = new AnswerFormat();

  @Mixin private StateOption state = new StateOption();

  private final Console console;

  HistoryVerb(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws IOException {
    Object tree = Map.of("history", History.read(state.directory()));
    return format.print(tree, AgentReport::history, console);
  }
}
