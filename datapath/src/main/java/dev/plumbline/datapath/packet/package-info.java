// SPDX-License-Identifier: Apache-2.0
/**
 * Frames as bytes: {@link PacketParser} takes the flow out of them, {@link ActionExecutor} does a
 * flow's actions on them, and what the kernel would do for a sender is done here for those that
 * cannot lean on it: {@link Checksums}, {@link Segmenter}, {@link Ipv4Fragmenter}.
 *
 * <p>A <b>frame</b> is an Ethernet frame without preamble and frame check sequence: {@code length}
 * bytes at {@code offset} of a {@link java.nio.ByteBuffer}, direct or on the heap, whose position,
 * limit and byte order are neither used nor changed (but all bytes lie below the limit). Offsets
 * within a frame count from its first byte. A tag is <b>in</b> the frame, behind the MAC addresses,
 * or <b>beside</b> it, as the kernel keeps the outer tag: TPID and TCI as two numbers, the TCI with
 * {@link dev.plumbline.datapath.flow.FlowKey#VLAN_PRESENT}. A frame has a {@link VnetHeader} that
 * says which work of its sender is still to be done: a checksum, the cutting into segments.
 *
 * <p>Frames come from the wire: no byte of one makes anything here throw or read outside of it.
 * Nothing here allocates for a frame, nothing is safe for use by several threads; objects with
 * state are made once by the thread that uses them.
 */
@NullMarked
package dev.plumbline.datapath.packet;

import org.jspecify.annotations.NullMarked;
