// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.agent;

import dev.plumbline.reconciler.render.JsonTree;
import dev.plumbline.reconciler.report.Event;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * What the agent says: a line an event, as text or as JSON. Safe for any thread if the sink is.
 *
 * <p>As text {@code 14:02:11.123 message} in local time; as JSON an object with {@code number},
 * {@code time} (ISO 8601, UTC), {@code event}, {@code message} and the event's own properties.
 */
public final class AgentLog {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("HH:mm:ss.SSS", Locale.ROOT);

  /** Events that are remembered for whoever asks. */
  private static final int REMEMBERED = 1_000;

  private final Deque<Event> recent = new ArrayDeque<>();
  private final Set<Consumer<Event>> followers = new LinkedHashSet<>();
  private long count;
  private final Consumer<Event> sink;
  private final Clock clock;

  /**
   * A log that is read as text or as JSON.
   *
   * @param sink takes whole lines without their end
   */
  public AgentLog(Consumer<String> sink, boolean json) {
    this(event -> sink.accept(json ? JsonTree.line(event.tree()) : text(event)));
  }

  /** A log whose events are taken one by one. */
  public AgentLog(Consumer<Event> sink) {
    this(sink, Clock.systemUTC());
  }

  AgentLog(Consumer<Event> sink, Clock clock) {
    this.sink = sink;
    this.clock = clock;
  }

  /** The line for a person. */
  public static String text(Event event) {
    return TIME.format(event.time().atZone(ZoneId.systemDefault())) + " " + event.message();
  }

  void say(String event, String message) {
    say(event, message, Map.of());
  }

  /** Says it; values of the properties are numbers, booleans, texts, and maps of them. */
  void say(String event, String message, Map<String, ?> properties) {
    sink.accept(remember(clock.instant(), event, message, properties));
  }

  private synchronized Event remember(
      Instant now, String event, String message, Map<String, ?> properties) {
    count++;
    Event said = new Event(count, now, event, message, properties);
    recent.addLast(said);
    if (recent.size() > REMEMBERED) {
      recent.removeFirst();
    }
    followers.forEach(follower -> follower.accept(said));
    return said;
  }

  /** What was said last, the oldest first. */
  synchronized List<Event> recent() {
    return List.copyOf(recent);
  }

  /**
   * Gives what was said last, and all that is said from now on, to the consumer, in its order, from
   * whatever thread says it; the consumer must not wait, and not say anything.
   *
   * @return ends it
   */
  synchronized Runnable follow(Consumer<Event> follower) {
    recent.forEach(follower);
    followers.add(follower);
    return () -> {
      synchronized (this) {
        followers.remove(follower);
      }
    };
  }

  /** {@code 2.3 ms}, {@code 41 ms}, {@code 1.25 s}. */
  static String shown(long nanos) {
    double millis = nanos / 1e6;
    if (millis < 10) {
      return String.format(Locale.ROOT, "%.1f ms", millis);
    }
    return millis < 1000
        ? String.format(Locale.ROOT, "%.0f ms", millis)
        : String.format(Locale.ROOT, "%.2f s", millis / 1000);
  }
}
