// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.agent;

import dev.plumbline.datapath.control.Switch;
import dev.plumbline.reconciler.api.ApiHandler;
import dev.plumbline.reconciler.api.SwitchJson;
import dev.plumbline.reconciler.render.SavedPlan;
import java.io.IOException;
import java.io.StringReader;
import java.time.Duration;
import java.time.Instant;
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
  private final Origin origin;
  private final Mailbox mailbox;
  private final Pause pause;
  private final AgentLog log;
  private final Instant started = Instant.now();
  private final Runnable wakeUp;
  private final Queue<Request> requests = new ConcurrentLinkedQueue<>();
  private volatile SyncState sync = SyncState.NONE;
  private volatile boolean checkSoon;

  AgentApi(
      RunningSwitch embedded,
      String host,
      Origin origin,
      Mailbox mailbox,
      Pause pause,
      AgentLog log,
      Runnable wakeUp) {
    this.embedded = embedded;
    this.host = host;
    this.origin = origin;
    this.mailbox = mailbox;
    this.pause = pause;
    this.log = log;
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
    if (checkSoon) {
      checkSoon = false;
      reconciling.checkSoon();
    }
    sync = reconciling.state();
  }

  @Override
  public @Nullable Object get(String path, @Nullable String bridge) throws IOException {
    embedded.awaitResumed();
    Switch running = embedded.running();
    return switch (path) {
      case "status" -> status(running);
      case "events" -> Map.of("events", log.recent().stream().map(AgentLog.Event::tree).toList());
      case "switch" -> Map.of("resources", SwitchJson.tree(embedded.config()));
      case "ports" -> SwitchTrees.ports(running, bridge);
      case "flows" -> SwitchTrees.flows(running, bridge);
      case "fdb" -> SwitchTrees.addresses(running, bridge);
      case "bonds" -> SwitchTrees.bonds(running, bridge);
      case "tunnels" -> SwitchTrees.tunnels(running, bridge);
      default -> null;
    };
  }

  @Override
  public Runnable follow(Consumer<Object> answer) {
    return log.follow(event -> answer.accept(event.tree()));
  }

  @Override
  public @Nullable Object post(String path, @Nullable Duration time) throws IOException {
    return switch (path) {
      case "sync" -> {
        origin.hurry();
        resync();
        yield Map.of("tries", origin.state().tries());
      }
      case "pause" -> {
        Instant end = pause.begin(time);
        log.say(
            "paused",
            "paused "
                + (time == null ? "until `plumbline resume`" : "until " + end)
                + ": nothing is applied and no drift repaired");
        wakeUp.run();
        yield pauseTree();
      }
      case "resume" -> {
        if (pause.end()) {
          log.say("resumed", "resumed: the host is compared with its revision again");
        }
        resync();
        yield pauseTree();
      }
      default -> null;
    };
  }

  private void resync() {
    checkSoon = true;
    wakeUp.run();
  }

  private Map<String, @Nullable Object> pauseTree() {
    Instant until = pause.until();
    Map<String, @Nullable Object> tree = new LinkedHashMap<>();
    tree.put("paused", until != null);
    tree.put("until", until == null || until.equals(Instant.MAX) ? null : until.toString());
    return tree;
  }

  private Object status(@Nullable Switch running) throws IOException {
    SyncState now = sync;
    Map<String, @Nullable Object> tree = new LinkedHashMap<>();
    tree.put("host", host);
    tree.put("process", ProcessHandle.current().pid());
    tree.put("started", started.toString());
    tree.put("state", now.word(pause.until() != null));
    tree.putAll(now.tree());
    tree.put("pending", mailbox.offered() > now.taken());
    tree.put("pause", pauseTree());
    tree.put("fetch", origin.state().tree());
    tree.put(
        "drift",
        log.recent().stream()
            .filter(event -> event.event().equals("drift") || event.event().equals("fight"))
            .map(AgentLog.Event::tree)
            .toList());
    tree.put("switch", running == null ? null : SwitchTrees.status(running.status()));
    return tree;
  }
}
