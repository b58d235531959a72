// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.netlink.event;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.plumbline.netlink.namespace.NetNamespace;
import dev.plumbline.netlink.socket.Message;
import dev.plumbline.netlink.socket.NetlinkSocket;
import dev.plumbline.netlink.socket.Reception;
import dev.plumbline.netlink.testing.KernelTest;
import dev.plumbline.netlink.testing.Requests;
import dev.plumbline.netlink.testing.Sh;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

@KernelTest
class EventLoopTest {
  @Test
  void oneThreadHearsOfLinksInSeveralNamespaces() throws Exception {
    List<String> heard = new ArrayList<>();
    try (NetNamespace red = NetNamespace.create("red");
        NetNamespace blue = NetNamespace.create("blue");
        Subscription inRed = Subscription.open(red, RouteGroup.LINK);
        Subscription inBlue = Subscription.open(blue, RouteGroup.LINK);
        EventLoop loop = new EventLoop()) {
      loop.add(inRed, source -> heard.add("red " + firstName(source)));
      loop.add(inBlue, source -> heard.add("blue " + firstName(source)));
      assertEquals(0, loop.poll(0));
      Sh.run("ip -n blue link add b0 type bridge; ip link add elsewhere type bridge");
      assertEquals(1, loop.poll(1_000));
      Sh.run("ip -n red link add r0 type bridge");
      loop.remove(inBlue);
      assertEquals(1, loop.poll(1_000));
    }
    assertEquals(List.of("blue b0", "red r0"), heard);
  }

  @Test
  void anotherThreadCanWakeTheLoop() throws Exception {
    try (EventLoop loop = new EventLoop()) {
      Thread waker =
          new Thread(
              () -> {
                try {
                  Thread.sleep(20);
                  loop.wakeUp();
                } catch (IOException | InterruptedException e) {
                  throw new AssertionError(e);
                }
              });
      waker.start();
      long start = System.nanoTime();
      assertEquals(0, loop.poll(10_000));
      waker.join();
      assertTrue(System.nanoTime() - start < 5_000_000_000L, "it waited for the whole time");
      assertEquals(0, loop.poll(0), "a wake-up is used up");
    }
  }

  @Test
  void drainingLeavesAWakeUpToWhoWaits() throws Exception {
    try (EventLoop loop = new EventLoop()) {
      loop.wakeUp();
      assertEquals(0, loop.drain());
      long start = System.nanoTime();
      assertEquals(0, loop.poll(30_000));
      assertTrue(System.nanoTime() - start < 15_000_000_000L, "it waited for the whole time");
    }
  }

  @Test
  void aFloodIsAnOverrunAndTheSubscriptionGoesOn() throws Exception {
    try (Subscription links = Subscription.open(RouteGroup.LINK);
        NetlinkSocket socket = NetlinkSocket.open(NetlinkSocket.ROUTE)) {
      links.receiveBufferBytes(4_096);
      for (int i = 0; i < 200; i++) {
        socket.request(Requests.setMtu("lo", 1_000 + i));
      }
      boolean overrun = false;
      Reception reception = links.receive(0);
      while (!(reception instanceof Reception.Nothing)) {
        overrun |= reception instanceof Reception.Overrun;
        reception = links.receive(0);
      }
      assertTrue(overrun);
      socket.request(Requests.setMtu("lo", 5_000));
      assertInstanceOf(Reception.Messages.class, links.receive(1_000));
    }
  }

  @Test
  void namedNamespacesAreSeenToComeAndGo() throws Exception {
    try (NamespaceWatch watch = NamespaceWatch.open();
        EventLoop loop = new EventLoop()) {
      List<NamespaceWatch.Change> seen = new ArrayList<>();
      loop.add(watch, source -> seen.addAll(source.changes()));
      Sh.run("ip netns add one");
      NetNamespace.create("two").close();
      Sh.run("ip netns delete two");
      NetNamespace.delete("one");
      assertEquals(1, loop.poll(1_000));
      assertEquals(
          List.of(
              new NamespaceWatch.Change.Appeared("one"),
              new NamespaceWatch.Change.Appeared("two"),
              new NamespaceWatch.Change.Gone("two"),
              new NamespaceWatch.Change.Gone("one")),
          seen);
    }
  }

  private static String firstName(Subscription source) throws IOException {
    Reception.Messages messages = assertInstanceOf(Reception.Messages.class, source.receive(0));
    Message message = messages.messages().get(0);
    while (!(source.receive(0) instanceof Reception.Nothing)) {
      // a link that appears is announced more than once
    }
    return message.attributes(Requests.IFINFOMSG, Requests.LINK).require(Requests.IFNAME);
  }
}
