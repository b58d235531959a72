// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.cli;

import dev.plumbline.reconciler.render.SwitchReport;
import java.io.IOException;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code plumbline tunnels}: the switch's tunnels. */
@Command(
    name = "tunnels",
    description = "Print the tunnels of embedded bridges, a remote each with its counters.")
final class TunnelsVerb implements Callable<Integer> {
  @Parameters(paramLabel = "BRIDGE", arity = "0..1", description = "Of this bridge. Default: all.")
  private @Nullable String bridge;

  @Mixin private AgentOption agent = new AgentOption();

  private final Console console;

  TunnelsVerb(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws IOException {
    return agent.print("tunnels", bridge, SwitchReport::tunnels, console);
  }
}
