// SPDX-License-Identifier: Apache-2.0
/**
 * The devices that are a switch's ports: {@link dev.plumbline.datapath.port.DeviceWatch} knows what
 * devices of the switch's own network namespace there are and what becomes of them, {@link
 * dev.plumbline.datapath.port.PacketPort} receives from one and sends by it where the kernel has no
 * eBPF.
 *
 * <p>A port is known by its device's <b>name</b>; the <b>index</b> is another one each time the
 * device is made.
 *
 * <p>Threading: everything belongs to the thread that owns the switch.
 */
@NullMarked
package dev.plumbline.datapath.port;

import org.jspecify.annotations.NullMarked;
