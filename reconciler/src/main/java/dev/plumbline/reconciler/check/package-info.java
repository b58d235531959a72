// SPDX-License-Identifier: Apache-2.0
/**
 * Finds out whether checks hold, on the real kernel.
 *
 * <ul>
 *   <li><b>Check</b>: what has to be reached, and within which time.
 *   <li><b>Try</b>: one echo request, or one connection that is begun, on a socket of its own. A
 *       check holds when one of its tries is answered.
 *   <li><b>Place</b>: a network namespace that a socket is made in. It stays there whoever uses it,
 *       so that no thread has to be in a namespace but for the moment in which a socket is made.
 * </ul>
 *
 * <p>Threading: all checks of an apply are tried at once by the thread that asks; nothing here is
 * used by two.
 */
@NullMarked
package dev.plumbline.reconciler.check;

import org.jspecify.annotations.NullMarked;
