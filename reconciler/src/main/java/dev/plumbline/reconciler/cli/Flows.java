// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.cli;

import dev.plumbline.reconciler.render.SwitchReport;
import java.io.IOException;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code plumbline flows}: what a bridge decides by, or what the kernel has cached of it. */
@Command(
    name = "flows",
    description = "Print the flows of an embedded bridge, with their counters.",
    footer = {
      "",
      "Without --cached: as `ovs-ofctl dump-flows`; the counters of a bridge's only flow (NORMAL)"
          + " are those of all its ports. With it: as `ovs-appctl dpctl/dump-flows`, at most half"
          + " a second old."
    })
final class Flows implements Callable<Integer> {
  @Parameters(paramLabel = "BRIDGE", arity = "0..1", description = "Of this bridge. Default: all.")
  private @Nullable String bridge;

  @Option(names = "--cached", description = "The megaflows in the kernel instead.")
  private boolean cached;

  @Mixin private AgentOption agent = new AgentOption();

  private final Console console;

  Flows(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws IOException {
    return agent.print(
        "flows", bridge, cached ? SwitchReport::cached : SwitchReport::decided, console);
  }
}
