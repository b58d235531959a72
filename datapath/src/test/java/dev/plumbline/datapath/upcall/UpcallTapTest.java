// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.upcall;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.plumbline.netlink.route.Link;
import dev.plumbline.netlink.route.RouteSocket;
import dev.plumbline.netlink.route.Tun;
import dev.plumbline.netlink.testing.KernelTest;
import dev.plumbline.netlink.testing.Sh;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

@KernelTest
class UpcallTapTest {
  private static @Nullable Link read(String name) throws IOException {
    try (RouteSocket socket = RouteSocket.open()) {
      return socket.link(name);
    }
  }

  @Test
  void theDeviceIsUpHiddenAndWithoutAddresses() throws IOException {
    try (UpcallTap tap = UpcallTap.open("up0", 8)) {
      assertNull(tap.steeringRefusal());
      assertFalse(tap.isAdopted());
      Link link = read("up0");
      assertEquals(tap.ifindex(), link.index());
      assertEquals(UpcallTap.ALIAS, link.alias());
      assertTrue(link.isUp());
      assertTrue(link.isLowerUp());
      assertEquals(UpcallTap.MTU, link.mtu());
      assertEquals(UpcallTap.QUEUE_FRAMES, link.get(Link.TXQLEN));
      assertEquals(8L, link.data().get(Tun.NUM_QUEUES));
      assertEquals(true, link.data().get(Tun.PERSIST));
      assertEquals(true, link.data().get(Tun.VNET_HDR));
      assertEquals("", Sh.run("ip -o address show dev up0"));
    }
  }

  @Test
  void theNextProcessAdoptsTheDeviceWithItsIndex() throws IOException {
    int before;
    try (UpcallTap tap = UpcallTap.open("up0", 8)) {
      before = tap.ifindex();
    }
    try (UpcallTap tap = UpcallTap.open("up0", 4)) {
      assertTrue(tap.isAdopted());
      assertEquals(before, tap.ifindex());
      assertEquals(4L, read("up0").data().get(Tun.NUM_QUEUES));
    }
  }

  @Test
  void aDeviceThatAnotherProcessReadsIsNotTaken() throws IOException {
    try (UpcallTap tap = UpcallTap.open("up0", 2)) {
      IOException refused = assertThrows(IOException.class, () -> UpcallTap.open("up0", 2));
      assertEquals("another process has 2 queues of device up0 open", refused.getMessage());
      assertEquals(2, tap.queues());
    }
  }

  @Test
  void aDeviceOfSomebodyElseIsNotTaken() {
    Sh.run("ip tuntap add up0 mode tap multi_queue && ip link add up1 type veth peer up2");
    for (String name : new String[] {"up0", "up1"}) {
      IOException refused = assertThrows(IOException.class, () -> UpcallTap.open(name, 2));
      assertTrue(refused.getMessage().contains("alias"), refused.getMessage());
    }
  }

  @Test
  void deletingTakesTheDeviceAway() throws IOException {
    UpcallTap.open("up0", 2).delete();
    assertNull(read("up0"));
  }
}
