// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.systemd;

import dev.plumbline.netlink.libc.Descriptor;
import dev.plumbline.netlink.libc.ErrnoException;
import dev.plumbline.netlink.libc.Libc;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** A Unix socket for datagrams, which Java does not have. */
final class DatagramSocket {
  /** sockaddr_un: unix(7). */
  private static final int PATH_BYTES = 108;

  private DatagramSocket() {}

  /**
   * One that sends to another.
   *
   * @param name the other's path, or its name after an {@code @}
   * @param what it is, for messages
   * @throws ErrnoException if nobody is there
   */
  static Descriptor connect(String name, String what) throws IOException {
    byte[] address = address(name);
    int fd = Libc.socket(Libc.AF_UNIX, Libc.SOCK_DGRAM | Libc.SOCK_CLOEXEC, 0);
    Descriptor socket = new Descriptor(fd, what);
    try {
      Libc.connect(fd, address);
      return socket;
    } catch (ErrnoException e) {
      socket.close();
      throw e;
    }
  }

  /**
   * Sends one datagram without waiting: whoever does not listen holds nothing up.
   *
   * @return 0, or the errno
   */
  static int send(Descriptor socket, byte[] bytes) {
    ByteBuffer datagram = ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
    return Math.max(0, -Libc.send(socket.fd(), datagram, Libc.MSG_NOSIGNAL | Libc.MSG_DONTWAIT));
  }

  private static byte[] address(String name) throws IOException {
    byte[] path = name.getBytes(StandardCharsets.UTF_8);
    if (path.length >= PATH_BYTES) {
      throw new IOException(name + " is longer than " + (PATH_BYTES - 1) + " bytes");
    }
    boolean inAbstract = name.startsWith("@");
    // A path ends with a zero; an abstract name begins with one.
    ByteBuffer address =
        ByteBuffer.allocate(2 + path.length + (inAbstract ? 0 : 1)).order(ByteOrder.nativeOrder());
    address.putShort((short) Libc.AF_UNIX).put(path);
    if (inAbstract) {
      address.put(2, (byte) 0);
    }
    return address.array();
  }
}
