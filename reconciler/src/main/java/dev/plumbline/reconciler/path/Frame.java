// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.path;

import java.util.LinkedHashSet;
import java.util.Set;

/**
 * A packet on a wire.
 *
 * @param source MAC address in the low 48 bits
 * @param tags a {@link dev.plumbline.datapath.bridge.TagStack}
 * @param seen the bridges and VLANs that it has been in
 */
record Frame(long source, long destination, long tags, Packet packet, Set<String> seen) {
  static final long BROADCAST = 0xffff_ffff_ffffL;
  private static final long GROUP = 1L << 40;

  static Frame of(long source, long destination, Packet packet) {
    return new Frame(source, destination, 0, packet, Set.of());
  }

  boolean isToGroup() {
    return (destination & GROUP) != 0;
  }

  Frame tagged(long otherTags) {
    return new Frame(source, destination, otherTags, packet, seen);
  }

  Frame with(Packet other) {
    return new Frame(source, destination, tags, other, seen);
  }

  Frame addressed(long from, long to) {
    return new Frame(from, to, tags, packet, seen);
  }

  Frame in(String bridgeAndVlan) {
    Set<String> more = new LinkedHashSet<>(seen);
    more.add(bridgeAndVlan);
    return new Frame(source, destination, tags, packet, more);
  }

  /**
   * The answer to it, as it comes in where this went out.
   *
   * @param whoever the MAC address of who answers what was for a group
   */
  Frame mirrored(long whoever) {
    long from = isToGroup() ? whoever : destination;
    return new Frame(from, source, tags, packet.mirrored(whoever), Set.of());
  }
}
