// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.agent;

import dev.plumbline.reconciler.host.BootClock;
import dev.plumbline.reconciler.host.StateFile;
import dev.plumbline.reconciler.render.JsonTree;
import dev.plumbline.reconciler.render.Node;
import dev.plumbline.reconciler.rollout.Gate;
import dev.plumbline.reconciler.rollout.HostStatus;
import dev.plumbline.reconciler.rollout.StatusBoard;
import dev.plumbline.reconciler.rollout.Verdict;
import dev.plumbline.spec.Rollout;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Whether it is this host's turn to take a commit, and what is said of that. What the gate has seen
 * is in the file {@code rollout} of the state directory, so that an agent that is started anew does
 * not begin to wait anew; the host's start does, for its clock begins anew.
 *
 * <p>For the origin's thread, but for {@link #skip} and {@link #tree}.
 */
final class Turns {
  /** Statuses that say nothing, of which each is named. */
  private static final int NAMED = 20;

  private final StatusBoard board;
  private final String host;
  private final Path file;
  private final BootClock clock;
  private final StateTrouble trouble;
  private final AgentLog log;
  private final Map<String, String> unreadable = new TreeMap<>();
  private @Nullable Gate gate;
  private @Nullable Candidate candidate;
  private String said = "";
  private String blind = "";
  private @Nullable Verdict verdict;
  private volatile boolean skip;
  private volatile @Nullable Map<String, @Nullable Object> tree;

  Turns(
      StatusBoard board,
      String host,
      Path stateDirectory,
      BootClock clock,
      StateTrouble trouble,
      AgentLog log) {
    this.board = board;
    this.host = host;
    this.file = stateDirectory.resolve("rollout");
    this.clock = clock;
    this.trouble = trouble;
    this.log = log;
  }

  /** Somebody wants the newest commit now; from any thread. */
  void skip() {
    skip = true;
  }

  /** Whether somebody wanted that since it was asked last. */
  boolean takeSkip() {
    boolean asked = skip;
    skip = false;
    return asked;
  }

  /** How it stands, as JSON; null: nothing is said of waves. From any thread. */
  @Nullable Map<String, @Nullable Object> tree() {
    return tree;
  }

  /**
   * Whether that commit is kept from this host until others are in sync with it. From any thread.
   */
  boolean keeps(String commit) {
    Map<String, @Nullable Object> now = tree;
    return now != null && commit.equals(now.get("revision")) && !"passed".equals(now.get("state"));
  }

  /** Whether a commit waits. */
  boolean isWaiting() {
    return candidate != null;
  }

  /** A commit that is no matter of waves: it says nothing for this host, or cannot be applied. */
  void none() {
    gate = null;
    candidate = null;
    verdict = null;
    tree = null;
  }

  /**
   * A new commit that would change something.
   *
   * @param rollout null: all hosts take it at once
   * @param labels of this host
   */
  void begin(Candidate commit, @Nullable Rollout rollout, Map<String, String> labels) {
    none();
    said = "";
    if (rollout != null) {
      candidate = commit;
      gate = gate(rollout, rollout.waveOf(host, labels), commit.id());
    }
  }

  private Gate gate(Rollout rollout, int own, String commit) {
    Map<String, Long> inSync = new TreeMap<>();
    Map<String, Long> waited = new TreeMap<>();
    try {
      Node node = Node.of(JsonTree.read(Files.readString(file)));
      if (node.text("revision").equals(commit) && node.text("boot").equals(clock.boot())) {
        inSync.putAll(millis(node.node("inSyncSince")));
        waited.putAll(millis(node.node("waitedSince")));
      }
    } catch (NoSuchFileException e) {
      inSync.clear();
    } catch (IOException e) {
      trouble.met("read how far a rollout was", e);
    }
    return new Gate(rollout, own, host, commit, inSync, waited);
  }

  private static Map<String, Long> millis(Node node) {
    Map<String, Long> millis = new TreeMap<>();
    node.map().forEach((wave, time) -> millis.put("" + wave, node.number("" + wave)));
    return millis;
  }

  private void save(Gate now, String commit) {
    try {
      Map<String, Object> all = new LinkedHashMap<>();
      all.put("revision", commit);
      all.put("boot", clock.boot());
      all.put("inSyncSince", now.inSyncSince());
      all.put("waitedSince", now.waitedSince());
      StateFile.replace(file, JsonTree.line(all) + "\n");
      trouble.over("remember how far a rollout is");
    } catch (IOException e) {
      trouble.met("remember how far a rollout is", e);
    }
  }

