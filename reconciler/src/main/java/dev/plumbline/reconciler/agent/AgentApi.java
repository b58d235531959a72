// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.agent;

import dev.plumbline.datapath.control.Switch;
import dev.plumbline.reconciler.api.ApiHandler;
import dev.plumbline.reconciler.api.SwitchJson;
import dev.plumbline.reconciler.render.SavedPlan;
import java.io.IOException;
import java.io.StringReader;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What the agent answers the command line. What it is and does is answered at once by the server's
 * thread; a plan that shall be applied waits for the agent's own.
 */
final class AgentApi implements ApiHandler {
  private record Request(String plan, Consumer<Object> answer, Runnable end) {}

  private final RunningSwitch embedded;
  private final String host;
  private final Runnable wakeUp;
  private final Queue<Request> requests = new ConcurrentLinkedQueue<>();
  private volatile String revision = "";

  AgentApi(RunningSwitch embedded, String host, Runnable wakeUp) {
    this.embedded = embedded;
    this.host = host;
    this.wakeUp = wakeUp;
  }

  @Override
  public void apply(String plan, Consumer<Object> answer, Runnable end) {
    requests.add(new Request(plan, answer, end));
    wakeUp.run();
  }

  /** Does what was asked for since the last time; the agent's thread. */
  void serve(Reconciling reconciling) throws IOException {
    for (Request next = requests.poll(); next != null; next = requests.poll()) {
      HandAnswers answers = new HandAnswers(next.answer());
      try {
        SavedPlan saved = SavedPlan.read("the plan", new StringReader(next.plan()));
        reconciling.applyByHand(saved, HandRevision.of(saved, host), answers);
      } catch (IOException e) {
        answers.refused(List.of(String.valueOf(e.getMessage())));
        throw e;
      } finally {
        next.end().run();
      }
    }
    revision = reconciling.revision();
  }

  @Override
  public @Nullable Object get(String path, @Nullable String bridge) throws IOException {
    embedded.awaitResumed();
    Switch running = embedded.running();
    return switch (path) {
      case "status" -> status(running);
      case "switch" -> Map.of("resources", SwitchJson.tree(embedded.config()));
      case "ports" -> SwitchTrees.ports(running, bridge);
      case "flows" -> SwitchTrees.flows(running, bridge);
      case "fdb" -> SwitchTrees.addresses(running, bridge);
      case "bonds" -> SwitchTrees.bonds(running, bridge);
      case "tunnels" -> SwitchTrees.tunnels(running, bridge);
      default -> null;
    };
  }

  private Object status(@Nullable Switch running) throws IOException {
    Map<String, @Nullable Object> tree = new LinkedHashMap<>();
    tree.put("host", host);
    tree.put("process", ProcessHandle.current().pid());
    tree.put("revision", revision);
    tree.put("switch", running == null ? null : SwitchTrees.status(running.status()));
    return tree;
  }
}
