// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.path;

import dev.plumbline.spec.value.IpAddress;
import org.jspecify.annotations.Nullable;

/**
 * Who sends what to whom.
 *
 * @param from a namespace ({@code host} for the host's own), a device, an internal port, an address
 * @param to the same
 * @param traffic what is sent
 */
public record Question(String from, String to, Traffic traffic) {
  /**
   * What is sent.
   *
   * @param protocol 1 (ICMP echo), 6 (TCP) or 17 (UDP)
   * @param port the destination's; 0: none
   * @param source address of a sender behind a device; null: not known
   * @param via gateway of a sender behind a device; null: none
   * @param vlan tag of what a sender behind a device sends; 0: none
   */
  public record Traffic(
      int protocol, int port, @Nullable IpAddress source, @Nullable IpAddress via, int vlan) {
    /** A ping. */
    public static final Traffic PING = new Traffic(Packet.ICMP, 0, null, null, 0);
  }
}
