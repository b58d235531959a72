// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.bench;

import java.util.List;
import java.util.Locale;
import java.util.TreeMap;

/** What was measured of one contender in one scenario, by round. Negative: it has no such thing. */
final class Figures {
  private final TreeMap<Integer, Double> byRound = new TreeMap<>();

  void add(int round, double figure) {
    if (figure >= 0) {
      byRound.put(round, figure);
    }
  }

  /** The median, or a dash. */
  String text(double scale) {
    if (byRound.isEmpty()) {
      return "–";
    }
    double median = median(List.copyOf(byRound.values())) / scale;
    return String.format(Locale.ROOT, median < 10 ? "%.2f" : "%.0f", median);
  }

  /**
   * The median of the rounds' ratios: what shares a round shares the machine's other load, so this
   * is steadier than the medians' ratio.
   */
  String ratio(Figures reference) {
    List<Double> ratios =
        byRound.keySet().stream()
            .filter(round -> reference.byRound.getOrDefault(round, 0.0) > 0)
            .map(round -> byRound.get(round) / reference.byRound.get(round))
            .toList();
    return ratios.isEmpty() ? "" : String.format(Locale.ROOT, "%.2fx", median(ratios));
  }

  private static double median(List<Double> values) {
    List<Double> sorted = values.stream().sorted().toList();
    int middle = sorted.size() / 2;
    return sorted.size() % 2 == 1
        ? sorted.get(middle)
        : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
  }
}
