// SPDX-License-Identifier: Apache-2.0
/**
 * Makes the kernel match the file: live state, planner, applier, verifier, Git source, agent and
 * command line.
 */
@NullMarked
package dev.plumbline.reconciler;

import org.jspecify.annotations.NullMarked;
