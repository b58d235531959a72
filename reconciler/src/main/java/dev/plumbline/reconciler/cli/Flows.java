// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.cli;

import dev.plumbline.reconciler.api.AgentClient;
import dev.plumbline.reconciler.embedded.FlowText;
import dev.plumbline.reconciler.plan.Wanted;
import dev.plumbline.reconciler.render.Node;
import dev.plumbline.reconciler.render.Shown;
import dev.plumbline.reconciler.render.SwitchReport;
import dev.plumbline.reconciler.resource.ResourceType;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code plumbline flows}: what a bridge decides by, or what the kernel has cached of it. */
@Command(
    name = "flows",
    description = "Print the flows of an embedded bridge, or change them until they are repaired.",
    footer = {
      "",
      "Without --cached: as `ovs-ofctl dump-flows`; the counters of a bridge's only flow (NORMAL)"
          + " are those of all its ports. With it: as `ovs-appctl dpctl/dump-flows`, at most half"
          + " a second old.",
      "",
      "What --add and --delete change and the file does not say is drift: the agent puts it back,"
          + " unless the file's rules for drift or a pause let it be."
    })
final class Flows implements Callable<Integer> {
  @Parameters(paramLabel = "BRIDGE", arity = "0..1", description = "Of this bridge. Default: all.")
  private @Nullable String bridge;

  @Option(names = "--cached", description = "The megaflows in the kernel instead.")
  private boolean cached;

  @Option(names = "--groups", description = "The groups instead, as `ovs-ofctl dump-groups`.")
  private boolean groups;

  @Option(
      names = "--meters",
      description = "The meters instead, with what they let through and what they dropped.")
  private boolean meters;

  @Option(
      names = "--diff",
      paramLabel = "FILE",
      description = "What this file has and the switch has not (+), and the other way round (-).")
  private @Nullable Path diff;

  @Option(
      names = "--add",
      paramLabel = "FLOW",
      description = "Put a flow in, as `ovs-ofctl add-flow`. May stand several times.")
  private List<String> add = List.of();

  @Option(
      names = "--delete",
      paramLabel = "FLOW",
      description =
          "Take the flow with this table, priority and match out, as `ovs-ofctl --strict"
              + " del-flows`. May stand several times.")
  private List<String> delete = List.of();

  @Mixin private AgentOption agent = new AgentOption();

  private final Console console;

  Flows(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws IOException {
    if (!add.isEmpty() || !delete.isEmpty()) {
      return change();
    }
    if (diff != null) {
      return difference(diff);
    }
    Function<Node, String> report = cached ? SwitchReport::cached : SwitchReport::decided;
    report = groups ? SwitchReport::groups : meters ? SwitchReport::meters : report;
    return agent.print("flows", bridge, report, console);
  }

  private int change() throws IOException {
    if (bridge == null) {
      throw new CommandException("whose flows? Name the bridge: plumbline flows BRIDGE --add FLOW");
    }
    AgentClient client = agent.client();
    Node[] answer = {null};
    client.changeFlows(
        bridge, add, delete, Asker.of(System.getenv()), each -> answer[0] = Node.of(each));
    if (answer[0] == null) {
      throw new CommandException("the agent ended before this was done: see its log");
    }
    if (answer[0].map().containsKey("refused")) {
      throw new CommandException("the agent: " + String.join("; ", answer[0].texts("refused")));
    }
    return agent.print(
        answer[0].map(),
        tree -> tree.number("added") + " added, " + tree.number("deleted") + " deleted\n",
        console);
  }

  private int difference(Path file) throws IOException {
    TreeSet<String> wanted = new TreeSet<>();
    for (Wanted each : GoalFile.load(file, null, console).goal().wanted()) {
      if (each.resource().id().type() == ResourceType.FLOW
          && (bridge == null || FlowText.bridge(each.resource().id()).equals(bridge))) {
        wanted.add(
            FlowText.bridge(each.resource().id()) + " " + FlowText.parse(each.resource()).text());
      }
    }
    TreeSet<String> there = new TreeSet<>();
    for (Node flow : Node.of(agent.client().get("flows")).nodes("decided")) {
      if (flow.map().containsKey("flow")
          && (bridge == null || flow.text("bridge").equals(bridge))) {
        there.add(flow.text("bridge") + " " + flow.text("flow"));
      }
    }
    wanted.stream()
        .filter(flow -> !there.contains(flow))
        .forEach(flow -> console.out().println("+ " + Shown.text(flow)));
    there.stream()
        .filter(flow -> !wanted.contains(flow))
        .forEach(flow -> console.out().println("- " + Shown.text(flow)));
    return ExitCode.DONE;
  }
}
