// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.render;

import dev.plumbline.reconciler.plan.Plan;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a range of commits means for the host of one file.
 *
 * @param header with the newer commit as its revision; the host is empty where the file is not of
 *     one host alone
 * @param what became of the file
 * @param basis what the plan starts from
 * @param problems why there is no plan, or what is to be known of the files: lines with file, line
 *     and column
 * @param checks those that came, went or are others than in the older commit
 * @param plan null: there is none
 */
public record HostDiff(
    PlanHeader header,
    What what,
    Basis basis,
    List<String> problems,
    List<CheckDiff> checks,
    @Nullable Plan plan) {
  /** What became of a host's file. */
  public enum What {
    ADDED,
    REMOVED,
    CHANGED,
    /** The newer one is refused. */
    BROKEN;

    /** As a program reads it. */
    public String label() {
      return name().toLowerCase(java.util.Locale.ROOT);
    }
  }

  /** What a plan starts from. */
  public enum Basis {
    /** A host that the older commit was applied to. */
    REVISION,
    /** A recorded live state. */
    RECORD,
    /** A host on which nothing was applied yet. */
    NOTHING;

    /** As a program reads it. */
    public String label() {
      return name().toLowerCase(java.util.Locale.ROOT);
    }
  }

  public HostDiff {
    problems = List.copyOf(problems);
    checks = List.copyOf(checks);
  }

  /** One of a file without a plan. */
  public HostDiff(PlanHeader header, What what, Basis basis, List<String> problems) {
    this(header, what, basis, problems, List.of(), null);
  }

  /** Whether the newer commit cannot be applied there. */
  public boolean isBad() {
    return what == What.BROKEN || (plan != null && !plan.problems().isEmpty());
  }

  /** Whether anything would be done to the host. */
  public boolean changes() {
    return plan != null && !plan.isEmpty();
  }
}
