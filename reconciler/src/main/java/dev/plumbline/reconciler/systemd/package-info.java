// SPDX-License-Identifier: Apache-2.0
/**
 * What a service says to systemd: sd_notify(3) and to the journal, without its library.
 *
 * <ul>
 *   <li><b>Service manager</b>: whoever has put {@code NOTIFY_SOCKET} into the environment.
 *   <li><b>Notification</b>: lines of {@code NAME=value} in one datagram.
 *   <li><b>Journal</b>: takes what is logged as fields of {@code NAME=value}, in one datagram.
 *   <li><b>Watchdog</b>: the manager kills the service if it is silent for too long.
 * </ul>
 *
 * <p>Threading: safe for any thread.
 */
@NullMarked
package dev.plumbline.reconciler.systemd;

import org.jspecify.annotations.NullMarked;
