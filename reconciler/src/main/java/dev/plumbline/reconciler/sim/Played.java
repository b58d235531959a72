// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.sim;

import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How a run went.
 *
 * @param story what happened, a line each; those that begin with spaces belong to the line before
 * @param broken the law that did not hold, with which the run ended; null for none
 * @param applied the files that were applied at least once, by their numbers
 * @param refused the files for which a plan had a problem at least once
 * @param passedOver why something could not be tried, a sentence each
 */
public record Played(
    List<String> story,
    @Nullable Broken broken,
    Tally tally,
    Set<Integer> applied,
    Set<Integer> refused,
    List<String> passedOver) {}
