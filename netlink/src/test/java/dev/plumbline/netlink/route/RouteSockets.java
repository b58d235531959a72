// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.netlink.route;

import dev.plumbline.netlink.socket.NetlinkSocket;

/** Clients of a kernel that is made up, or not quite itself. */
public final class RouteSockets {
  private RouteSockets() {}

  /** A client of whatever answers there. */
  public static RouteSocket over(NetlinkSocket socket) {
    return new RouteSocket(socket);
  }
}
