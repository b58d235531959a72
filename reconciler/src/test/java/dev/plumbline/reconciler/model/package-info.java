// SPDX-License-Identifier: Apache-2.0
/**
 * The model of the kernel against the kernel.
 *
 * <ul>
 *   <li><b>Ask</b>: one change that is asked for, written in one line.
 *   <li><b>Step</b>: what is asked for by one plan.
 *   <li><b>Excuse</b>: what is not compared, and why.
 * </ul>
 *
 * <p>Threading: the calling thread is moved into namespaces; one at a time.
 */
@NullMarked
package dev.plumbline.reconciler.model;

import org.jspecify.annotations.NullMarked;
