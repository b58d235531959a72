// SPDX-License-Identifier: Apache-2.0
/**
 * From a live host to a file that describes it: the way of {@code desired} backwards. Planning the
 * file on the same host finds nothing to do.
 *
 * <ul>
 *   <li><b>Section</b>: one of the file's maps or lists ({@code bridges}, {@code routes}).
 *   <li><b>Key</b>: the name of an object in its section. For what plumbline made it is the key
 *       that the mark in the kernel names, else the device's name, with its namespace in front
 *       where that name is taken.
 *   <li><b>Note</b>: one sentence about something of the host that the file cannot say.
 * </ul>
 *
 * <p>Only what differs from a new device's settings is written. MAC addresses are left out: the
 * kernel makes them up, and written down they would be copied to other hosts.
 *
 * <p>Pure; one file a noun.
 */
@NullMarked
package dev.plumbline.reconciler.adopt;

import org.jspecify.annotations.NullMarked;
