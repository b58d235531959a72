// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.cli;

import dev.plumbline.reconciler.render.AgentReport;
import dev.plumbline.reconciler.render.JsonTree;
import dev.plumbline.reconciler.render.Node;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code plumbline events}: what the agent said. */
@Command(
    name = "events",
    description = {
      "Print what the agent said last, up to 1,000 events; with -o json and --follow an object a",
      "line."
    })
final class EventsVerb implements Callable<Integer> {
  @Option(names = "--follow", description = "Go on with what it says from now on.")
  private boolean follow;

  @Mixin private AgentOption agent = new AgentOption();

  private final Console console;

  EventsVerb(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws IOException {
    if (!follow) {
      return agent.print("events", null, AgentReport::events, console);
    }
    agent
        .client()
        .follow(
            event -> {
              console
                  .out()
                  .println(
                      agent.isJson() ? JsonTree.line(event) : AgentReport.event(Node.of(event)));
              console.out().flush();
            });
    return ExitCode.DONE;
  }
}
