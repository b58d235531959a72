// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.tunnel;

import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/** What the host's routing says of a remote. */
public sealed interface RouteResolution {
  /**
   * Packets go there.
   *
   * @param ifindex of the device they leave by
   * @param source their source address
   * @param gateway the next hop, perhaps of the other family; null: the remote is on the link
   * @param mtu bytes of an IP packet that goes there whole: the route's or the path's MTU if the
   *     kernel has one, else the device's; 0: unknown
   */
  record Reachable(int ifindex, InetAddress source, @Nullable InetAddress gateway, int mtu)
      implements RouteResolution {}

  /**
   * They do not.
   *
   * @param reason in the kernel's words where it has any
   */
  record Unreachable(String reason) implements RouteResolution {}
}
