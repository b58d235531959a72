// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.report;

import dev.plumbline.datapath.control.SwitchStatus;
import dev.plumbline.reconciler.render.Node;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.expositionformats.ExpositionFormatWriter;
import io.prometheus.metrics.expositionformats.ExpositionFormats;
import io.prometheus.metrics.model.snapshots.InfoSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import io.prometheus.metrics.model.snapshots.Unit;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is counted of events, and a page for Prometheus of it and of how the agent stands. {@code
 * docs/monitoring.md} lists the metrics. Safe for any thread.
 */
public final class Metrics {
  /**
   * A page.
   *
   * @param type as {@code Content-Type} has it
   */
  public record Page(String type, String text) {}

  private static final ExpositionFormats FORMATS = ExpositionFormats.init();

  /** Seconds: a repair takes a millisecond or two, a plan of ten thousand changes many seconds. */
  private static final double[] DURATIONS = {
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60
  };

  /** Counted from 0 on: of a counter that is first seen at 1 nobody can tell that it rose. */
  private static final List<String> ALARMING =
      List.of(
          "failed",
          "check-failed",
          "not-converged",
          "refused",
          "fight",
          "state-failed",
          "rollback",
          "overrun",
          "rollout-stopped");

  private final Histogram durations =
      Histogram.builder()
          .name("plumbline_reconcile_duration_seconds")
          .unit(Unit.SECONDS)
          .help("From the first event, or the start of an apply, to its verified end.")
          .labelNames("reason")
          .classicOnly()
          .classicUpperBounds(DURATIONS)
          .build();
  private final Counter changes =
      counter("plumbline_changes", "Changes made to apply revisions.", "kind", "action");
  private final Counter drift =
      counter("plumbline_drift_repaired", "Changes made to repair drift.", "kind");
  private final Counter fights =
      counter("plumbline_fights", "Times that an object was left alone for a while.", "kind");
  private final Counter events = counter("plumbline_events", "What the agent said.", "event");
  private volatile String revision = "";

  public Metrics() {
    durations.initLabelValues("revision");
    durations.initLabelValues("drift");
    ALARMING.forEach(events::initLabelValues);
  }

  private static Counter counter(String name, String help, String... labels) {
    return Counter.builder().name(name).help(help).labelNames(labels).build();
  }

  /** Counts it. */
  public void take(Event event) {
    Map<String, ?> properties = event.properties();
    events.labelValues(event.event()).inc();
    switch (event.event()) {
      case "applied" -> {
        measure(properties, "revision");
        revision(properties);
        kinds(properties)
            .forEach(
                (kind, actions) ->
                    actions
                        .map()
                        .keySet()
                        .forEach(
                            action ->
                                changes
                                    .labelValues(kind, action.toString())
                                    .inc(actions.number(action.toString()))));
      }
      case "noted" -> revision(properties);
      case "drift" -> {
        measure(properties, "drift");
        if (Boolean.TRUE.equals(properties.get("repaired"))) {
          kinds(properties)
              .forEach(
                  (kind, actions) ->
                      drift
                          .labelValues(kind)
                          .inc(
                              actions.map().keySet().stream()
                                  .mapToLong(action -> actions.number(action.toString()))
                                  .sum()));
        }
      }
      case "fight" -> fights.labelValues(String.valueOf(properties.get("kind"))).inc();
      default -> {}
    }
  }

  private void revision(Map<String, ?> properties) {
    revision = String.valueOf(properties.get("revision"));
  }

  private void measure(Map<String, ?> properties, String reason) {
    if (properties.get("micros") instanceof Number micros) {
      durations.labelValues(reason).observe(micros.longValue() / 1e6);
    }
  }

  private static Map<String, Node> kinds(Map<String, ?> properties) {
    Map<String, Node> kinds = new java.util.TreeMap<>();
    if (properties.get("kinds") instanceof Map<?, ?> map) {
      map.forEach((kind, actions) -> kinds.put(kind.toString(), Node.of(actions)));
    }
    return kinds;
  }

  /**
   * A page of all.
   *
   * @param status what {@code GET /v1/status} answers
   * @param embedded the switch; null: there is none
   * @param accept the formats that the reader takes, as {@code Accept} has it; null: any
   */
  public Page page(Node status, @Nullable SwitchStatus embedded, @Nullable String accept)
      throws IOException {
    List<MetricSnapshot> all = new ArrayList<>();
    all.add(info("plumbline_build", "The agent's own build.", "version", status.text("plumbline")));
    all.add(durations.collect());
    all.add(changes.collect());
    all.add(drift.collect());
    all.add(fights.collect());
    all.add(events.collect());
    String applied = revision;
    if (!applied.isEmpty()) {
      all.add(
          info(
              "plumbline_revision", "The revision that the host is kept at.", "revision", applied));
    }
    all.addAll(StatusMetrics.of(status));
    all.addAll(ProcessMetrics.now());
    if (embedded != null) {
      all.addAll(SwitchMetrics.of(embedded));
    }
    ExpositionFormatWriter writer = FORMATS.findWriter(accept);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    writer.write(bytes, new MetricSnapshots(all));
    return new Page(writer.getContentType(), bytes.toString(StandardCharsets.UTF_8));
  }

  private static InfoSnapshot info(String name, String help, String label, String value) {
    return InfoSnapshot.builder()
        .name(name)
        .help(help)
        .dataPoint(
            InfoSnapshot.InfoDataPointSnapshot.builder().labels(Labels.of(label, value)).build())
        .build();
  }
}