  /**
   * Looks whether the commit's turn has come.
   *
   * @param why somebody wants it now, in words; null: nobody does
   * @return what is to be offered of it; null: nothing new
   */
  @Nullable Candidate look(@Nullable String why) {
    Candidate commit = candidate;
    Gate now = gate;
    if (commit == null || now == null) {
      return null;
    }
    Verdict before = verdict;
    Verdict found;
    if (why != null) {
      found = now.passed();
      if (found.wave() > 1) {
        say("rollout-skipped", commit, found, "taken before its turn: " + why);
      }
    } else {
      found = judge(now, before);
    }
    verdict = found;
    show(commit, found);
    String state = found.state() + " " + found.behind();
    if (state.equals(said)) {
      return null;
    }
    boolean waited = !said.isEmpty();
    said = state;
    switch (found.state()) {
      case WAITS -> say("rollout-waiting", commit, found, found.sentence());
      case STOPPED -> say("rollout-stopped", commit, found, "STOPPED: " + found.sentence());
      case PASSED -> {
        candidate = null;
        if (waited && why == null) {
          say("rollout-passed", commit, found, "its turn has come");
        }
      }
    }
    return switch (found.state()) {
      case PASSED -> commit;
      case WAITS -> commit.later(List.of());
      case STOPPED -> commit.later(List.of(found.line()));
    };
  }

  private Verdict judge(Gate now, @Nullable Verdict before) {
    if (now.passed().wave() == 1) {
      return now.passed();
    }
    long millis;
    try {
      millis = clock.millis();
    } catch (IOException e) {
      blind("" + e.getMessage());
      return before == null ? now.unknown(null, 0, "" + e.getMessage()) : before;
    }
    Map<String, Long> known = Map.copyOf(now.inSyncSince());
    Map<String, Long> waited = Map.copyOf(now.waitedSince());
    Verdict found;
    try {
      List<HostStatus> statuses = board.read();
      if (!blind.isEmpty()) {
        log.say("board-recovered", "how other hosts stand can be read again");
        blind = "";
      }
      tellUnreadable();
      found = now.look(statuses, millis);
    } catch (IOException | RuntimeException e) {
      // RuntimeException: JGit throws them for damaged repositories; the board's is not the clone.
      String why = e instanceof IOException ? "" + e.getMessage() : e.toString();
      blind(why);
      found = now.unknown(before, millis, why);
    }
    if (!known.equals(now.inSyncSince()) || !waited.equals(now.waitedSince())) {
      save(now, now.commit());
    }
    return found;
  }

  private void blind(String why) {
    if (blind.isEmpty()) {
      log.say("board-failed", "how other hosts stand cannot be read: " + why);
    }
    blind = why;
  }

  private void tellUnreadable() {
    Map<String, String> now = board.unreadable();
    List<String> news =
        now.keySet().stream()
            .filter(name -> !String.valueOf(now.get(name)).equals(unreadable.get(name)))
            .toList();
    for (String name : news.subList(0, Math.min(NAMED, news.size()))) {
      log.say(
          "status-unreadable",
          "the status " + name + " does not count: " + now.get(name),
          Map.of("status", name));
    }
    if (news.size() > NAMED) {
      log.say("status-unreadable", "and " + (news.size() - NAMED) + " more statuses do not count");
    }
    unreadable.clear();
    unreadable.putAll(now);
  }

  private void say(String event, Candidate commit, Verdict found, String what) {
    String behind = found.behind();
    Map<String, Object> properties = new TreeMap<>(Reports.id(commit));
    properties.put("wave", found.wave());
    if (behind != null) {
      properties.put("waitsFor", behind);
    }
    log.say(event, commit.label() + ": " + found.line(what), properties);
  }

  private void show(Candidate commit, Verdict found) {
    Map<String, @Nullable Object> shown = new LinkedHashMap<>();
    shown.put("revision", commit.id());
    shown.put("label", commit.label());
    shown.put(
        "state",
        switch (found.state()) {
          case PASSED -> "passed";
          case WAITS -> "waits";
          case STOPPED -> "stopped";
        });
    shown.putAll(found.tree());
    tree = shown;
  }
}
