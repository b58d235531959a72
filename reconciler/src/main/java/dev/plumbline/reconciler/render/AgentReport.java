// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.render;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Locale;

/** What an agent says of itself, for people; times are local. */
public final class AgentReport {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss", Locale.ROOT);

  /** Of what drifted lately. */
  private static final int SHOWN = 5;

  private AgentReport() {}

  /** How the host stands to its revision. */
  public static String status(Node status) {
    StringBuilder text = new StringBuilder();
    Node pause = status.node("pause");
    Node fetch = status.node("fetch");
    line(text, "host", status.text("host"));
    line(text, "state", status.text("state") + (pause.flag("paused") ? until(pause) : ""));
    String applied = status.text("applied");
    line(
        text,
        "revision",
        applied.isEmpty()
            ? "none yet"
            : applied + committed(status) + ", applied " + ago(status.text("appliedAt")));
    if (!status.text("held").isEmpty()) {
      line(text, "held", status.text("held"));
    }
    Node unconfirmed = status.node("unconfirmed");
    if (!unconfirmed.text("file").isEmpty()) {
      line(
          text,
          "confirm",
          unconfirmed.text("file")
              + ", applied by "
              + unconfirmed.text("by")
              + ", is rolled back at "
              + shown(unconfirmed.text("until"))
              + " unless `plumbline confirm` comes before");
    }
    for (String reason : status.texts("why")) {
      line(text, "because", reason);
    }
    Node rollout = status.node("rollout");
    if (!rollout.text("because").isEmpty()) {
      line(text, "rollout", rollout.text("label"));
      line(
          text,
          "",
          "wave "
              + rollout.number("wave")
              + " of "
              + rollout.number("waves")
              + " ("
              + rollout.text("name")
              + "): "
              + rollout.text("because"));
    }
    if (!status.node("telling").text("problem").isEmpty()) {
      line(text, "untold", status.node("telling").text("problem"));
    }
    for (Node each : status.nodes("waiting")) {
      line(text, "waiting", each.text("address") + " waits for " + each.text("waitsFor"));
    }
    for (Node each : pause.nodes("objects")) {
      line(text, "paused", each.text("object") + until(each));
    }
    line(text, "checked", ago(status.text("checked")));
    line(text, "from", fetch.text("from"));
    line(
        text,
        "fetched",
        ago(fetch.text("last"))
            + (fetch.text("problem").isEmpty() ? "" : ": " + fetch.text("problem"))
            + (fetch.text("next").isEmpty() ? "" : ", next " + in(fetch.text("next"))));
    List<Node> drift = status.nodes("drift");
    for (Node each : drift.subList(Math.max(0, drift.size() - SHOWN), drift.size())) {
      line(text, "drift", event(each));
    }
    line(
        text,
        "agent",
        "process "
            + status.number("process")
            + ", started "
            + ago(status.text("started"))
            + ", plumbline "
            + status.text("plumbline"));
    return text.append(SwitchReport.status(status.node("switch"))).toString();
  }

  private static String committed(Node status) {
    String time = status.text("committed");
    return time.isEmpty() ? "" : ", committed " + shown(time);
  }

  /** Whether there is a pause, and until when. */
  public static String pause(Node pause) {
    StringBuilder text = new StringBuilder();
    List<Node> objects = pause.nodes("objects");
    if (pause.flag("paused") || objects.isEmpty()) {
      text.append(pause.flag("paused") ? "paused" + until(pause) + "\n" : "not paused\n");
    }
    for (Node each : objects) {
      text.append("paused ").append(each.text("object")).append(until(each)).append('\n');
    }
    return text.toString();
  }

  /** What an agent said last, a line an event. */
  public static String events(Node events) {
    return lines(events.nodes("events"));
  }

  /** Which revisions came to a host, a line an event. */
  public static String history(Node history) {
    return lines(history.nodes("history"));
  }

  private static String lines(List<Node> events) {
    StringBuilder text = new StringBuilder();
    events.forEach(each -> text.append(event(each)).append('\n'));
    return text.toString();
  }

  /** One event without the end of its line. */
  public static String event(Node event) {
    return shown(event.text("time")) + " " + event.text("message");
  }

  private static String until(Node pause) {
    String until = pause.text("until");
    return until.isEmpty() ? ", until `plumbline resume`" : ", until " + shown(until);
  }

  private static void line(StringBuilder text, String name, String value) {
    text.append(String.format(Locale.ROOT, "%-9s %s%n", name, value));
  }

  private static String shown(String instant) {
    try {
      return TIME.format(Instant.parse(instant).atZone(ZoneId.systemDefault()));
    } catch (DateTimeParseException e) {
      return instant;
    }
  }

  private static String ago(String instant) {
    return instant.isEmpty() ? "not yet" : distance(instant) + " ago";
  }

  private static String in(String instant) {
    return "in " + distance(instant);
  }

  /** How far from now, coarsely. */
  private static String distance(String instant) {
    long seconds;
    try {
      seconds = Duration.between(Instant.parse(instant), Instant.now()).abs().toSeconds();
    } catch (DateTimeParseException e) {
      return instant;
    }
    if (seconds < 120) {
      return seconds + " s";
    }
    return seconds < 7200 ? seconds / 60 + " min" : seconds / 3600 + " h";
  }
}
