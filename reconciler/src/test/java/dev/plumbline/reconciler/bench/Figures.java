// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** What was measured of one contender at one scenario and size. */
final class Figures {
  private final Map<Phase, List<Long>> nanos = new EnumMap<>(Phase.class);
  private final Map<Phase, String> remarks = new EnumMap<>(Phase.class);
  private final Map<Phase, Map<String, List<Long>>> parts = new EnumMap<>(Phase.class);

  void add(Phase phase, long duration) {
    nanos.computeIfAbsent(phase, key -> new ArrayList<>()).add(duration);
  }

  void addPart(Phase phase, String part, long duration) {
    parts
        .computeIfAbsent(phase, key -> new TreeMap<>())
        .computeIfAbsent(part, key -> new ArrayList<>())
        .add(duration);
  }

  /** Why there is no figure; the first reason stays. */
  void remark(Phase phase, String remark) {
    remarks.putIfAbsent(phase, remark);
  }

  boolean has(Phase phase) {
    return nanos.containsKey(phase);
  }

  /** The median in nanoseconds; 0 if there is none. */
  long median(Phase phase) {
    return median(nanos.getOrDefault(phase, List.of()));
  }

  private static long median(List<Long> values) {
    if (values.isEmpty()) {
      return 0;
    }
    List<Long> sorted = new ArrayList<>(values);
    Collections.sort(sorted);
    return sorted.get(sorted.size() / 2);
  }

  boolean isSlow(Phase phase, Duration slow) {
    return remarks.containsKey(phase) || median(phase) > slow.toNanos();
  }

  /** The median, and how many times the reference's median that is. */
  String cell(Phase phase, Figures reference) {
    if (!has(phase)) {
      return remarks.getOrDefault(phase, "–");
    }
    String time = seconds(median(phase));
    if (!reference.has(phase)) {
      return time;
    }
    double ratio = (double) median(phase) / reference.median(phase);
    return time + String.format(Locale.ROOT, ratio < 10 ? " %5.2fx" : " %5.0fx", ratio);
  }

  String partsOf(Phase phase) {
    List<String> texts = new ArrayList<>();
    parts
        .getOrDefault(phase, Map.of())
        .forEach((part, values) -> texts.add(part + " " + seconds(median(values))));
    return String.join(", ", texts);
  }

  static String seconds(long nanos) {
    return String.format(Locale.ROOT, "%.3f s", nanos / 1e9);
  }
}
