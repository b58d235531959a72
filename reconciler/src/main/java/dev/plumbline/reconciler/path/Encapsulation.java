// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.path;

import org.jspecify.annotations.Nullable;

/**
 * What a tunnel's packet has inside: a frame or a packet, and how it is packed.
 *
 * @param tunnel the tunnel that it was put in by, as people name it
 * @param type {@code gre}, {@code vxlan} or {@code geneve}
 * @param key -1: none
 * @param udpPort 0: no UDP
 */
record Encapsulation(
    String tunnel,
    String type,
    long key,
    int udpPort,
    @Nullable Frame frame,
    @Nullable Packet packet) {

  Packet inner() {
    Frame inside = frame;
    if (inside != null) {
      return inside.packet();
    }
    if (packet == null) {
      throw new IllegalStateException("nothing in " + tunnel);
    }
    return packet;
  }

  Encapsulation mirrored(long whoever) {
    return new Encapsulation(
        tunnel,
        type,
        key,
        udpPort,
        frame == null ? null : frame.mirrored(whoever),
        packet == null ? null : packet.mirrored(whoever));
  }
}
