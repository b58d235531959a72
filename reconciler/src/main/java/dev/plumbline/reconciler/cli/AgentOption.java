// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.cli;

import dev.plumbline.reconciler.api.AgentClient;
import dev.plumbline.reconciler.render.Node;
import java.io.IOException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/** What the verbs that ask a running agent have in common. */
final class AgentOption {
  @Spec(Target.MIXEE)
  private CommandSpec verb = CommandSpec.create();

  @Mixin private AnswerFormat format = new AnswerFormat();

  @Mixin private RunOption run = new RunOption();

  /**
   * Asks and prints.
   *
   * @param path below {@code /v1/}
   * @param bridge the only one that is asked for; null: all
   */
  int print(String path, @Nullable String bridge, Function<Node, String> text, Console console)
      throws IOException {
    AgentClient agent = client();
    if (bridge != null) {
      refuseUnknown(agent, bridge);
    }
    String query = bridge == null ? "" : "?bridge=" + AgentClient.encoded(bridge);
    return print(agent.get(path + query), text, console);
  }

  /** Prints an answer. */
  int print(Object tree, Function<Node, String> text, Console console) {
    return format.print(tree, text, console);
  }

  boolean isRunning() throws IOException {
    return AgentClient.find(run.directory()) != null;
  }

  /** The agent that is running here. */
  AgentClient client() throws IOException {
    AgentDirectory.Found directory = run.found(verb);
    AgentClient agent = AgentClient.find(directory.path());
    if (agent == null) {
      throw new CommandException(
          "no agent is running here (run directory "
              + directory
              + "): start one with `plumbline agent --file FILE`, or name its directory by --run");
    }
    return agent;
  }

  boolean isJson() {
    return format.isJson();
  }

  void refuseUnknown(AgentClient agent, String bridge) throws IOException {
    boolean known = false;
    for (Node resource : Node.of(agent.get("switch")).nodes("resources")) {
      known |= resource.text("type").equals("bridge") && resource.text("key").equals(bridge);
    }
    if (!known) {
      throw new CommandException("the embedded switch has no bridge " + bridge);
    }
  }
}
