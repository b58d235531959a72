// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.report;

import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Metrics that are read, not counted here, in the order in which they were added. */
final class Snapshots {
  private final List<MetricSnapshot> all = new ArrayList<>();

  List<MetricSnapshot> list() {
    return List.copyOf(all);
  }

  Snapshots gauge(String name, String help, double value) {
    return gauges(name, help, Map.of(Labels.EMPTY, value));
  }

  Snapshots gauges(String name, String help, Map<Labels, Double> values) {
    GaugeSnapshot.Builder metric = GaugeSnapshot.builder().name(name).help(help);
    values.forEach(
        (labels, value) ->
            metric.dataPoint(
                GaugeSnapshot.GaugeDataPointSnapshot.builder()
                    .labels(labels)
                    .value(value)
                    .build()));
    all.add(metric.build());
    return this;
  }

  /**
   * Adds a counter.
   *
   * @param name without {@code _total}
   */
  Snapshots counter(String name, String help, double value) {
    return counters(name, help, Map.of(Labels.EMPTY, value));
  }

  Snapshots counters(String name, String help, Map<Labels, Double> values) {
    CounterSnapshot.Builder metric = CounterSnapshot.builder().name(name).help(help);
    values.forEach(
        (labels, value) ->
            metric.dataPoint(
                CounterSnapshot.CounterDataPointSnapshot.builder()
                    .labels(labels)
                    .value(value)
                    .build()));
    all.add(metric.build());
    return this;
  }

  void add(MetricSnapshot metric) {
    all.add(metric);
  }
}
