// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.bench;

import dev.plumbline.datapath.upcall.PacketSocket;
import dev.plumbline.datapath.upcall.SendQueue;
import dev.plumbline.netlink.libc.ErrnoException;
import dev.plumbline.netlink.libc.Memory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.SplittableRandom;
import java.util.concurrent.locks.LockSupport;

/**
 * Sends UDP frames of 64 bytes (60, and the check sequence that veth does not have) by an AF_PACKET
 * socket, many in one system call, from the namespace of the thread that makes it. A flow is a
 * source MAC with its source address and port. The source addresses are a group's, so that the
 * receiver's IP stack drops the frames before it looks for a route (ip_route_input_slow,
 * net/ipv4/route.c): what it does is not to be measured.
 */
final class Flood implements AutoCloseable {
  /** Any number of flows, each of one frame. */
  static final int RANDOM = 0;

  /**
   * The same, and each frame is TCP or UDP to an address and a port of its own: whoever looks
   * through rules looks at other bits for each.
   */
  static final int EXPLODING = -1;

  /** The first two bytes of all source addresses. */
  static final short NETWORK = (short) 0xe0c8;

  private static final int BATCH = 256;
  private static final int VNET_BYTES = 10;
  private static final int FRAME_BYTES = 60;
  private static final int PLACE_BYTES = 80;
  private static final int VNET_OFFSET = 64;

  // Ethernet, IPv4, UDP
  private static final int SOURCE_MAC = 6;
  private static final int IP_PROTOCOL = 23;
  private static final int IP_CHECKSUM = 24;
  private static final int IP_SOURCE = 26;
  private static final int UDP_SOURCE = 34;
  private static final int TCP_OFFSET = 46;

  private final PacketSocket socket;
  private final SendQueue queue;
  private final Memory memory = Memory.allocate(BATCH * PLACE_BYTES);
  private final ByteBuffer frames = memory.buffer().duplicate().order(ByteOrder.BIG_ENDIAN);
  private final int flows;
  private final SplittableRandom random = new SplittableRandom();
  private int next;

  /**
   * A flood.
   *
   * @param destination MAC address in the low 48 bits
   * @param flows from 1, or {@link #RANDOM} or {@link #EXPLODING}
   */
  Flood(int ifindex, long destination, int flows) throws ErrnoException {
    this.flows = flows;
    socket = PacketSocket.sending(ifindex);
    queue = new SendQueue(socket, BATCH);
    for (int i = 0; i < BATCH; i++) {
      int at = i * PLACE_BYTES;
      putMac(at, destination);
      frames.putShort(at + 12, (short) 0x0800);
      frames.putShort(at + 14, (short) 0x4500).putShort(at + 16, (short) (FRAME_BYTES - 14));
      frames.putInt(at + 22, 0x4011_0000); // TTL 64, UDP
      frames.putInt(at + 30, 0x0ac8_ffff); // to 10.200.255.255
      frames.putShort(at + UDP_SOURCE + 2, (short) 9).putShort(at + 38, (short) (FRAME_BYTES - 34));
    }
  }

  private void putMac(int at, long mac) {
    frames.putShort(at, (short) (mac >> 32)).putInt(at + 2, (int) mac);
  }

  private void prepare(int place, long flow) {
    int at = place * PLACE_BYTES;
    putMac(at + SOURCE_MAC, 0x02aa_0000_0000L | (flow & 0xff_ffff_ffffL));
    frames.putShort(at + IP_SOURCE, NETWORK).putShort(at + IP_SOURCE + 2, (short) flow);
    frames.putShort(at + UDP_SOURCE, (short) (1024 + flow % 60_000));
    frames.putShort(at + IP_CHECKSUM, (short) 0);
    int sum = 0;
    for (int i = 14; i < 34; i += 2) {
      sum += frames.getShort(at + i) & 0xffff;
    }
    sum = (sum & 0xffff) + (sum >> 16);
    frames.putShort(at + IP_CHECKSUM, (short) ~(sum + (sum >> 16)));
  }

  private int send(int count) {
    for (int i = 0; i < count; i++) {
      if (flows == EXPLODING) {
        int at = i * PLACE_BYTES;
        long bits = random.nextLong();
        frames.put(at + IP_PROTOCOL, (byte) ((bits & 1) == 0 ? 6 : 17));
        frames.putInt(at + IP_SOURCE + 4, (int) (bits >>> 32));
        frames.putShort(at + UDP_SOURCE + 2, (short) (bits >>> 16));
        frames.put(at + TCP_OFFSET, (byte) 0x50);
        prepare(i, random.nextLong());
      } else if (flows == RANDOM) {
        prepare(i, random.nextLong());
      } else {
        prepare(i, next);
        next = next + 1 == flows ? 0 : next + 1;
      }
      boolean unused =
          queue.add(memory, i * PLACE_BYTES + VNET_OFFSET, i * PLACE_BYTES, FRAME_BYTES);
    }
    return queue.flush();
  }

  /** Sends one frame. */
  void one() {
    int unused = send(1);
  }

  /** Sends each flow's frame once. */
  void once() {
    for (int left = flows; left > 0; left -= BATCH) {
      int unused = send(Math.min(left, BATCH));
    }
  }

  /**
   * Sends for a time.
   *
   * @param perSecond frames; 0: as many as go
   * @return how many were sent
   */
  long run(long nanos, int perSecond) {
    long begin = System.nanoTime();
    long sent = 0;
    while (!Thread.currentThread().isInterrupted()) {
      long elapsed = System.nanoTime() - begin;
      if (elapsed >= nanos) {
        break;
      }
      long due = perSecond == 0 ? BATCH : (long) (perSecond * (elapsed / 1e9)) - sent;
      if (due <= 0) {
        LockSupport.parkNanos(200_000);
        continue;
      }
      // What could not be sent in time is not made up for: a flood of a rate has no bursts.
      sent += send((int) Math.min(due, BATCH));
    }
    return sent;
  }

  @Override
  public void close() {
    socket.close();
  }

  static {
    if (VNET_OFFSET + VNET_BYTES > PLACE_BYTES) {
      throw new AssertionError("places are too small");
    }
  }
}
