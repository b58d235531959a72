// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.netlink.traffic;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.plumbline.netlink.libc.Errno;
import dev.plumbline.netlink.socket.NetlinkException;
import dev.plumbline.netlink.socket.NetlinkSocket;
import dev.plumbline.netlink.socket.Request;
import dev.plumbline.netlink.testing.KernelTest;
import dev.plumbline.netlink.testing.Sh;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The filters themselves are tested where there are programs for them. */
@KernelTest
class ClsactTest {
  private static final int LOOPBACK = 1;

  @Test
  void comesAndGoes() throws IOException {
    try (NetlinkSocket socket = NetlinkSocket.open(NetlinkSocket.ROUTE)) {
      assertEquals(List.of(), Clsact.devices(socket));
      socket.request(Clsact.add(LOOPBACK));
      assertEquals("clsact", Sh.run("tc qdisc show dev lo | grep -o clsact").strip());
      assertEquals(List.of(LOOPBACK), Clsact.devices(socket));
      assertEquals(Errno.EEXIST, refused(socket, Clsact.add(LOOPBACK)).errno());
      socket.request(Clsact.delete(LOOPBACK));
      assertEquals(List.of(), Clsact.devices(socket));
      refused(socket, Clsact.delete(LOOPBACK));
    }
  }

  @Test
  void deviceWithoutItHasNoFilters() throws IOException {
    try (NetlinkSocket socket = NetlinkSocket.open(NetlinkSocket.ROUTE)) {
      assertEquals(List.of(), BpfFilter.list(socket, LOOPBACK, Clsact.INGRESS));
      assertEquals(List.of(), BpfFilter.list(socket, 4711, Clsact.INGRESS));
      socket.request(Clsact.add(LOOPBACK));
      assertEquals(List.of(), BpfFilter.list(socket, LOOPBACK, Clsact.INGRESS));
    }
  }

  private static NetlinkException refused(NetlinkSocket socket, Request request) {
    return assertThrows(NetlinkException.class, () -> socket.request(request));
  }
}
