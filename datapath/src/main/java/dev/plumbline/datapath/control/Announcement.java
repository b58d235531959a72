// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.control;

import java.nio.ByteBuffer;

/**
 * A frame that enters the switch by one of its ports at the very moment that a new configuration's
 * ports have their devices: neighbours that have to hear of the change hear of it then.
 *
 * @param port of a device or an internal one, by its name in the bridge; nothing happens if it is
 *     not there
 * @param frame from its Ethernet header on, between position and limit
 */
public record Announcement(String bridge, String port, ByteBuffer frame) {}
