// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.bench;

import dev.plumbline.datapath.upcall.PacketSocket;
import dev.plumbline.datapath.upcall.SendQueue;
import dev.plumbline.netlink.libc.ErrnoException;
import dev.plumbline.netlink.libc.Memory;
import java.nio.ByteOrder;

/** Says to a bridge that an address is behind a device: a broadcast from it. */
final class Announcement implements AutoCloseable {
  private static final int FRAME_BYTES = 60;
  private static final int LOCAL_EXPERIMENTAL = 0x88b5; // IEEE 802

  private final PacketSocket socket;

  Announcement(int ifindex) throws ErrnoException {
    socket = PacketSocket.sending(ifindex);
  }

  void send(long mac) {
    Memory memory = Memory.allocate(80);
    memory
        .buffer()
        .duplicate()
        .order(ByteOrder.BIG_ENDIAN)
        .putShort(0, (short) -1)
        .putInt(2, -1)
        .putShort(6, (short) (mac >> 32))
        .putInt(8, (int) mac)
        .putShort(12, (short) LOCAL_EXPERIMENTAL);
    SendQueue queue = new SendQueue(socket, 1);
    boolean added = queue.add(memory, FRAME_BYTES, 0, FRAME_BYTES);
    if (!added || queue.flush() != 1) {
      throw new IllegalStateException("the announcement was not sent");
    }
  }

  @Override
  public void close() {
    socket.close();
  }
}
