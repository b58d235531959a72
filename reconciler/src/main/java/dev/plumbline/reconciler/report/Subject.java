// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.report;

import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What somebody may want to be told of. */
public enum Subject {
  SYNC,
  FAILURE,
  DRIFT,
  FIGHT;

  /** Its name in options and JSON. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * The subject of that label.
   *
   * @throws IllegalArgumentException if there is none
   */
  public static Subject ofLabel(String label) {
    for (Subject subject : values()) {
      if (subject.label().equals(label)) {
        return subject;
      }
    }
    throw new IllegalArgumentException(
        "`" + label + "` is nothing to be told of, expected " + labels());
  }

  private static List<String> labels() {
    return List.of(values()).stream().map(Subject::label).toList();
  }

  /** What an event is about; null: nothing that anybody is told of. */
  static @Nullable Subject of(Event event) {
    return switch (event.event()) {
      case "applied", "noted", "rollback", "forced", "unconfirmed", "confirmed" -> SYNC;
      case "problem",
          "refused",
          "failed",
          "check-failed",
          "not-converged",
          "fetch-refused",
          "rollout-stopped",
          "fallback",
          "crash-loop",
          "state-failed",
          "rolled-back",
          "not-rolled-back",
          "checkpoint-void" ->
          FAILURE;
      case "drift" -> DRIFT;
      case "fight" -> FIGHT;
      default -> null;
    };
  }
}
