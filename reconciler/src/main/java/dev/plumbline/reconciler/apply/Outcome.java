// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.apply;

import dev.plumbline.reconciler.plan.Plan;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How an apply ended.
 *
 * @param plan what was to be done
 * @param failure the step that failed; null where none did
 * @param left where the result is {@link Result#NOT_CONVERGED} what the verifier still found to do,
 *     and where it is {@link Result#UNDO_FAILED} what is not as it was before
 * @param unheld the checks that did not hold after the last step, so that all was undone
 * @param remaining the plan made after the last step; empty but for what waits, if all went well
 */
public record Outcome(
    Result result,
    Plan plan,
    @Nullable Failure failure,
    List<Unheld> unheld,
    List<String> left,
    Plan remaining) {

  /** The ends that an apply can have. */
  public enum Result {
    /** The host matched already. */
    NOTHING_TO_DO,
    /** Done, read again and found right. */
    APPLIED,
    /** All steps were taken, but something is not as it should be. */
    NOT_CONVERGED,
    /** A step failed, or a check did not hold, and the host is as it was before. */
    UNDONE,
    /** A step failed, or a check did not hold, and not all could be put back. */
    UNDO_FAILED
  }

  public Outcome {
    unheld = List.copyOf(unheld);
    left = List.copyOf(left);
  }

  /** One in which no check failed. */
  public Outcome(
      Result result, Plan plan, @Nullable Failure failure, List<String> left, Plan remaining) {
    this(result, plan, failure, List.of(), left, remaining);
  }

  /** Whether somebody wanted the end of the checks, and all of them might have held. */
  public boolean isBrokenOff() {
    return !unheld.isEmpty() && failed().isEmpty();
  }

  /** Those of the {@link #unheld} checks whose time was over. */
  public List<Unheld> failed() {
    return unheld.stream().filter(each -> !each.brokenOff()).toList();
  }

  /** Whether the host is now as the file says. */
  public boolean isGood() {
    return result == Result.NOTHING_TO_DO || result == Result.APPLIED;
  }
}
