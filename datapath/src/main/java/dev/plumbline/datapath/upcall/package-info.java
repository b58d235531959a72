// SPDX-License-Identifier: Apache-2.0
/**
 * How frames come up to Java and go back down.
 *
 * <ul>
 *   <li>An <b>upcall</b> is a frame that the fast path hands up, behind a {@linkplain
 *       dev.plumbline.datapath.upcall.UpcallPrefix prefix} that says where it came from and why. It
 *       comes by the <b>upcall TAP</b>, a hidden device, in one of several <b>queues</b>; which one
 *       goes by its port, so that a flood from one port fills that port's queue and no other.
 *   <li>A <b>batch</b> is the memory that a round of reading fills, frame by frame in <b>places</b>
 *       of one size.
 *   <li>To <b>inject</b> a frame is to give it back to the kernel together with the actions it is
 *       to meet, which are in a <b>slot</b> of a map; the frame's mark says which one.
 *   <li>A <b>vnet header</b> is the 10 bytes before a frame that say which checksum is still to be
 *       made and into which pieces the frame is to be cut (struct virtio_net_hdr, {@code
 *       <linux/virtio_net.h>}), so that neither is done just because a frame passes through Java.
 * </ul>
 *
 * <p>Threading: everything belongs to the thread that owns the switch, except {@link
 * dev.plumbline.datapath.upcall.UpcallQueues#wakeUp()}. Nothing allocates for a frame.
 */
@NullMarked
package dev.plumbline.datapath.upcall;

import org.jspecify.annotations.NullMarked;
