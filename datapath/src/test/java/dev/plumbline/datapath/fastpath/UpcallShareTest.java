// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.fastpath;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.plumbline.datapath.bpf.Layout;
import dev.plumbline.datapath.testing.RequiresEbpf;
import dev.plumbline.datapath.upcall.PacketSocket;
import dev.plumbline.datapath.upcall.SendQueue;
import dev.plumbline.datapath.upcall.UpcallBatch;
import dev.plumbline.netlink.libc.Memory;
import dev.plumbline.netlink.route.RouteSocket;
import dev.plumbline.netlink.testing.KernelTest;
import dev.plumbline.netlink.testing.Sh;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A limit of upcalls, by frames on a wire. */
@KernelTest
@RequiresEbpf
class UpcallShareTest {
  private static final int BURST = 256; // of upcall.h
  private static final int FRAME_BYTES = 60;
  private static final int VNET_OFFSET = 64;

  @TempDir Path directory;

  private static int ifindex(String device) throws IOException {
    try (RouteSocket socket = RouteSocket.open()) {
      return socket.index(device);
    }
  }

  /** Sends frames of no known flow, less at once than a queue has room for. */
  private static void send(String device, int count) throws IOException {
    try (PacketSocket socket = PacketSocket.sending(ifindex(device))) {
      SendQueue queue = new SendQueue(socket, 1);
      Memory memory = Memory.allocate(80);
      memory.buffer().putShort(12, (short) 0xb588); // 0x88b5: local experimental
      for (int i = 0; i < count; i++) {
        memory.buffer().putInt(0, 2).putInt(6, 2).putShort(10, (short) i);
        boolean unused = queue.add(memory, VNET_OFFSET, 0, FRAME_BYTES);
        assertEquals(1, queue.flush());
      }
    }
  }

  private static int read(FastPath fast) throws IOException {
    UpcallBatch batch = new UpcallBatch(64);
    int frames = 0;
    for (int count = fast.poll(500, batch); count > 0; count = fast.poll(500, batch)) {
      frames += count;
    }
    return frames;
  }

  private static FastPath join(FastPath fast, int port, String device) throws IOException {
    fast.join(port, 1, new PortLink.Device(ifindex(device), false, 1500));
    return fast;
  }

  @Test
  void aPortThatBringsMoreThanItsShareTakesNoneFromTheOthers() throws IOException {
    for (int i = 0; i < 2; i++) {
      Sh.run("ip link add p" + i + " type veth peer name g" + i);
      // What the kernel itself would send would be counted.
      Sh.run("echo 1 > /proc/sys/net/ipv6/conf/p" + i + "/disable_ipv6");
      Sh.run("echo 1 > /proc/sys/net/ipv6/conf/g" + i + "/disable_ipv6");
      Sh.run("ip link set p" + i + " up && ip link set g" + i + " up");
    }
    FastPath fast = EbpfFastPath.open(directory, "share0");
    try {
      fast.generation(1, 1);
      join(join(fast, 1, "p0"), 2, "p1").upcallLimit(1);
      int frames = 0;
      for (int i = 0; i < 10; i++) {
        send("g0", 100);
        frames += read(fast);
      }
      long dropped = fast.dropped(Layout.DROP_UPCALL_LIMIT);
      assertTrue(frames >= BURST && frames < BURST + 50, frames + " came up");
      assertEquals(1000 - frames, dropped);
      send("g1", 100);
      assertEquals(100, read(fast));
      fast.upcallLimit(0);
      send("g0", 100);
      assertEquals(100, read(fast));
      assertEquals(dropped, fast.dropped(Layout.DROP_UPCALL_LIMIT));
      assertEquals(1200, fast.received());
      assertEquals(1200, fast.misses());
    } finally {
      fast.dismantle();
      fast.close();
    }
  }
}
