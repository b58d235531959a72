/**
 * Applies that are taken back unless somebody confirms them.
 *
 * <ul>
 *   <li><b>Checkpoint</b>: what to go back to, on disk before the first step: the live state, what
 *       plumbline remembered, what the plan touches, and until when it may be confirmed.
 *   <li><b>Undecided</b>: there is a checkpoint. Nobody else applies until it is decided.
 *   <li><b>Decided</b>: confirmed, rolled back, or void since the host was restarted.
 * </ul>
 *
 * <p>All decisions are made under the lock of applies, by whoever comes first: a command, the
 * agent, a watching process. A {@link dev.plumbline.reconciler.checkpoint.Checkpoints} may be used
 * by any thread, its methods that take a host by the host's.
 */
@NullMarked
package dev.plumbline.reconciler.checkpoint;

import org.jspecify.annotations.NullMarked;
