// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.plan;

import dev.plumbline.reconciler.resource.ResourceId;
import java.util.List;
import java.util.Set;

/**
 * Where a plan leads.
 *
 * @param wanted the resources that shall be, none twice
 * @param prune whether what plumbline made and the goal does not name is removed
 * @param remove resources to remove whoever made them, as when going back to a snapshot
 * @param protect patterns ({@code docker*}) of devices that must not be touched
 * @param problems why it cannot be reached from anywhere, a sentence each
 * @param checks what has to hold once it is reached
 */
public record Goal(
    List<Wanted> wanted,
    boolean prune,
    Set<ResourceId> remove,
    List<String> protect,
    List<String> problems,
    List<PlannedCheck> checks) {

  /** A goal without problems and checks. */
  public Goal(List<Wanted> wanted, boolean prune, Set<ResourceId> remove, List<String> protect) {
    this(wanted, prune, remove, protect, List.of(), List.of());
  }

  public Goal {
    wanted = List.copyOf(wanted);
    remove = Set.copyOf(remove);
    protect = List.copyOf(protect);
    problems = List.copyOf(problems);
    checks = List.copyOf(checks);
  }
}
