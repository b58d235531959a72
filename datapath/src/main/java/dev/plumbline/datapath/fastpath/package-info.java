// SPDX-License-Identifier: Apache-2.0
/**
 * Where frames are forwarded without Java: the eBPF programs' tables and hooks, or AF_PACKET
 * sockets where the kernel has no eBPF for us.
 *
 * <ul>
 *   <li>A <b>flow</b> is an entry of a flow table: a masked key, actions, and counters. The
 *       kernel's maps are the only place that holds flows: Java reads them there.
 *   <li>An <b>action list</b> holds what does not fit into a flow; flows with the same actions
 *       share one.
 *   <li>A <b>slot</b> holds the actions for one frame that Java sends.
 * </ul>
 *
 * <p>Everything here belongs to the switch's thread.
 */
@NullMarked
package dev.plumbline.datapath.fastpath;

import org.jspecify.annotations.NullMarked;
