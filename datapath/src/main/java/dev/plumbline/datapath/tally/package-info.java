// SPDX-License-Identifier: Apache-2.0
/**
 * What flows of flow tables counted, although the kernel forwards.
 *
 * <ul>
 *   <li>A <b>tally</b> is what one flow of the configuration counted: packets, bytes, when it came,
 *       was changed and was used. Its number tells it from all others that there were or will be.
 *   <li>A {@link dev.plumbline.datapath.translate.Trail} is the flows that a decision was made by.
 *       Megaflows and injected frames name theirs, and the fast path counts packets by trail: two
 *       megaflows of one trail count in one place, and when they go, what they counted stays.
 *   <li>So a flow's packets are its tally's own and those of all trails that it is in. A trail that
 *       no megaflow names any more is <b>retired</b>: its packets go to the tallies of its flows,
 *       and its index is free for another.
 * </ul>
 *
 * <p>What trails mean is on record before any packet can count by them, in a file that outlives the
 * process as the fast path's counters do: {@link dev.plumbline.datapath.tally.TallyFile}. A process
 * that is killed loses nothing that the kernel counted.
 *
 * <p>One thread, the switch's.
 */
@NullMarked
package dev.plumbline.datapath.tally;

import org.jspecify.annotations.NullMarked;
