// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.bench;

import dev.plumbline.netlink.libc.ErrnoException;
import dev.plumbline.netlink.libc.Libc;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Sees the IPv4 frames that a device receives, at once. Of the namespace of who makes it. */
final class Arrival implements AutoCloseable {
  private static final int AF_PACKET = 17; // packet(7)
  private static final int SOCK_RAW = 3;
  private static final int IPV4 = 0x0800;
  private static final int IP_SOURCE = 26;
  private static final long PATIENCE_NANOS = 1_000_000_000;

  private final int socket;
  private final ByteBuffer frame = ByteBuffer.allocateDirect(64);

  Arrival(int ifindex) throws ErrnoException {
    int protocol = Short.toUnsignedInt(Short.reverseBytes((short) IPV4));
    socket = Libc.socket(AF_PACKET, SOCK_RAW | Libc.SOCK_CLOEXEC, protocol);
    ByteBuffer address = ByteBuffer.allocate(20).order(ByteOrder.nativeOrder());
    address.putShort((short) AF_PACKET).putShort((short) protocol).putInt(ifindex);
    Libc.bind(socket, address.array());
  }

  /** Forgets what has come. */
  void drain() {
    while (receive()) {}
  }

  /** Spins until a frame of a {@link Flood} is there. */
  void await() throws IOException {
    long end = System.nanoTime() + PATIENCE_NANOS;
    while (!receive() || frame.getShort(IP_SOURCE) != Flood.NETWORK) {
      if (System.nanoTime() > end) {
        throw new IOException("a frame did not arrive within a second");
      }
    }
  }

  private boolean receive() {
    frame.clear();
    return Libc.recv(socket, frame, Libc.MSG_DONTWAIT) > 0;
  }

  @Override
  public void close() {
    Libc.close(socket);
  }
}
