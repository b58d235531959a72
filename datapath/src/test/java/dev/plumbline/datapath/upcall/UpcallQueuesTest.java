// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.upcall;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.plumbline.netlink.libc.Errno;
import dev.plumbline.netlink.libc.ErrnoException;
import dev.plumbline.netlink.libc.Libc;
import dev.plumbline.netlink.libc.Memory;
import dev.plumbline.netlink.testing.KernelTest;
import dev.plumbline.netlink.testing.Sh;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** Upcalls made with a packet socket on the TAP: prefix, frame and mark as the fast path's. */
@KernelTest
class UpcallQueuesTest {
  private static final int MARK_UPCALL = 0x504b_0000;
  private static final int FRAME_BYTES = 60;

  private static SendQueue sender(PacketSocket socket) {
    return new SendQueue(socket, 64);
  }

  /** Sends frames as if they came in by a port, each with its number in the first byte. */
  private static void upcalls(PacketSocket socket, int port, int count) {
    SendQueue queue = sender(socket);
    Memory memory = Memory.allocate(UpcallBatch.FRAME_OFFSET + FRAME_BYTES);
    ByteBuffer buffer = memory.buffer();
    UpcallPrefix prefix = new UpcallPrefix().wrap(buffer, UpcallBatch.VNET_BYTES);
    prefix.set(port, UpcallPrefix.MISS, 0x1064, 0x8100, 7, 0xabcd);
    for (int i = 0; i < count; i++) {
      buffer.put(UpcallBatch.FRAME_OFFSET, (byte) i);
      assertTrue(
          queue.add(
              memory,
              0,
              UpcallBatch.VNET_BYTES,
              UpcallPrefix.BYTES + FRAME_BYTES,
              MARK_UPCALL | port));
      assertEquals(1, queue.flush(), queue.errors().toString());
    }
  }

  @Test
  void aFrameComesUpWithItsPrefix() throws IOException {
    try (UpcallTap tap = UpcallTap.open("up0", 8);
        UpcallQueues queues = new UpcallQueues(tap, 4);
        PacketSocket socket = PacketSocket.sending(tap.ifindex())) {
      UpcallBatch batch = new UpcallBatch(16);
      upcalls(socket, 11, 3);
      assertEquals(3, queues.poll(1000, batch));
      for (int i = 0; i < 3; i++) {
        UpcallPrefix prefix = batch.prefix(i);
        assertEquals(11, prefix.inPort());
        assertEquals(UpcallPrefix.MISS, prefix.reason());
        assertEquals(0x1064, prefix.vlanTci());
        assertEquals(0x8100, prefix.vlanTpid());
        assertEquals(7, prefix.ifindex());
        assertEquals(0xabcd, prefix.mark());
        assertEquals(FRAME_BYTES, batch.frameLength(i));
        assertEquals(i, batch.buffer().get(batch.frameOffset(i)));
      }
      assertEquals(3, queues.frames(11 % 8), "the port's own queue");
      assertEquals(3L * FRAME_BYTES, queues.bytes());
      assertEquals(0, queues.poll(0, batch));
      assertEquals("none", queues.errors().toString());
    }
  }

  @Test
  void aPortThatFloodsDoesNotKeepOthersBack() throws IOException {
    try (UpcallTap tap = UpcallTap.open("up0", 8);
        UpcallQueues queues = new UpcallQueues(tap, 4);
        PacketSocket socket = PacketSocket.sending(tap.ifindex())) {
      upcalls(socket, 1, UpcallTap.QUEUE_FRAMES + 500); // more than its queue holds
      upcalls(socket, 2, 4);
      upcalls(socket, 3, 4);
      UpcallBatch batch = new UpcallBatch(16);
      assertEquals(16, queues.poll(1000, batch));
      int[] byPort = new int[4];
      for (int i = 0; i < 16; i++) {
        byPort[batch.prefix(i).inPort()]++;
      }
      assertEquals("[0, 8, 4, 4]", Arrays.toString(byPort));
      while (queues.poll(0, batch) > 0) {
        assertTrue(batch.size() <= 16);
      }
      assertEquals(UpcallTap.QUEUE_FRAMES, queues.frames(1), "what did not fit was lost");
      assertTrue(queues.exhausted() > 0);
    }
  }

  @Test
  void everyQueueHasItsTurnInASmallBatch() throws IOException {
    try (UpcallTap tap = UpcallTap.open("up0", 4);
        UpcallQueues queues = new UpcallQueues(tap, 8);
        PacketSocket socket = PacketSocket.sending(tap.ifindex())) {
      for (int port = 0; port < 4; port++) {
        upcalls(socket, port, 100);
      }
      UpcallBatch batch = new UpcallBatch(8);
      for (int round = 0; round < 8; round++) {
        assertEquals(8, queues.poll(0, batch));
      }
      for (int queue = 0; queue < 4; queue++) {
        assertEquals(16, queues.frames(queue), "queue " + queue);
      }
    }
  }

  @Test
  void itWakesUpAndWatchesOtherDescriptors() throws Exception {
    int event = Libc.eventfd(0, Libc.EFD_CLOEXEC);
    try (UpcallTap tap = UpcallTap.open("up0", 2);
        UpcallQueues queues = new UpcallQueues(tap, 8)) {
      UpcallBatch batch = new UpcallBatch(8);
      queues.watch(event);
      assertEquals(0, queues.poll(0, batch));
      assertFalse(queues.isReady(event));
      Thread waker =
          new Thread(
              () -> {
                try {
                  queues.wakeUp();
                } catch (ErrnoException e) {
                  throw new IllegalStateException(e);
                }
              });
      waker.start();
      assertEquals(0, queues.poll(-1, batch));
      waker.join();
      byte[] one = {1, 0, 0, 0, 0, 0, 0, 1};
      assertEquals(8, Libc.write(event, one));
      assertEquals(0, queues.poll(-1, batch));
      assertTrue(queues.isReady(event));
      queues.unwatch(event);
      assertFalse(queues.isReady(event));
      assertEquals(0, queues.poll(0, batch));
    } finally {
      Libc.close(event);
    }
  }

  @Test
  void aDeletedDeviceIsNoticedAndDoesNotSpin() throws IOException {
    try (UpcallTap tap = UpcallTap.open("up0", 2);
        UpcallQueues queues = new UpcallQueues(tap, 8)) {
      UpcallBatch batch = new UpcallBatch(8);
      Sh.run("ip link delete up0");
      assertEquals(0, queues.poll(1000, batch));
      assertTrue(queues.isBroken());
      assertTrue(queues.errors().sum() >= 1, queues.errors().toString());
      long start = System.nanoTime();
      assertEquals(0, queues.poll(20, batch));
      assertTrue(System.nanoTime() - start > 10_000_000L, "poll came back at once");
    }
  }

  @Test
  void whatIsTooShortForAPrefixIsCounted() throws IOException {
    try (UpcallTap tap = UpcallTap.open("up0", 2);
        UpcallQueues queues = new UpcallQueues(tap, 8);
        PacketSocket socket = PacketSocket.sending(tap.ifindex())) {
      SendQueue queue = sender(socket);
      assertTrue(queue.add(Memory.allocate(64), 0, 10, 16, MARK_UPCALL));
      assertEquals(1, queue.flush(), queue.errors().toString());
      assertEquals(0, queues.poll(1000, new UpcallBatch(8)));
      assertEquals(1, queues.malformed());
      assertEquals(0, queue.errors().of(Errno.EAGAIN));
    }
  }
}
