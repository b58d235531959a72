// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.port;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.plumbline.datapath.upcall.PacketSocket;
import dev.plumbline.datapath.upcall.SendQueue;
import dev.plumbline.datapath.upcall.Transfer;
import dev.plumbline.datapath.upcall.UpcallBatch;
import dev.plumbline.datapath.upcall.UpcallPrefix;
import dev.plumbline.netlink.libc.Errno;
import dev.plumbline.netlink.libc.ErrnoException;
import dev.plumbline.netlink.libc.Libc;
import dev.plumbline.netlink.libc.Memory;
import dev.plumbline.netlink.namespace.NetNamespace;
import dev.plumbline.netlink.route.RouteSocket;
import dev.plumbline.netlink.testing.KernelTest;
import dev.plumbline.netlink.testing.Sh;
import java.io.IOException;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@KernelTest
class PacketPortTest {
  private static final int GSO_TCPV4 = 1;

  /** What a veth device is sent may come a moment later: the kernel leaves it to a thread. */
  private static final long PATIENCE_NANOS = 30_000_000_000L;

  private final UpcallBatch batch = new UpcallBatch(64);

  @BeforeEach
  void makeDevices() {
    Sh.run(
        "for n in 1 2; do ip netns add n$n"
            + "; ip link add p$n type veth peer name e0 address 02:00:00:00:00:0$n netns n$n"
            + "; echo 1 > /proc/sys/net/ipv6/conf/p$n/disable_ipv6; ip link set p$n up"
            + "; ip netns exec n$n sysctl -qw net.ipv6.conf.e0.disable_ipv6=1"
            + "; ip -n n$n link set e0 up; ip -n n$n address add 192.0.2.$n/24 dev e0; done"
            + "; ip -n n1 neigh add 192.0.2.2 lladdr 02:00:00:00:00:02 dev e0"
            + "; ip -n n2 neigh add 192.0.2.1 lladdr 02:00:00:00:00:01 dev e0");
  }

  private static PacketPort port(int number) throws IOException {
    return PacketPort.open(index("p" + number), number);
  }

  private static int index(String name) throws IOException {
    try (RouteSocket socket = RouteSocket.open()) {
      return socket.index(name);
    }
  }

  /** Sends what one port receives by the other one. */
  private int forward(PacketPort from, PacketPort to) {
    batch.clear();
    int segmented = 0;
    int n = from.receive(batch);
    for (int i = 0; i < n; i++) {
      segmented += batch.buffer().get(batch.vnetOffset(i) + 1) == GSO_TCPV4 ? 1 : 0;
      assertTrue(
          to.queue()
              .add(
                  batch.memory(), batch.vnetOffset(i), batch.frameOffset(i), batch.frameLength(i)));
    }
    to.queue().flush();
    return segmented;
  }

  @Test
  void tcpPassesInLargeFramesWithoutChecksums() throws Exception {
    try (NetNamespace n1 = NetNamespace.named("n1");
        NetNamespace n2 = NetNamespace.named("n2");
        PacketPort one = port(1);
        PacketPort two = port(2)) {
      Transfer transfer = Transfer.start(n1, n2, "192.0.2.2", 20_000_000);
      int segmented = 0;
      while (!transfer.isOver()) {
        segmented += forward(one, two);
        forward(two, one);
      }
      assertTrue(transfer.isWhole());
      assertTrue(segmented > 100, segmented + " large frames");
      assertEquals("none", one.queue().errors().toString());
      assertEquals("none", two.queue().errors().toString());
      assertEquals("none", one.errors().toString());
      assertEquals(one.frames(), two.queue().sentFrames());
      assertEquals(one.bytes(), two.queue().sentBytes());
      assertEquals(0, one.kernelDrops());
    }
  }

