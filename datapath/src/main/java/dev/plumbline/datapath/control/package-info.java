// SPDX-License-Identifier: Apache-2.0
/**
 * A running switch: {@link dev.plumbline.datapath.control.Switch} is given a configuration, a
 * value, and makes the difference; it says what it is in other values.
 *
 * <p>One thread of its own does everything, in turns: commands of others, upcalls, changes of
 * devices, and what the clock asks for (revalidation, ageing, saving). {@code Switch} alone is for
 * other threads; it hands them over.
 */
@NullMarked
package dev.plumbline.datapath.control;

import org.jspecify.annotations.NullMarked;
