// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.agent;

import dev.plumbline.reconciler.host.StateFile;
import dev.plumbline.reconciler.render.JsonTree;
import dev.plumbline.reconciler.report.Event;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/**
 * Which revisions came to this host and what became of them: the events that tell of one, in the
 * file {@code history} of the state directory, a line of JSON each. Written by a thread of its own,
 * so that nobody waits for the disk.
 */
public final class History implements AutoCloseable {
  private static final Set<String> EVENTS =
      Set.of(
          "applied",
          "noted",
          "refused",
          "failed",
          "check-failed",
          "checks-broken-off",
          "not-converged",
          "fallback",
          "rollback",
          "forced",
          "unconfirmed",
          "confirmed",
          "rolled-back",
          "not-rolled-back",
          "checkpoint-void",
          "history-unknown",
          "rollout-waiting",
          "rollout-stopped",
          "rollout-passed",
          "rollout-skipped");

  /** Lines that are kept; twice as many are when it is cut. */
  private static final int KEPT = 1_000;

  private static final long PATIENCE_MILLIS = 2_000;
  private static final Event END = new Event(0, Instant.EPOCH, "", "", Map.of());

  private final Path file;
  private final StateTrouble trouble;
  private final BlockingQueue<Event> queue = new LinkedBlockingQueue<>();
  private final Runnable unfollow;
  private final Thread thread = new Thread(this::write, "history");
  private int lines = -1;

  private History(Path file, AgentLog log, StateTrouble trouble) {
    this.file = file;
    this.trouble = trouble;
    this.unfollow =
        log.follow(
            event -> {
              if (EVENTS.contains(event.event()) && event.properties().containsKey("revision")) {
                queue.add(event);
              }
            });
    thread.setDaemon(true);
    thread.start();
  }

  /** Begins to write. */
  static History start(Path stateDirectory, AgentLog log, StateTrouble trouble) {
    return new History(file(stateDirectory), log, trouble);
  }

  /**
   * Adds what a command did while no agent runs.
   *
   * @param properties as the event's; {@code revision} among them
   * @throws IOException if it cannot be written
   */
  public static void add(
      Path stateDirectory, String event, String message, Map<String, ?> properties)
      throws IOException {
    AgentLog log = new AgentLog(said -> {});
    List<String> troubles = new ArrayList<>();
    AgentLog trouble = new AgentLog(said -> troubles.add(said.message()));
    History history = start(stateDirectory, log, new StateTrouble(trouble));
    log.say(event, message, properties);
    history.close();
    if (!troubles.isEmpty()) {
      throw new IOException(troubles.get(0));
    }
  }

  private static Path file(Path stateDirectory) {
    return stateDirectory.resolve("history");
  }

  /**
   * What was written, a tree an event, the oldest first. A line that a crash has cut is the event
   * {@code damaged}.
   *
   * @throws IOException if it cannot be read
   */
  public static List<Object> read(Path stateDirectory) throws IOException {
    List<String> text;
    try {
      text = Files.readAllLines(file(stateDirectory), StandardCharsets.UTF_8);
    } catch (NoSuchFileException e) {
      return List.of();
    }
    List<Object> events = new ArrayList<>();
    for (String line : text) {
      try {
        events.add(JsonTree.read(line));
      } catch (IOException e) {
        // Cut by a crash: all that is known of it is that it was written.
        events.add(Map.of("event", "damaged", "message", "a line of the history is damaged"));
      }
    }
    return events;
  }

  private void write() {
    try {
      while (true) {
        List<Event> events = new ArrayList<>(List.of(queue.take()));
        int unused = queue.drainTo(events);
        boolean end = events.removeIf(event -> event.number() == END.number());
        StringBuilder text = new StringBuilder();
        events.forEach(event -> text.append(JsonTree.line(event.tree())).append('\n'));
        try {
          append(text.toString(), events.size());
          trouble.over("write the history");
        } catch (IOException e) {
          trouble.met("write the history", e);
        }
        if (end) {
          return;
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void append(String text, int more) throws IOException {
    if (more == 0) {
      return;
    }
    if (lines < 0) {
      lines = read(file.resolveSibling("")).size();
    }
    try (FileChannel channel =
        FileChannel.open(
            file, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.APPEND)) {
      long before = channel.size();
      // Only a line that a crash has cut does not end in one.
      String start = before == 0 || endsInLine() ? "" : "\n";
      ByteBuffer bytes = StandardCharsets.UTF_8.encode(start + text);
      try {
        while (bytes.hasRemaining()) {
          int unused = channel.write(bytes);
        }
        channel.force(true);
      } catch (IOException e) {
        FileChannel unused = channel.truncate(before); // no half lines
        throw e;
      }
    }
    lines += more;
    if (lines > 2 * KEPT) {
      List<String> all = Files.readAllLines(file, StandardCharsets.UTF_8);
      List<String> last = all.subList(Math.max(0, all.size() - KEPT), all.size());
      StateFile.replace(file, String.join("\n", last) + "\n");
      lines = last.size();
    }
  }

  private boolean endsInLine() throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      ByteBuffer last = ByteBuffer.allocate(1);
      int unused = channel.read(last, channel.size() - 1);
      return last.get(0) == '\n';
    }
  }

  /** Writes what is left, for two seconds at most. */
  @Override
  public void close() {
    unfollow.run();
    queue.add(END);
    try {
      thread.join(PATIENCE_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