  @Test
  void aTagIsBesideTheFrame() throws Exception {
    try (NetNamespace n1 = NetNamespace.named("n1");
        PacketPort one = port(1);
        PacketSocket socket = n1.run(() -> PacketSocket.sending(index("e0")))) {
      Memory frame = Memory.allocate(128);
      byte[] tag = {(byte) 0x88, (byte) 0xa8, (byte) 0xe0, 0x64, 0x08, 0x01};
      frame.buffer().put(22, tag);
      SendQueue queue = new SendQueue(socket, 4);
      assertTrue(queue.add(frame, 0, 10, 64));
      assertTrue(queue.add(frame, 0, 10, 100));
      assertEquals(2, queue.flush(), queue.errors().toString());
      long end = System.nanoTime() + PATIENCE_NANOS;
      while (batch.size() < 2 && System.nanoTime() < end) {
        int unused = one.receive(batch);
      }
      assertEquals(2, batch.size());
      UpcallPrefix prefix = batch.prefix(0);
      assertEquals(0xf064, prefix.vlanTci());
      assertEquals(0x88a8, prefix.vlanTpid());
      assertEquals(1, prefix.inPort());
      assertEquals(one.ifindex(), prefix.ifindex());
      assertEquals(60, batch.frameLength(0));
      assertEquals(96, batch.frameLength(1));
      assertEquals(0x08, batch.buffer().get(batch.frameOffset(0) + 12));
    }
  }

  @Test
  void whatItSendsItDoesNotReceive() throws Exception {
    try (PacketPort one = port(1)) {
      Memory frame = Memory.allocate(128);
      assertTrue(one.queue().add(frame, 0, 10, 64));
      assertEquals(1, one.queue().flush());
      assertEquals(0, one.receive(batch));
    }
  }

  @Test
  void aFullBatchLeavesTheRestForLater() throws Exception {
    try (NetNamespace n1 = NetNamespace.named("n1");
        PacketPort one = port(1);
        PacketSocket socket = n1.run(() -> PacketSocket.sending(index("e0")))) {
      SendQueue queue = new SendQueue(socket, 16);
      Memory frame = Memory.allocate(128);
      for (int i = 0; i < 10; i++) {
        assertTrue(queue.add(frame, 0, 10, 60 + i));
      }
      assertEquals(10, queue.flush(), queue.errors().toString());
      UpcallBatch small = new UpcallBatch(4);
      int[] lengths = new int[10];
      int seen = 0;
      long end = System.nanoTime() + PATIENCE_NANOS;
      while (seen < lengths.length) {
        int got = one.receive(small);
        assertTrue(got > 0 || System.nanoTime() < end, seen + " came");
        for (int i = 0; i < got; i++) {
          lengths[seen++] = small.frameLength(i);
        }
        assertEquals(0, small.size() == 4 ? one.receive(small) : 0, "it is full");
        small.clear();
      }
      Assertions.assertArrayEquals(new int[] {60, 61, 62, 63, 64, 65, 66, 67, 68, 69}, lengths);
    }
  }

  @Test
  void aDeviceThatGoesDownAndAwayIsAnErrorOnce() throws Exception {
    try (PacketPort one = port(1)) {
      Sh.run("ip link set p1 down");
      assertEquals(0, one.receive(batch));
      assertEquals(1, one.errors().of(Errno.ENETDOWN));
      assertEquals(0, one.receive(batch));
      assertEquals("ENETDOWN 1", one.errors().toString());
      Sh.run("ip link delete p1");
      assertTrue(one.queue().add(Memory.allocate(128), 0, 10, 64));
      assertEquals(0, one.queue().flush());
      assertEquals(1, one.queue().errors().sum());
      ErrnoException none =
          Assertions.assertThrows(ErrnoException.class, () -> PacketPort.open(one.ifindex(), 1));
      assertEquals(Errno.ENODEV, none.errno());
    }
  }

  @Test
  void theReceiveBufferIsLarge() throws Exception {
    try (PacketPort one = port(1)) {
      assertTrue(Libc.getsockopt(one.fd(), Libc.SOL_SOCKET, Libc.SO_RCVBUF) >= 16 * 1024 * 1024);
    }
  }
}
