// SPDX-License-Identifier: Apache-2.0
/**
 * Several devices as one port: {@link Bond} says which member is <b>active</b> and which member
 * each <b>bucket</b> of flows goes out by, and is told of carriers, loads and time. What a bond may
 * take in, so that it makes no loops, is {@code translate}'s matter.
 *
 * <p>No clock: time is passed in, in milliseconds of any clock that only goes forward. A bond
 * belongs to the thread that owns the switch.
 */
@NullMarked
package dev.plumbline.datapath.bond;

import org.jspecify.annotations.NullMarked;
