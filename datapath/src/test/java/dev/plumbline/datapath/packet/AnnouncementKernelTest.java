// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.packet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.plumbline.netlink.testing.KernelTest;
import dev.plumbline.netlink.testing.Sh;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** What is built here for others to believe, shown to a kernel that believes it. */
@KernelTest
class AnnouncementKernelTest {
  private static final String PEER = "02:00:00:00:00:02";

  @Test
  void aGratuitousArpTellsTheKernelsNeighbourWhereItIs() throws Exception {
    try (Tap tap = new Tap("tap0")) {
      Sh.run(
          "ip address add 10.0.0.1/24 dev tap0; echo 1 > /proc/sys/net/ipv4/conf/tap0/arp_accept");
      byte[] frame = new byte[GratuitousArp.FRAME_BYTES];
      GratuitousArp.writeArp(ByteBuffer.wrap(frame), 0, 0x020000000002L, 0x0a000002);
      tap.write(frame);
      String neighbours = Sh.run("ip neighbour show dev tap0");
      assertTrue(neighbours.contains("10.0.0.2 lladdr " + PEER), neighbours);
    }
  }

  @Test
  void anUnaskedAdvertisementTellsTheKernelsNeighbourWhereItIs() throws Exception {
    try (Tap tap = new Tap("tap0")) {
      Sh.run(
          "echo 0 > /proc/sys/net/ipv6/conf/tap0/disable_ipv6;"
              + " ip address add 2001:db8::1/64 dev tap0 nodad;"
              + " ip neighbour add 2001:db8::2 lladdr 02:00:00:00:00:77 dev tap0 nud stale");
      byte[] address = java.net.InetAddress.getByName("2001:db8::2").getAddress();
      for (boolean router : new boolean[] {true, false}) {
        byte[] frame = new byte[NeighbourAdvertisement.FRAME_BYTES];
        long mac = router ? 0x020000000003L : 0x020000000002L;
        NeighbourAdvertisement.write(ByteBuffer.wrap(frame), 0, mac, address, router);
        tap.write(frame);
        String neighbours = Sh.run("ip -6 neighbour show 2001:db8::2 dev tap0");
        String told = router ? "02:00:00:00:00:03" : PEER;
        assertTrue(neighbours.contains("lladdr " + told), neighbours);
        assertEquals(router, neighbours.contains("router"), neighbours);
      }
    }
  }

  @Test
  void theKernelHeedsFragmentationNeeded() throws Exception {
    try (Tap tap = new Tap("tap0")) {
      Sh.run(
          "ip address add 10.0.0.1/24 dev tap0;"
              + " ip neighbour add 10.0.0.2 lladdr "
              + PEER
              + " dev tap0");
      String said = "";
      String route = "";
      // On a busy machine one answer may come too late for the request that it is for.
      for (int i = 0; i < 3 && !route.contains("mtu 1300"); i++) {
        said = pinged(tap, "ping -n -c 1 -W 30 -M do -s 1400 10.0.0.2 || true", 1300);
        route = Sh.run("ip route get 10.0.0.2");
      }
      assertTrue(said.contains("Frag needed and DF set (mtu = 1300)"), said);
      assertTrue(route.contains("mtu 1300"), route);
    }
  }

  @Test
  void theKernelHeedsPacketTooBig() throws Exception {
    try (Tap tap = new Tap("tap0")) {
      Sh.run(
          "echo 0 > /proc/sys/net/ipv6/conf/tap0/disable_ipv6;"
              + " ip address add 2001:db8::1/64 dev tap0 nodad;"
              + " ip neighbour add 2001:db8::2 lladdr "
              + PEER
              + " dev tap0");
      String said = "";
      String route = "";
      // On a busy machine one answer may come too late for the request that it is for.
      for (int i = 0; i < 3 && !route.contains("mtu 1300"); i++) {
        said = pinged(tap, "ping -n -c 1 -W 30 -M do -s 1400 2001:db8::2 || true", 1300);
        route = Sh.run("ip route get 2001:db8::2");
      }
      assertTrue(route.contains("mtu 1300"), route + said);
    }
  }

  /** Answers the ping's request, and nothing else, with "too big"; returns what ping says. */
  private static String pinged(Tap tap, String command, int mtu) throws Exception {
    // ping has to start from this thread, which is in the namespace.
    Process ping = new ProcessBuilder("sh", "-c", command + " 2>&1").start();
    CompletableFuture<String> output = new CompletableFuture<>();
    Thread reader =
        new Thread(
            () -> {
              try {
                output.complete(
                    new String(ping.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
              } catch (IOException e) {
                output.completeExceptionally(e);
              }
            },
            "ping-output");
    reader.start();
    Icmp icmp = new Icmp();
    ByteBuffer answer = ByteBuffer.allocate(Icmp.FRAME_BYTES);
    int answered = 0;
    for (byte[] frame = tap.read(30_000); frame != null; frame = tap.read(30_000)) {
      if (frame.length < 1400) {
        continue; // multicast listener reports and the like
      }
      int length = icmp.tooBig(ByteBuffer.wrap(frame), 0, frame.length, mtu, answer, 0);
      byte[] bytes = new byte[length];
      answer.get(0, bytes);
      tap.write(bytes);
      answered++;
      break;
    }
    String said = output.get();
    assertEquals(1, answered, said);
    assertEquals(0, ping.waitFor());
    reader.join();
    return said;
  }
}
