// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.netlink.route;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.plumbline.netlink.socket.NetlinkException;
import dev.plumbline.netlink.socket.Request;
import dev.plumbline.netlink.socket.Result;
import dev.plumbline.netlink.wire.LinkLayerAddress;
import java.io.IOException;
import java.net.InetAddress;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/**
 * A test with a client of the throwaway host, which ends with a round trip of everything that the
 * host has then.
 */
abstract class RouteTest {
  protected RouteSocket socket;

  @BeforeEach
  void openSocket() throws IOException {
    socket = RouteSocket.open();
  }

  @AfterEach
  void everythingRoundTrips() throws IOException {
    RoundTrip.all(socket);
    socket.close();
  }

  protected Link create(LinkBuilder link) throws IOException {
    Request request = Link.create(link);
    socket.execute(request);
    return link(link.build().name());
  }

  protected Link link(String name) throws IOException {
    Link link = socket.link(name);
    assertNotNull(link, name + " is not there");
    return link;
  }

  protected void executeAll(List<? extends Request> requests) throws IOException {
    for (Result result : socket.executeAll(requests)) {
      result.orThrow();
    }
  }

  /** Wants the kernel to refuse with this errno. */
  protected NetlinkException refused(String errnoName, Request request) {
    NetlinkException e = assertThrows(NetlinkException.class, () -> socket.execute(request));
    assertEquals(errnoName, e.errnoName(), e.getMessage());
    return e;
  }

  protected static InetAddress ip(String literal) {
    try {
      return InetAddress.getByName(literal);
    } catch (IOException e) {
      throw new IllegalArgumentException(literal, e);
    }
  }

  protected static LinkLayerAddress mac(String text) {
    return LinkLayerAddress.parse(text);
  }
}
