// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.netlink.socket;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import dev.plumbline.netlink.libc.Errno;
import dev.plumbline.netlink.testing.KernelTest;
import dev.plumbline.netlink.testing.Requests;
import dev.plumbline.netlink.testing.Sh;
import dev.plumbline.netlink.wire.AttributeMap;
import dev.plumbline.netlink.wire.MessageWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@KernelTest
class NetlinkSocketTest {
  private NetlinkSocket socket;

  @BeforeEach
  void open() throws IOException {
    socket = NetlinkSocket.open(NetlinkSocket.ROUTE);
  }

  @AfterEach
  void close() {
    socket.close();
  }

  @Test
  void aRefusedRequestTellsTheKernelsWords() {
    NetlinkException e =
        assertThrows(
            NetlinkException.class, () -> socket.request(Requests.createLink("br0", "nosuchkind")));
    assertEquals(Errno.EOPNOTSUPP, e.errno());
    assertEquals("EOPNOTSUPP", e.errnoName());
    assertEquals("Unknown device type", e.kernelMessage());
    assertEquals("create link br0", e.request());
    assertTrue(
        e.getMessage()
            .startsWith(
                "create link br0: EOPNOTSUPP (Operation not supported): Unknown device type"),
        e.getMessage());
  }

  @Test
  void aRefusalOfAnAttributeNamesIt() throws IOException {
    socket.request(Requests.createLink("br0", "bridge"));
    NetlinkException e =
        assertThrows(
            NetlinkException.class,
            () -> socket.request(Requests.createLink("a".repeat(40), "bridge")));
    assertEquals("IFLA_IFNAME", e.attribute(), e.getMessage());
    assertEquals(32, e.offset());
  }

  @Test
  void aRequestGivesItsReplies() throws IOException {
    List<Message> replies = socket.request(Requests.getLink("lo"));
    assertEquals(1, replies.size());
    assertEquals(Requests.RTM_NEWLINK, replies.get(0).type());
    assertEquals("lo", name(replies.get(0)));
  }

