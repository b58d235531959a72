// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.cli;

import dev.plumbline.reconciler.agent.History;
import dev.plumbline.reconciler.render.AgentReport;
import dev.plumbline.reconciler.render.JsonTree;
import dev.plumbline.reconciler.render.Node;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code plumbline history}: which revisions came to this host. */
@Command(
    name = "history",
    description = {
      "Print which revisions came to this host and what became of them, the last at the end. Reads",
      "the state directory: no agent has to be running."
    })
final class HistoryVerb implements Callable<Integer> {
  /** How it is printed. */
  enum Format {
    text,
    json
  }

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FORMAT",
      description = "text (default) or json.")
  private Format format = Format.text;

  @Mixin private StateOption state = new StateOption();

  private final Console console;

  HistoryVerb(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws IOException {
    List<Object> events = History.read(state.directory());
    Object tree = Map.of("history", events);
    if (format == Format.json) {
      console.out().print(JsonTree.document(tree));
    } else {
      Node.of(tree)
          .nodes("history")
          .forEach(event -> console.out().println(AgentReport.event(event)));
    }
    return ExitCode.DONE;
  }
}
