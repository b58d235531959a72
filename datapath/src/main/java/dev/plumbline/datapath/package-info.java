// SPDX-License-Identifier: Apache-2.0
/**
 * The embedded virtual switch. Two paths, one decision, as in Open vSwitch, whose words are used:
 *
 * <ul>
 *   <li>A <b>bridge</b> has <b>ports</b>: devices of the host, <b>internal ports</b> (the bridge's
 *       own legs into the host or a namespace), <b>patch ports</b>, <b>bonds</b> and
 *       <b>tunnels</b>. Each port that frames come in or go out by has a number in the whole
 *       switch.
 *   <li>The <b>fast path</b> forwards: eBPF programs on the devices ({@code src/main/bpf}), or,
 *       where the kernel has none, a loop over AF_PACKET sockets.
 *   <li>A frame that it knows nothing of goes up: an <b>upcall</b>. {@code translate} decides, and
 *       the decision becomes a <b>megaflow</b> (a masked key and its actions) in the fast path,
 *       where the rest of the flow finds it.
 *   <li>The <b>revalidator</b> reads the flows' counters, ends the idle ones and decides again
 *       those whose reason may have changed.
 * </ul>
 *
 * <p>Threads: one thread owns a switch and all its state; whoever else wants something of it hands
 * it a command. What {@code translate} is given does not change while it decides.
 */
@NullMarked
package dev.plumbline.datapath;

import org.jspecify.annotations.NullMarked;
