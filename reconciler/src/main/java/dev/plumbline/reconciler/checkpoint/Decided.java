// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.checkpoint;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What became of a checkpoint.
 *
 * @param event the word for it in logs: {@code confirmed}, {@code rolled-back}, {@code
 *     not-rolled-back}, {@code checkpoint-void}
 * @param checkpoint which one; null where it could not even be read
 * @param message a sentence
 * @param left what is not as it was before, a sentence each
 */
public record Decided(
    String event, @Nullable Checkpoint checkpoint, String message, List<String> left) {
  public static final String CONFIRMED = "confirmed";
  public static final String ROLLED_BACK = "rolled-back";
  public static final String NOT_ROLLED_BACK = "not-rolled-back";
  public static final String VOID = "checkpoint-void";

  public Decided {
    left = List.copyOf(left);
  }

  /** Whether it was this. */
  public boolean is(String word) {
    return event.equals(word);
  }

  /** For whoever asked through the agent. */
  public Map<String, Object> tree() {
    Map<String, Object> tree = new LinkedHashMap<>();
    tree.put("decided", event);
    tree.put("message", message);
    tree.put("left", left);
    return tree;
  }

  /** The properties of the event; the revision has it kept in the history. */
  public Map<String, ?> properties() {
    Checkpoint which = checkpoint;
    return which == null
        ? Map.of("revision", "", "left", left.size())
        : Map.of(
            "revision", which.goal(),
            "label", which.file(),
            "checkpoint", which.id(),
            "left", left.size());
  }
}
