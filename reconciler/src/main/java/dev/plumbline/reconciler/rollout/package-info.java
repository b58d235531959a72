// SPDX-License-Identifier: Apache-2.0
/**
 * Waves: in which order the hosts of a repository take a new commit.
 *
 * <ul>
 *   <li><b>Wave</b>: hosts that take a commit together ({@code plumbline.yaml}, {@code rollout}).
 *   <li><b>Status</b> of a host: what its agent tells the others of itself.
 *   <li><b>Board</b>: where the statuses of all hosts are read, and each agent's is put: references
 *       of the repository, or a URL.
 *   <li><b>Gate</b>: what a commit has to pass before a host takes it: each wave before the host's
 *       has to be in sync with it, for its soak time. <b>Stopped</b>: it does not look as if it
 *       would.
 * </ul>
 *
 * <p>Threading: statuses and verdicts are values; a gate and a board's reading belong to one
 * thread, a board's telling to another.
 */
@NullMarked
package dev.plumbline.reconciler.rollout;

import org.jspecify.annotations.NullMarked;
