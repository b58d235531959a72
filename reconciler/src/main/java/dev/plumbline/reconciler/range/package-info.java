// SPDX-License-Identifier: Apache-2.0
/**
 * What a range of commits would change on the hosts whose files it touches, told without a host.
 *
 * <ul>
 *   <li><b>Range</b>: two commits, the older of which the hosts are thought to be at.
 *   <li><b>Host file</b>: a file that {@code plumbline.yaml} (or its absence) makes some host's.
 * </ul>
 *
 * <p>Threading: each object belongs to one thread.
 */
@NullMarked
package dev.plumbline.reconciler.range;

import org.jspecify.annotations.NullMarked;
