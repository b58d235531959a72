// SPDX-License-Identifier: Apache-2.0
/**
 * The test kit: properties that hold of every host file, over a model kernel, and what they take to
 * be tried on other files. {@link dev.plumbline.testkit.ReconcileProperties} is where to start.
 *
 * <p>Threading: a property runs in one thread.
 */
@NullMarked
package dev.plumbline.testkit;

import org.jspecify.annotations.NullMarked;
