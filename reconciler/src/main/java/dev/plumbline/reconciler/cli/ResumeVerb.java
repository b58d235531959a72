// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.cli;

import dev.plumbline.reconciler.render.AgentReport;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code plumbline resume}: ends a pause. */
@Command(
    name = "resume",
    description = "End a pause: what came meanwhile is applied, what drifted is repaired.")
final class ResumeVerb implements Callable<Integer> {
  @Mixin private AgentOption agent = new AgentOption();

  private final Console console;

  ResumeVerb(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws IOException {
    return agent.print(agent.client().post("resume"), AgentReport::pause, console);
  }
}
