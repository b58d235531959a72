// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.cli;

import dev.plumbline.reconciler.render.AgentReport;
import dev.plumbline.spec.value.Durations;
import dev.plumbline.spec.value.ValueException;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code plumbline pause}: keeps the agent's hands off the host. */
@Command(
    name = "pause",
    description = {
      "Let the agent apply nothing and repair no drift, for a time or until `plumbline resume`;",
      "or let it leave some objects alone, and do all else.",
      "It goes on fetching. A pause survives the agent's restart, and ends with the host's."
    })
final class PauseVerb implements Callable<Integer> {
  @Option(
      names = "--for",
      paramLabel = "TIME",
      description = "30s, 30m, 2h. Default: until `plumbline resume`.")
  private @Nullable String time;

  @Parameters(
      paramLabel = "OBJECT",
      description = "Address in the host's file, such as veths.vm1. Default: all there is.")
  private List<String> objects = List.of();

  @Mixin private AgentOption agent = new AgentOption();

  private final Console console;

  PauseVerb(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws IOException {
    return agent.print(agent.client().post("pause" + query()), AgentReport::pause, console);
  }

  private String query() {
    String seconds = seconds();
    String about = ObjectQuery.of(objects);
    return about.isEmpty() ? seconds : about + seconds.replace('?', '&');
  }

  private String seconds() {
    if (time == null) {
      return "";
    }
    try {
      long seconds = Durations.parse(time).toSeconds();
      if (seconds < 1 || seconds > Integer.MAX_VALUE) {
        throw new CommandException("--for: " + time + " is not between 1s and 68 years");
      }
      return "?seconds=" + seconds;
    } catch (ValueException e) {
      throw new CommandException("--for: " + e.getMessage(), e);
    }
  }
}
