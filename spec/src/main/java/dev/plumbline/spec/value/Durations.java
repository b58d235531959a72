// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.spec.value;

import java.time.Duration;
import java.util.List;

/** Durations as text: a whole number and a unit, {@code 100ms}, {@code 300s}, {@code 5m}. */
public final class Durations {
  private static final List<Unit> UNITS =
      List.of(
          new Unit("ms", 1), new Unit("s", 1_000), new Unit("m", 60_000), new Unit("h", 3_600_000));

  private Durations() {}

  private record Unit(String name, long millis) {}

  /**
   * Reads a whole number followed by {@code ms}, {@code s}, {@code m} or {@code h}.
   *
   * @throws ValueException if the text is none, or over ten digits
   */
  public static Duration parse(String text) {
    int digits = 0;
    while (digits < text.length() && text.charAt(digits) >= '0' && text.charAt(digits) <= '9') {
      digits++;
    }
    String name = text.substring(digits);
    if (digits > 0 && digits <= 10) {
      for (Unit unit : UNITS) {
        if (unit.name.equals(name)) {
          return Duration.ofMillis(Long.parseLong(text.substring(0, digits)) * unit.millis);
        }
      }
    }
    throw new ValueException(
        "`" + text + "` is not a duration", "a number with a unit: 100ms, 300s, 5m, 1h");
  }

  /** Whole seconds in seconds, everything else in milliseconds. */
  public static String print(Duration duration) {
    long millis = duration.toMillis();
    return millis % 1000 == 0 ? millis / 1000 + "s" : millis + "ms";
  }
}