  @Test
  void aDumpGivesEveryLinkOnce() throws IOException {
    List<String> expected = new ArrayList<>(List.of("lo"));
    List<Request> requests = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      expected.add("br" + i);
      requests.add(Requests.createLink("br" + i, "bridge"));
    }
    socket.requestAll(requests).forEach(result -> assertNull(result.failure()));
    // By index only since Linux 6.6; before that in the order of a hash table.
    List<String> dumped =
        new ArrayList<>(socket.dump(Requests.dumpLinks(), NetlinkSocketTest::name));
    expected.sort(null);
    dumped.sort(null);
    assertEquals(expected, dumped);
  }

  @Test
  void aBatchOfAThousandGivesEachRequestItsOwnResultInOrder() throws IOException {
    List<Request> requests = new ArrayList<>();
    for (int i = 0; i < 1_000; i++) {
      if (i % 7 == 6) {
        requests.add(Requests.createLink("lo", "bridge"));
      } else if (i % 11 == 10) {
        requests.add(Requests.setMtu("none" + i, 1_500));
      } else {
        requests.add(Requests.setMtu("lo", 10_000 + i));
      }
    }
    List<Result> results = socket.requestAll(requests);
    assertEquals(1_000, results.size());
    for (int i = 0; i < 1_000; i++) {
      NetlinkException failure = results.get(i).failure();
      if (i % 7 == 6) {
        assertNotNull(failure);
        assertEquals("create link lo", failure.request());
        assertEquals(Errno.EEXIST, failure.errno(), failure.getMessage());
      } else if (i % 11 == 10) {
        assertNotNull(failure);
        assertEquals("set mtu of link none" + i, failure.request());
        assertEquals(Errno.ENODEV, failure.errno(), failure.getMessage());
      } else {
        assertNull(failure);
      }
    }
    assertEquals("10999", Sh.run("cat /sys/class/net/lo/mtu").strip(), "the last one was made");
  }

  @Test
  void aSmallReceiveBufferLosesNoAcknowledgement() throws IOException {
    socket.receiveBufferBytes(4_096);
    List<Request> requests = new ArrayList<>();
    for (int i = 0; i < 5_000; i++) {
      requests.add(Requests.setMtu("lo", 1_000 + i));
    }
    socket.requestAll(requests).forEach(result -> assertNull(result.failure()));
  }

  @Test
  void repliesOfABatchBelongToTheirRequests() throws IOException {
    List<Request> requests = new ArrayList<>();
    for (int i = 0; i < 3_000; i++) {
      requests.add(Requests.getLink(i % 3 == 2 ? "none" : "lo"));
    }
    List<Result> results = socket.requestAll(requests);
    for (int i = 0; i < results.size(); i++) {
      if (i % 3 == 2) {
        assertEquals(Errno.ENODEV, results.get(i).failure().errno());
      } else {
        assertEquals("lo", name(results.get(i).orThrow().get(0)));
      }
    }
  }

  @Test
  void theKernelsOwnDumpsSurviveReadingAndWriting() throws IOException {
    Sh.run("ip link add br0 type bridge; ip link add v0 type veth peer name v1; ip link set v0 up");
    List<AttributeMap> links =
        socket.dump(Requests.dumpLinks(), m -> m.attributes(Requests.IFINFOMSG, Requests.LINK));
    assertEquals(4, links.size());
    for (AttributeMap link : links) {
      MessageWriter writer = new MessageWriter().attributes(link);
      AttributeMap again = Requests.LINK.read(writer.written());
      assertEquals(link, again);
      assertEquals(link.toString(), again.toString());
      assertTrue(link.unknown().size() > 10, "attributes without a key are kept");
    }
  }

  @Test
  void aHandlerThatFailsLeavesTheSocketUsable() throws IOException {
    for (int i = 0; i < 60; i++) {
      socket.request(Requests.createLink("br" + i, "bridge"));
    }
    assertThrows(
        UnsupportedOperationException.class,
        () ->
            socket.dump(
                Requests.dumpLinks(),
                message -> {
                  throw new UnsupportedOperationException();
                }));
    assertEquals(61, socket.dump(Requests.dumpLinks(), Message::type).size());
  }

  @Test
  void aDumpUnderChurnIsWholeOrSaysThatItIsNot() throws Exception {
    List<Request> requests = new ArrayList<>();
    for (int i = 0; i < 150; i++) {
      requests.add(Requests.createLink("br" + i, "bridge"));
    }
    socket.requestAll(requests);
    AtomicBoolean stop = new AtomicBoolean();
    Thread churn =
        new Thread(
            () -> {
              try (NetlinkSocket other = NetlinkSocket.open(NetlinkSocket.ROUTE)) {
                while (!stop.get()) {
                  other.request(Requests.createLink("churn", "bridge"));
                  other.request(Requests.deleteLink("churn"));
                  Thread.sleep(2);
                }
              } catch (IOException | InterruptedException e) {
                fail(e);
              }
            });
    churn.start();
    int[] begun = {0};
    int whole = 0;
    try {
      for (int i = 0; i < 2_000 && begun[0] <= whole; i++) {
        List<String> names = new ArrayList<>();
        try {
          socket.dump(
              Requests.dumpLinks(),
              new MessageHandler() {
                @Override
                public void begin() {
                  begun[0]++;
                  names.clear();
                }

                @Override
                public void message(Message message) {
                  names.add(name(message));
                }
              });
          whole++;
          assertEquals(names.size(), Set.copyOf(names).size(), "a link came twice");
          assertTrue(names.size() == 151 || names.size() == 152, "links: " + names.size());
        } catch (DumpInterruptedException e) {
          assertEquals(20, e.attempts());
        }
      }
    } finally {
      stop.set(true);
      churn.join();
    }
    assertTrue(whole > 0, "no dump came through");
    assertTrue(begun[0] > whole, "no dump was interrupted in " + begun[0]);
  }

  @Test
  void openingAndClosingAThousandSocketsLeavesNoDescriptor() throws IOException {
    long before = descriptors();
    for (int i = 0; i < 1_000; i++) {
      NetlinkSocket one = NetlinkSocket.open(NetlinkSocket.ROUTE);
      one.close();
      one.close();
    }
    assertEquals(before, descriptors());
  }

  @Test
  void aProtocolThatTheKernelLacksIsRefusedWithoutLeak() throws IOException {
    long before = descriptors();
    assertThrows(IOException.class, () -> NetlinkSocket.open(31));
    assertEquals(before, descriptors());
  }

  @Test
  void aSubscribedSocketReceivesEventsAndTakesNoRequests() throws IOException {
    try (NetlinkSocket events = NetlinkSocket.open(NetlinkSocket.ROUTE)) {
      events.join(Requests.RTNLGRP_LINK);
      assertTrue(events.receive(20) instanceof Reception.Nothing);
      Sh.run("ip link add br7 type bridge");
      Reception.Messages first = (Reception.Messages) events.receive(1_000);
      assertEquals("br7", name(first.messages().get(0)));
      assertThrows(IllegalStateException.class, () -> events.request(Requests.getLink("lo")));
    }
  }

  @Test
  void aFloodThatDoesNotFitIsAnOverrunOfItsOwn() throws IOException {
    try (NetlinkSocket events = NetlinkSocket.open(NetlinkSocket.ROUTE)) {
      events.receiveBufferBytes(4_096);
      events.join(Requests.RTNLGRP_LINK);
      List<Request> requests = new ArrayList<>();
      for (int i = 0; i < 200; i++) {
        requests.add(Requests.setMtu("lo", 1_000 + i));
      }
      socket.requestAll(requests).forEach(result -> assertNull(result.failure()));
      boolean overrun = false;
      int events0 = 0;
      Reception reception = events.receive(100);
      while (!(reception instanceof Reception.Nothing)) {
        overrun |= reception instanceof Reception.Overrun;
        events0 += reception instanceof Reception.Messages ? 1 : 0;
        reception = events.receive(100);
      }
      assertTrue(overrun);
      assertTrue(events0 > 0 && events0 < 200, events0 + " events");
    }
  }

  static String name(Message message) {
    return message.attributes(Requests.IFINFOMSG, Requests.LINK).require(Requests.IFNAME);
  }

  /** Open sockets of this JVM; its other descriptors come and go with the garbage collector. */
  static long descriptors() throws IOException {
    try (Stream<Path> entries = Files.list(Path.of("/proc/self/fd"))) {
      return entries.filter(NetlinkSocketTest::isSocket).count();
    }
  }

  private static boolean isSocket(Path descriptor) {
    try {
      return Files.readSymbolicLink(descriptor).toString().startsWith("socket:");
    } catch (IOException e) {
      return false; // that of the directory itself
    }
  }
}
