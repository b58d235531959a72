// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.cli;

import dev.plumbline.reconciler.render.AgentReport;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code plumbline status}: what the agent does, and how the host stands to its revision. */
@Command(
    name = "status",
    description = {
      "Print how the host stands to its revision: in-sync, drifted, held (a newer revision is not",
      "applied), paused or starting; what is in the way, what waits, and what drifted lately."
    })
final class Status implements Callable<Integer> {
  @Mixin private AgentOption agent = new AgentOption();
  @Mixin private StateOption state = new StateOption();

  private final Console console;

  Status(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws IOException {
    if (!agent.isRunning()) {
      try {
        String open = new Confirmation(state.directory(), Path.of(""), console).open();
        if (!open.isEmpty()) {
          console.warn(open);
        }
      } catch (CommandException e) {
        console.warn("whether an apply waits to be confirmed is not known: " + e.getMessage());
      }
    }
    return agent.print("status", null, AgentReport::status, console);
  }
}
