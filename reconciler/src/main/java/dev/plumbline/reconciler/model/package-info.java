// SPDX-License-Identifier: Apache-2.0
/**
 * A kernel that is none: a model of what Linux does with what a plan, or somebody else, asks of it.
 * A host, or an agent, runs over it as over the real one, thousands of them in one process.
 *
 * <ul>
 *   <li><b>Request</b>: what the kernel is asked for at once and takes or refuses as a whole.
 *   <li><b>Refused</b>: not taken, with the errno that Linux gives.
 *   <li><b>Cascade</b>: what else changes with it: a link that goes down loses its routes.
 *   <li><b>Edit</b>: one thing that somebody else does, as with ip(8).
 *   <li><b>Disturbance</b>: what comes between the requests of a plan: an errno, another writer, a
 *       crash.
 *   <li><b>Card</b>: a device that files name and none makes; it is thought to be there.
 * </ul>
 *
 * <p>It works on resources, not on messages: how a change becomes messages, and how messages become
 * resources, is left to tests on real kernels. docs/decisions/model-kernel.md says what it models.
 *
 * <p>Threading: a {@link dev.plumbline.reconciler.model.ModelKernel} may be edited by any thread
 * while another one runs a host over it; a request is taken as a whole. All else here is its own.
 */
@NullMarked
package dev.plumbline.reconciler.model;

import org.jspecify.annotations.NullMarked;
