// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.cli;

import dev.plumbline.reconciler.render.AgentReport;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code plumbline resume}: ends a pause. */
@Command(
    name = "resume",
    description = {
      "End a pause, and those of all objects: what came meanwhile is applied, what drifted is",
      "repaired. With objects only theirs."
    })
final class ResumeVerb implements Callable<Integer> {
  @Parameters(
      paramLabel = "OBJECT",
      description = "As it was given to `plumbline pause`. Default: all there is.")
  private List<String> objects = List.of();

  @Mixin private AgentOption agent = new AgentOption();

  private final Console console;

  ResumeVerb(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws IOException {
    return agent.print(
        agent.client().post("resume" + ObjectQuery.of(objects)), AgentReport::pause, console);
  }
}
