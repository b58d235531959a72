// SPDX-License-Identifier: Apache-2.0
/**
 * What a learning switch of IEEE 802.1Q is made of, as Open vSwitch has it:
 *
 * <ul>
 *   <li>{@link MacTable}: where addresses were last seen. A <b>port</b> here is a <b>logical
 *       port</b>: a bond is one, whichever member a frame came in by.
 *   <li>{@link TagStack}: the VLAN tags of a frame as a number.
 *   <li>{@link VlanRule}: a port's VLAN mode, compiled: which frames come in, in which VLAN they
 *       are, which go out and what tags they then have.
 * </ul>
 *
 * <p>No clock: time is passed in, in milliseconds of any clock that only goes forward. {@link
 * MacTable} belongs to the thread that owns the switch; the others do not change.
 */
@NullMarked
package dev.plumbline.datapath.bridge;

import org.jspecify.annotations.NullMarked;
