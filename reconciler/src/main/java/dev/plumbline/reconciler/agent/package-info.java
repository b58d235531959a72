// SPDX-License-Identifier: Apache-2.0
/**
 * The agent: keeps the host at the newest good revision of its file.
 *
 * <ul>
 *   <li><b>Origin</b>: where revisions come from, a Git branch or a file; each has a thread of its
 *       own, for a fetch may take long.
 *   <li><b>Candidate</b>: a revision that was read, good or broken, on its way to the loop.
 *   <li><b>Good</b>: the revision that the host was brought to last; drift is measured against it.
 *   <li><b>Check</b>: look at the host, plan; apply if the plan is not empty. Of the <b>whole</b>
 *       host, or of the <b>part</b> that events touched since.
 *   <li><b>Drift</b>: changes that a check finds although the good revision was applied.
 *   <li><b>Fight</b>: the same object drifts again and again, since somebody else sets it, too.
 *   <li><b>Held</b>: not tried until its back-off is over.
 * </ul>
 *
 * <p>Threading: {@link dev.plumbline.reconciler.agent.Agent} and all that it owns belong to one
 * thread, which sleeps in one {@code poll(2)}. Origins hand over candidates through the {@code
 * Mailbox} and wake it; nothing else is shared.
 */
@NullMarked
package dev.plumbline.reconciler.agent;

import org.jspecify.annotations.NullMarked;
