// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.cli;

import dev.plumbline.reconciler.render.SwitchReport;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code plumbline status}: what the agent is at. */
@Command(
    name = "status",
    description = "Print what the running agent keeps the host at, and how its switch does.")
final class Status implements Callable<Integer> {
  @Mixin private AgentOption agent = new AgentOption();

  private final Console console;

  Status(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws IOException {
    return agent.print("status", null, SwitchReport::status, console);
  }
}
