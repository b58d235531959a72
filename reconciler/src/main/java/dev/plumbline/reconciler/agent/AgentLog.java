// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.agent;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
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
