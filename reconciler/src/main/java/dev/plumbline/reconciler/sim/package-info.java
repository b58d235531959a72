// SPDX-License-Identifier: Apache-2.0
/**
 * What goes wrong on hosts, made to go wrong on a model of one: {@link
 * dev.plumbline.reconciler.sim.ModelHost} runs plumbline's own code over a model kernel, and others
 * disturb it.
 *
 * <p>Threading: an object belongs to one thread.
 */
@NullMarked
package dev.plumbline.reconciler.sim;

import org.jspecify.annotations.NullMarked;
