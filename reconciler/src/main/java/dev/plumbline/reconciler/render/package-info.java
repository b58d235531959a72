// SPDX-License-Identifier: Apache-2.0
/**
 * Plans and live state as text that leaves the program.
 *
 * <ul>
 *   <li><b>Block</b>: the change of one object of the file, with the changes below it (a bridge
 *       with its ports and addresses). Blocks are in the file's order of kinds, not in the order of
 *       the steps, for people look for objects.
 *   <li><b>Fold</b>: of many blocks that are alike the first few are printed, the others counted.
 *   <li><b>Snapshot</b>: a live state as JSON ({@code show -o json}), which {@code plan --live}
 *       reads back.
 * </ul>
 *
 * <p>Everything here is pure (a writer or reader that is handed in is the only I/O) and safe for
 * any thread.
 */
@NullMarked
package dev.plumbline.reconciler.render;

import org.jspecify.annotations.NullMarked;
