// SPDX-License-Identifier: Apache-2.0
/**
 * The embedded switch as resources: its configuration, a value of typed records, becomes resources
 * with text fields, and back, by the same pair of functions in both directions.
 *
 * <ul>
 *   <li><b>Bridge</b>, <b>port</b>, <b>flow</b>: the types of resource that a switch has.
 *   <li><b>Leg</b>: the switch's half of the veth pair that an internal port is.
 *   <li><b>Access</b>: the way to a switch, in this process or in another one.
 * </ul>
 *
 * <p>All but {@link dev.plumbline.reconciler.embedded.SwitchAccess} is pure.
 */
@NullMarked
package dev.plumbline.reconciler.embedded;

import org.jspecify.annotations.NullMarked;
