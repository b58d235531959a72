// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.control;

import dev.plumbline.datapath.upcall.PacketSocket;
import dev.plumbline.netlink.libc.Errno;
import dev.plumbline.netlink.libc.Libc;
import dev.plumbline.netlink.namespace.NetNamespace;
import dev.plumbline.netlink.testing.Sh;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** A device, by a packet socket: what it receives is seen, and frames can be sent by it. */
final class Wire implements AutoCloseable {
  private static final int VNET_BYTES = 10; // struct virtio_net_hdr

  private final PacketSocket socket;
  private final byte[] buffer = new byte[VNET_BYTES + 65_536];
  private final ByteBuffer poll = ByteBuffer.allocateDirect(8).order(ByteOrder.nativeOrder());

  private Wire(PacketSocket socket) {
    this.socket = socket;
  }

  /** A device of the test's own namespace. */
  static Wire of(String device) throws IOException {
    return new Wire(PacketSocket.receiving(index("ip", device)));
  }

  /** A device of another namespace. */
  static Wire of(String namespace, String device) throws Exception {
    try (NetNamespace there = NetNamespace.named(namespace)) {
      int index = index("ip -n " + namespace, device);
      return there.run(() -> new Wire(PacketSocket.receiving(index)));
    }
  }

  private static int index(String ip, String device) {
    return Integer.parseInt(Sh.run(ip + " -o link show " + device + " | cut -d: -f1").strip());
  }

  void send(byte[] frame) {
    byte[] message = new byte[VNET_BYTES + frame.length];
    System.arraycopy(frame, 0, message, VNET_BYTES, frame.length);
    int sent = Libc.write(socket.fd(), message);
    if (sent != message.length) {
      throw new AssertionError("sent " + sent + " of " + message.length);
    }
  }

  /** The next frame, without the tag that was beside it; null: none comes in time. */
  byte @Nullable [] receive(int timeoutMillis) throws IOException {
    poll.putInt(0, socket.fd()).putShort(4, (short) Libc.POLLIN);
    if (Libc.poll(poll, 1, timeoutMillis) == 0) {
      return null;
    }
    int length = Libc.read(socket.fd(), buffer);
    if (length == -Errno.EAGAIN) {
      return null;
    }
    if (length < VNET_BYTES) {
      throw new AssertionError("read " + length);
    }
    return Arrays.copyOfRange(buffer, VNET_BYTES, length);
  }

  /** The next frame that is wanted; others are passed over. */
  byte[] await(String what, Predicate<byte[]> wanted) throws IOException {
    long end = System.nanoTime() + 30_000_000_000L;
    while (System.nanoTime() < end) {
      byte[] frame = receive(100);
      if (frame != null && wanted.test(frame)) {
        return frame;
      }
    }
    throw new AssertionError(what + " did not come");
  }

  /** Where the bytes are in the frame; -1: nowhere. */
  static int find(byte[] frame, byte[] bytes) {
    for (int at = 0; at + bytes.length <= frame.length; at++) {
      if (Arrays.equals(frame, at, at + bytes.length, bytes, 0, bytes.length)) {
        return at;
      }
    }
    return -1;
  }

  @Override
  public void close() {
    socket.close();
  }
}
