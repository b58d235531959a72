// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.agent;

import dev.plumbline.datapath.config.FlowConfig;
import dev.plumbline.datapath.config.SwitchConfig;
import dev.plumbline.datapath.control.Switch;
import dev.plumbline.reconciler.api.ApiHandler;
import dev.plumbline.reconciler.api.Push;
import dev.plumbline.reconciler.api.Query;
import dev.plumbline.reconciler.api.SwitchJson;
import dev.plumbline.reconciler.api.TraceTree;
import dev.plumbline.reconciler.checkpoint.Checkpoints;
import dev.plumbline.reconciler.embedded.RuntimeFlows;
import dev.plumbline.reconciler.host.BusyException;
import dev.plumbline.reconciler.render.SavedPlan;
import dev.plumbline.reconciler.report.Event;
import dev.plumbline.reconciler.report.Metrics;
import dev.plumbline.reconciler.report.Notifier;
import dev.plumbline.reconciler.source.GitRef;
import java.io.IOException;
import java.io.StringReader;
import java.time.Duration;
import java.time.Instant;
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
  /** Whoever asks again within this time gets the same plan. */
  private static final long SAME_PLAN_NANOS = 1_000_000_000;

  /** What the agent's thread does for somebody. */
  @FunctionalInterface
  private interface Task {
    void run(Reconciling reconciling, HandAnswers answers) throws IOException;
  }

  private record Request(Task task, Consumer<Object> answer, Runnable end) {}

  private final RunningSwitch embedded;
  private final String host;
  private final Origin origin;
  private final Pause pause;
  private final ObjectPauses pauses;
  private final AgentLog log;
  private final AgentStatus status;
  private final Metrics metrics;
  private final Pushes pushes;
  private final Pictures pictures;
  private final @Nullable ConfigurationFile configuration;
  private final Runnable wakeUp;
  private final Queue<Request> requests = new ConcurrentLinkedQueue<>();
  private volatile boolean checkSoon;

  /** For the agent's thread: reading a big host takes a while, and several may ask. */
  private Map<String, @Nullable Object> foreseen = Map.of();

  private long foreseenNanos = System.nanoTime() - 2 * SAME_PLAN_NANOS;

  AgentApi(
      RunningSwitch embedded,
      Pictures pictures,
      String host,
      Origin origin,
      @Nullable GitRef followed,
      Mailbox mailbox,
      Pause pause,
      ObjectPauses pauses,
      Checkpoints checkpoints,
      AgentLog log,
      @Nullable Notifier notifier,
      @Nullable ConfigurationFile configuration,
      Runnable wakeUp) {
    this.embedded = embedded;
    this.pictures = pictures;
    this.host = host;
    this.origin = origin;
    this.pause = pause;
    this.pauses = pauses;
    this.log = log;
    this.configuration = configuration;
    this.wakeUp = wakeUp;
    HookCounts hooks = new HookCounts();
    this.status =
        new AgentStatus(
            embedded, host, origin, mailbox, pause, pauses, checkpoints, log, hooks, notifier);
    this.pushes = new Pushes(followed, origin, hooks, log);
    this.metrics = new Metrics();
    embedded.whenFlowsEnd(this::resync);
    // It lives as long as the log.
    Runnable unused = log.follow(metrics::take);
  }

  @Override
  public void apply(
      String plan,
      @Nullable Duration confirm,
      boolean skipChecks,
      String by,
      Consumer<Object> answer,
      Runnable end) {
    request((loop, answers) -> apply(plan, confirm, skipChecks, by, loop, answers), answer, end);
  }

  @Override
  public void decide(String verb, String by, Consumer<Object> answer, Runnable end) {
    Task task =
        (loop, answers) -> {
          try {
            answers.decided(loop.decide(verb, by));
          } catch (BusyException e) {
            answers.refused(List.of(e.getMessage() + "; try again"));
          }
        };
    request(task, answer, end);
  }

  @Override
  public Object trace(String bridge, String packet) throws IOException {
    embedded.awaitResumed();
    Switch running = embedded.running();
    if (running == null || !running.config().bridges().containsKey(bridge)) {
      throw new IllegalArgumentException("the embedded switch has no bridge " + bridge);
    }
    return TraceTree.of(running.trace(bridge, packet));
  }

  @Override
  public void changeFlows(
      String bridge,
      List<String> add,
      List<String> delete,
      String by,
      Consumer<Object> answer,
      Runnable end) {
    Task task =
        (loop, answers) -> {
          try {
            SwitchConfig before = embedded.config();
            SwitchConfig after = RuntimeFlows.changed(before, bridge, add, delete);
            List<FlowConfig> again = RuntimeFlows.again(before, bridge, add);
            embedded.configure(after, List.of());
            embedded.renew(bridge, again);
            log.say(
                "flows-changed",
                by + " changed flows of " + bridge + ": what the file does not have is drift",
                Map.of("bridge", bridge, "added", add.size(), "deleted", delete.size()));
            answer.accept(Map.of("added", add.size(), "deleted", delete.size()));
            loop.checkSoon();
          } catch (IOException | IllegalArgumentException | IllegalStateException e) {
            // As far as the switch came it is drift now; nothing of it is the agent's end.
            answers.refused(List.of(String.valueOf(e.getMessage())));
          }
        };
    request(task, answer, end);
  }

  private void request(Task task, Consumer<Object> answer, Runnable end) {
    requests.add(new Request(task, answer, end));
    wakeUp.run();
  }

  /** Does what was asked for since the last time; the agent's thread. */
  void serve(Reconciling reconciling) throws IOException {
    for (Request next = requests.poll(); next != null; next = requests.poll()) {
      HandAnswers answers = new HandAnswers(next.answer());
      try {
        next.task().run(reconciling, answers);
      } catch (IOException e) {
        answers.refused(List.of(String.valueOf(e.getMessage())));
        throw e;
      } finally {
        next.end().run();
      }
    }
    if (System.nanoTime() - foreseenNanos > SAME_PLAN_NANOS) {
      foreseen = Map.of(); // nobody gets it any more, and it may be a big one
    }
    if (checkSoon) {
      checkSoon = false;
      reconciling.checkSoon();
    }
    status.turned(reconciling.state());
  }

  private void apply(
      String plan,
      @Nullable Duration confirm,
      boolean skipChecks,
      String by,
      Reconciling reconciling,
      HandAnswers answers)
      throws IOException {
    SavedPlan saved;
    HandRevision revision;
    try {
      saved = SavedPlan.read("the plan", new StringReader(plan));
      revision = HandRevision.of(saved, host);
    } catch (IOException e) {
      // Whoever sent it has made a mistake; the agent has not.
      answers.refused(List.of(String.valueOf(e.getMessage())));
      return;
    }
    if (!skipChecks) {
      // Where it is the agent's own file its checks held, for the next start, too.
      Candidate read = revision.candidate();
      revision =
          new HandRevision(read.kept(origin.keeper(saved.file(), read.id())), revision.digests());
    }
    reconciling.applyByHand(saved, revision, confirm, skipChecks, by, answers);
  }

  @Override
  public void plan(Consumer<Object> answer) {
    Task task =
        (loop, answers) -> {
          if (foreseen.isEmpty() || System.nanoTime() - foreseenNanos > SAME_PLAN_NANOS) {
            try {
              foreseen = loop.foresee().tree(host);
            } catch (IOException e) {
              foreseen = Foreseen.failed(e).tree(host);
            }
            foreseenNanos = System.nanoTime();
          }
          answer.accept(foreseen);
        };
    request(task, answer, () -> {});
  }

  @Override
  public void picture(Consumer<String> svg, Consumer<String> problem) {
    pictures.draw(svg, problem);
  }

  @Override
  public @Nullable Object get(String path, Query query) throws IOException {
    embedded.awaitResumed();
    Switch running = embedded.running();
    String bridge = query.text("bridge");
    return switch (path) {
      case "status" -> status.tree(query.number("drift", Integer.MAX_VALUE, Integer.MAX_VALUE));
      case "rows" -> Rows.of(running, query);
      case "events" -> Map.of("events", log.recent().stream().map(Event::tree).toList());
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
  public @Nullable Object post(String path, @Nullable Duration time, List<String> objects)
      throws IOException {
    return switch (path) {
      case "sync", "skip-waves" -> {
        if (path.equals("skip-waves")) {
          origin.skipWaves();
        }
        look();
        yield Map.of("tries", origin.state().tries());
      }
      case "pause" -> {
        if (!objects.isEmpty()) {
          yield pauseObjects(objects, time);
        }
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
        if (objects.isEmpty() && pause.end()) {
          log.say("resumed", "resumed: the host is compared with its revision again");
        }
        for (String object : pauses.end(objects)) {
          log.say("resumed", object + " is repaired again", Map.of("address", object));
        }
        resync();
        yield pauseTree();
      }
      default -> null;
    };
  }

  private Object pauseObjects(List<String> objects, @Nullable Duration time) throws IOException {
    pauses.begin(objects, time);
    for (String object : objects) {
      log.say(
          "paused",
          object
              + " is left alone "
              + (time == null ? "until `plumbline resume`" : "for " + time.toSeconds() + " s"),
          Map.of("address", object));
    }
    return pauseTree();
  }

  private Map<String, @Nullable Object> pauseTree() {
    Map<String, @Nullable Object> tree = pause.tree();
    tree.put("objects", pauses.tree());
    return tree;
  }

  /** Fetches and compares now, and says so; from any thread. */
  void look() {
    log.say("asked", "asked to fetch and compare now");
    ConfigurationFile file = configuration;
    if (file != null && !file.isAsRead()) {
      log.say(
          "configuration-changed",
          file
              + " is not what it was when this agent was started, and is read at the start alone:"
              + " restart the agent to have it taken up");
    }
    origin.hurry();
    resync();
  }

  private void resync() {
    checkSoon = true;
    wakeUp.run();
  }

  @Override
  public Metrics.Page metrics(@Nullable String accept) throws IOException {
    embedded.awaitResumed();
    return status.page(metrics, accept);
  }

  @Override
  public List<String> ills() {
    return status.ills();
  }

  @Override
  public List<String> lacks() {
    return status.lacks();
  }

  @Override
  public @Nullable String pushed(Push push) {
    return pushes.pushed(push);
  }

  @Override
  public void unproved(String from) {
    pushes.unproved(from);
  }

  @Override
  public void said(String event, String message) {
    log.say(event, message);
  }
}
