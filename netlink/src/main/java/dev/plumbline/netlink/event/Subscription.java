// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.netlink.event;

import dev.plumbline.netlink.namespace.NetNamespace;
import dev.plumbline.netlink.socket.NetlinkSocket;
import dev.plumbline.netlink.socket.Reception;
import java.io.IOException;

/**
 * Multicast messages of rtnetlink from one namespace. It keeps the namespace alive until it is
 * closed: an agent that watches {@link NamespaceWatch} closes it when the name goes.
 */
public final class Subscription implements EventSource {
  private final NetlinkSocket socket;

  private Subscription(NetlinkSocket socket) {
    this.socket = socket;
  }

  /**
   * Subscribes in that namespace. What happens from the return on is received; read the state after
   * it, not before, to miss nothing.
   */
  public static Subscription open(NetNamespace namespace, RouteGroup... groups) throws IOException {
    return joined(NetlinkSocket.open(NetlinkSocket.ROUTE, namespace), groups);
  }

  /** Subscribes in the namespace of the calling thread. */
  public static Subscription open(RouteGroup... groups) throws IOException {
    return joined(NetlinkSocket.open(NetlinkSocket.ROUTE), groups);
  }

  private static Subscription joined(NetlinkSocket socket, RouteGroup... groups)
      throws IOException {
    boolean done = false;
    try {
      for (RouteGroup group : groups) {
        socket.join(group.number());
      }
      done = true;
      return new Subscription(socket);
    } finally {
      if (!done) {
        socket.close();
      }
    }
  }

  /**
   * Waits for messages.
   *
   * @param timeoutMillis how long; 0 does not wait, -1 waits without limit
   */
  public Reception receive(int timeoutMillis) throws IOException {
    return socket.receive(timeoutMillis);
  }

  /** As {@link NetlinkSocket#receiveBufferBytes}; 4 MiB unless asked otherwise. */
  public void receiveBufferBytes(int bytes) throws IOException {
    socket.receiveBufferBytes(bytes);
  }

  @Override
  public int fd() {
    return socket.fd();
  }

  /** Closes it; a second time does nothing. */
  @Override
  public void close() {
    socket.close();
  }
}
