// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.cli;

import dev.plumbline.datapath.config.SwitchConfig;
import dev.plumbline.datapath.control.Tracer;
import dev.plumbline.datapath.openflow.FlowSyntaxException;
import dev.plumbline.reconciler.api.AgentClient;
import dev.plumbline.reconciler.api.TraceTree;
import dev.plumbline.reconciler.embedded.SwitchText;
import dev.plumbline.reconciler.plan.Wanted;
import dev.plumbline.reconciler.render.Node;
import dev.plumbline.reconciler.render.TraceText;
import dev.plumbline.reconciler.resource.Resource;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code plumbline trace}: how a packet is decided on. */
@Command(
    name = "trace",
    description = {
      "Follow a packet through the embedded switch: every table, flow and decision,",
      "through patch ports too. Nothing is sent, and nothing learnt."
    },
    footer = {
      "",
      "A packet is written as the match of a flow: in_port=eth1,dl_dst=02:00:00:00:00:01,ip,",
      "nw_dst=10.0.0.1. What is not said of it is 0."
    })
final class TraceVerb implements Callable<Integer> {
  @Parameters(index = "0", paramLabel = "BRIDGE", description = "The bridge that it comes into.")
  private String bridge = "";

  @Parameters(index = "1", paramLabel = "PACKET", description = "The packet.")
  private String packet = "";

  @Option(
      names = "--file",
      paramLabel = "FILE",
      description =
          "The switch that this file asks for, which has just begun: it knows no addresses, and"
              + " all ports are up. Default: the running one.")
  private @Nullable Path file;

  @Option(
      names = "--host",
      paramLabel = "NAME",
      description = "With --file: the host that it is for. Default: the file's own.")
  private @Nullable String host;

  @Option(names = "--live", description = "Say also what the kernel has for the packet.")
  private boolean live;

  @Mixin private AgentOption agent = new AgentOption();

  private final Console console;

  TraceVerb(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws IOException {
    if (file != null && live) {
      throw new CommandException("--live is about the running switch, and --file is not");
    }
    Function<Node, String> text =
        live ? tree -> TraceText.of(tree) + TraceText.entry(tree) : TraceText::of;
    return agent.print(file == null ? running() : planned(file), text, console);
  }

  private Object running() throws IOException {
    return agent
        .client()
        .get(
            "trace?bridge="
                + AgentClient.encoded(bridge)
                + "&packet="
                + AgentClient.encoded(packet));
  }

  private Object planned(Path path) throws IOException {
    GoalFile goal = GoalFile.load(path, host, console);
    List<Resource> resources = new ArrayList<>();
    for (Wanted wanted : goal.goal().wanted()) {
      if (wanted.resource().id().type().isOfSwitch()) {
        resources.add(wanted.resource());
      }
    }
    SwitchConfig config = SwitchText.config(resources);
    if (!config.bridges().containsKey(bridge)) {
      throw new CommandException(path + " has no embedded bridge " + bridge);
    }
    try {
      return TraceTree.of(Tracer.trace(Tracer.fresh(config), bridge, packet, 0));
    } catch (FlowSyntaxException e) {
      throw new CommandException("column " + e.column() + ": " + e.getMessage());
    }
  }
}
