// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.agent;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * What the agent says: a line an event, as text or as JSON. Safe for any thread if the sink is.
 *
 * <p>As text {@code 14:02:11.123 message} in local time; as JSON an object with {@code time} (ISO
 * 8601, UTC), {@code event}, {@code message} and the event's own properties.
 */
public final class AgentLog {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("HH:mm:ss.SSS", Locale.ROOT);

  /** Events that are remembered for whoever asks. */
  private static final int REMEMBERED = 1_000;

  /**
   * One that was said.
   *
   * @param number counts from 1 since the agent began
   */
  record Event(long number, Instant time, String event, String message, Map<String, ?> properties) {

    Map<String, Object> tree() {
      Map<String, Object> tree = new LinkedHashMap<>();
      tree.put("number", number);
      tree.put("time", time.toString());
      tree.put("event", event);
      tree.put("message", message);
      tree.putAll(properties);
      return tree;
    }
  }

  private final Deque<Event> recent = new ArrayDeque<>();
  private final Set<Consumer<Event>> followers = new LinkedHashSet<>();
  private long count;
  private final Consumer<String> sink;
  private final boolean json;
  private final Clock clock;

  /**
   * A log.
   *
   * @param sink takes whole lines without their end
   */
  public AgentLog(Consumer<String> sink, boolean json) {
    this(sink, json, Clock.systemUTC());
  }

  AgentLog(Consumer<String> sink, boolean json, Clock clock) {
    this.sink = sink;
    this.json = json;
    this.clock = clock;
  }

  void say(String event, String message) {
    say(event, message, Map.of());
  }

  /** Says it; values of the properties are numbers, booleans or texts. */
  void say(String event, String message, Map<String, ?> properties) {
    Instant now = clock.instant();
    remember(now, event, message, properties);
    if (!json) {
      sink.accept(TIME.format(now.atZone(ZoneId.systemDefault())) + " " + message);
      return;
    }
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("time", now.toString());
    all.put("event", event);
    all.put("message", message);
    all.putAll(properties);
    StringBuilder line = new StringBuilder("{");
    all.forEach(
        (key, value) -> {
          line.append(line.length() > 1 ? ", " : "");
          quote(line, key).append(": ");
          if (value instanceof Number || value instanceof Boolean) {
            line.append(value);
          } else {
            quote(line, String.valueOf(value));
          }
        });
    sink.accept(line.append('}').toString());
  }

  private synchronized void remember(
      Instant now, String event, String message, Map<String, ?> properties) {
    count++;
    Event said = new Event(count, now, event, message, properties);
    recent.addLast(said);
    if (recent.size() > REMEMBERED) {
      recent.removeFirst();
    }
    followers.forEach(follower -> follower.accept(said));
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

  /** RFC 8259, section 7. */
  private static StringBuilder quote(StringBuilder out, String text) {
    out.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        out.append('\\').append(c);
      } else if (c < 0x20 || Character.isSurrogate(c)) {
        out.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
      } else {
        out.append(c);
      }
    }
    return out.append('"');
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
