// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.report;

import dev.plumbline.reconciler.render.Node;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** How the agent stands, as metrics. */
final class StatusMetrics {
  private static final List<String> STATES =
      List.of("in-sync", "drifted", "held", "paused", "starting");

  private StatusMetrics() {}

  /**
   * Reads them.
   *
   * @param status what {@code GET /v1/status} answers
   */
  static List<MetricSnapshot> of(Node status) {
    Snapshots all = new Snapshots();
    Map<Labels, Double> states = new LinkedHashMap<>();
    for (String state : STATES) {
      states.put(Labels.of("state", state), one(status.text("state").equals(state)));
    }
    all.gauges("plumbline_state", "1 for the state that the host is in.", states)
        .gauge(
            "plumbline_in_sync",
            "Whether the host is as its revision says, but for what waits.",
            one(status.text("state").equals("in-sync")))
        .gauge(
            "plumbline_held",
            "Whether a newer revision is not applied.",
            one(!status.text("held").isEmpty()))
        .gauge(
            "plumbline_paused",
            "Whether somebody has paused the agent.",
            one(status.node("pause").flag("paused")))
        .gauge(
            "plumbline_waiting",
            "Objects that wait for something that is not there.",
            status.nodes("waiting").size());
    time(
        all,
        status,
        "appliedAt",
        "plumbline_last_apply_timestamp_seconds",
        "The last apply's end.");
    time(
        all,
        status,
        "checked",
        "plumbline_last_check_timestamp_seconds",
        "When the host was last compared with its revision.");
    time(
        all,
        status,
        "inSyncAt",
        "plumbline_last_success_timestamp_seconds",
        "When the host was last found as its newest revision says.");
    fetches(all, status.node("fetch"));
    String rollout = status.node("rollout").text("state");
    all.gauge(
            "plumbline_rollout_waiting",
            "Whether a newer revision waits for hosts of earlier waves.",
            one(rollout.equals("waits") || rollout.equals("stopped")))
        .gauge(
            "plumbline_rollout_stopped",
            "Whether it does not look as if they would be in sync with it.",
            one(rollout.equals("stopped")));
    if (status.map().get("telling") != null) {
      Node telling = status.node("telling");
      all.counter(
              "plumbline_status_told",
              "Times that the host's status was told to others.",
              (double) telling.number("told"))
          .counter(
              "plumbline_status_errors",
              "Times that this went wrong.",
              (double) telling.number("failures"));
    }
    Node hooks = status.node("webhook");
    Map<Labels, Double> results = new LinkedHashMap<>();
    for (String result : List.of("accepted", "ignored", "refused")) {
      results.put(Labels.of("result", result), (double) hooks.number(result));
    }
    all.counters("plumbline_webhooks", "Webhooks by what became of them.", results);
    if (status.map().get("notifications") != null) {
      notifications(all, status.node("notifications"));
    }
    return all.list();
  }

  private static void notifications(Snapshots all, Node told) {
    all.gauge(
            "plumbline_notifications_queued",
            "Events that somebody is still to be told of.",
            (double) told.number("queued"))
        .counter(
            "plumbline_notifications_sent",
            "Events that somebody was told of.",
            (double) told.number("sent"))
        .counter(
            "plumbline_notifications_dropped",
            "Events that nobody was told of.",
            (double) told.number("dropped"))
        .counter(
            "plumbline_notification_errors",
            "Posts that were not taken.",
            (double) told.number("failed"));
  }

  private static void fetches(Snapshots all, Node fetch) {
    all.counter(
            "plumbline_fetches",
            "Times that a new revision was asked for.",
            (double) fetch.number("tries"))
        .counter(
            "plumbline_fetch_errors",
            "Times that this went wrong.",
            (double) fetch.number("failures"));
    time(
        all,
        fetch,
        "succeeded",
        "plumbline_last_fetch_timestamp_seconds",
        "When the newest revision was last got.");
  }

  private static void time(Snapshots all, Node from, String key, String name, String help) {
    String time = from.text(key);
    if (!time.isEmpty()) {
      all.gauge(name, help, Instant.parse(time).toEpochMilli() / 1e3);
    }
  }

  private static double one(boolean is) {
    return is ? 1 : 0;
  }
}
