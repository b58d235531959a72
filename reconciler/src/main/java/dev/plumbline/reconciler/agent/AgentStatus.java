// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.agent;

import dev.plumbline.datapath.control.Switch;
import dev.plumbline.datapath.control.SwitchStatus;
import dev.plumbline.reconciler.checkpoint.Checkpoint;
import dev.plumbline.reconciler.checkpoint.Checkpoints;
import dev.plumbline.reconciler.render.Node;
import dev.plumbline.reconciler.report.Build;
import dev.plumbline.reconciler.report.Event;
import dev.plumbline.reconciler.report.Metrics;
import dev.plumbline.reconciler.report.Notifier;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** How the agent stands, put together from its parts. Asked by the server's thread. */
final class AgentStatus {
  /**
   * A loop that has nothing to do turns once a minute; one that applies thousands of changes does
   * not turn meanwhile.
   */
  private static final Duration LONGEST_TURN = Duration.ofMinutes(5);

  /** Read once: a package that is put in place of this one has other jars. */
  private static final String VERSION = Build.version();

  private static final Set<String> DRIFT = Set.of("drift", "drifted", "drift-over", "fight");

  private final RunningSwitch embedded;
  private final String host;
  private final Origin origin;
  private final Mailbox mailbox;
  private final Pause pause;
  private final ObjectPauses pauses;
  private final Checkpoints checkpoints;
  private final AgentLog log;
  private final HookCounts hooks;
  private final @Nullable Notifier notifier;
  private final Instant started = Instant.now();
  private volatile SyncState sync = SyncState.NONE;
  private volatile long turnedNanos = System.nanoTime();

  AgentStatus(
      RunningSwitch embedded,
      String host,
      Origin origin,
      Mailbox mailbox,
      Pause pause,
      ObjectPauses pauses,
      Checkpoints checkpoints,
      AgentLog log,
      HookCounts hooks,
      @Nullable Notifier notifier) {
    this.embedded = embedded;
    this.host = host;
    this.origin = origin;
    this.mailbox = mailbox;
    this.pause = pause;
    this.pauses = pauses;
    this.checkpoints = checkpoints;
    this.log = log;
    this.hooks = hooks;
    this.notifier = notifier;
  }

  /** The loop has turned once more; the agent's thread. */
  void turned(SyncState state) {
    sync = state;
    turnedNanos = System.nanoTime();
  }

  /**
   * The tree of {@code GET /v1/status}.
   *
   * @param drifts how many events of drift it has at most: the last ones
   */
  Map<String, @Nullable Object> tree(int drifts) throws IOException {
    Switch running = embedded.running();
    Map<String, @Nullable Object> tree = brief();
    List<Event> drift =
        log.recent().stream().filter(event -> DRIFT.contains(event.event())).toList();
    tree.put(
        "drift", drift.stream().skip(Math.max(0, drift.size() - drifts)).map(Event::tree).toList());
    tree.put(
        "switch", running == null ? null : SwitchTrees.status(running.status(), running.config()));
    return tree;
  }

  private Map<String, @Nullable Object> brief() throws IOException {
    SyncState now = sync;
    Map<String, @Nullable Object> tree = new LinkedHashMap<>();
    tree.put("host", host);
    tree.put("plumbline", VERSION);
    tree.put("process", ProcessHandle.current().pid());
    tree.put("started", started.toString());
    tree.put("state", now.word(pause.until() != null));
    tree.putAll(now.tree());
    tree.put("pending", mailbox.offered() > now.taken());
    Map<String, @Nullable Object> pauseTree = pause.tree();
    pauseTree.put("objects", pauses.tree());
    tree.put("pause", pauseTree);
    tree.put("unconfirmed", unconfirmed());
    tree.put("fetch", origin.state().tree());
    tree.put("rollout", origin.rollout());
    tree.put("telling", origin.telling());
    tree.put("webhook", hooks.tree());
    tree.put("notifications", notifier == null ? null : notifier.tree());
    return tree;
  }

  private @Nullable Map<String, Object> unconfirmed() throws IOException {
    Checkpoint checkpoint;
    try {
      checkpoint = checkpoints.find();
    } catch (IOException e) {
      return null; // the loop puts it aside in a moment, and says so
    }
    return checkpoint == null || !checkpoint.isToBeConfirmed()
        ? null
        : Map.of(
            "file", checkpoint.file(),
            "by", checkpoint.by(),
            "opened", checkpoint.opened().toString(),
            "until", checkpoints.until(checkpoint).toString(),
            "applying", checkpoint.applying());
  }

  /** What Prometheus reads. */
  Metrics.Page page(Metrics metrics, @Nullable String accept) throws IOException {
    Switch running = embedded.running();
    SwitchStatus status = running == null ? null : running.status();
    return metrics.page(Node.of(brief()), status, accept);
  }

  /** Why the process is not alive as it should be, as sentences; none if it is. */
  List<String> ills() {
    long seconds = Duration.ofNanos(System.nanoTime() - turnedNanos).toSeconds();
    return seconds < LONGEST_TURN.toSeconds()
        ? List.of()
        : List.of("the agent's loop has not turned for " + seconds + " s");
  }

  /** Why the host is not ready, as sentences; none if it is. */
  List<String> lacks() {
    SyncState now = sync;
    List<String> lacks = new ArrayList<>(ills());
    if (now.applied() == null) {
      lacks.add("no revision was applied yet");
    }
    if (now.held() != null) {
      lacks.add(now.held() + " is not applied");
      lacks.addAll(now.why());
    }
    return lacks;
  }
}
