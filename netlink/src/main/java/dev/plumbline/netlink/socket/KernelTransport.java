// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.netlink.socket;

import dev.plumbline.netlink.libc.Descriptor;
import dev.plumbline.netlink.libc.Errno;
import dev.plumbline.netlink.libc.ErrnoException;
import dev.plumbline.netlink.libc.Libc;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The AF_NETLINK socket itself.
 *
 * <p>The sender of a datagram is not looked at: netlink_sendmsg lets only a process with
 * CAP_NET_ADMIN send to another one's rtnetlink port, and such a one could do worse.
 */
final class KernelTransport implements Transport, AutoCloseable {
  // The kernel makes a dump's datagrams as large as the largest buffer it has seen, up to 32 KiB;
  // single objects (a device with many virtual functions) can be larger.
  private static final int RECEIVE_BYTES = 64 * 1024;
  private static final int SEND_BYTES = 16 * 1024;
  private static final int SOCKET_BUFFER_BYTES = 4 * 1024 * 1024;
  private static final int TIMEOUT_SECONDS = 10;

  // An acknowledgement is accounted with the memory it occupies, 768 to 1,280 bytes, a reply with
  // up
  // to twice its size.
  private static final int BUFFER_BYTES_PER_REQUEST = 8 * 1024;

  private final int sendLimitBytes;
  private final boolean strictChecking;
  private int requestLimit;
  private final Descriptor descriptor;
  private ByteBuffer sendBuffer = direct(SEND_BYTES);
  private ByteBuffer receiveBuffer = direct(RECEIVE_BYTES);

  private KernelTransport(int fd) throws ErrnoException {
    this.descriptor = new Descriptor(fd, "the netlink socket");
    Libc.bind(fd, sockaddr());
    required("NETLINK_EXT_ACK", Libc.NETLINK_EXT_ACK); // since Linux 4.12
    required("NETLINK_CAP_ACK", Libc.NETLINK_CAP_ACK); // since Linux 4.3
    // Since Linux 4.20; before, the kernel ignores the filters of a dump and dumps all.
    strictChecking = Libc.setsockopt(fd, Libc.SOL_NETLINK, Libc.NETLINK_GET_STRICT_CHK, 1) == 0;
    resize(Libc.SO_SNDBUFFORCE, Libc.SO_SNDBUF, SOCKET_BUFFER_BYTES);
    sendLimitBytes = Math.min(256 * 1024, Libc.getsockopt(fd, Libc.SOL_SOCKET, Libc.SO_SNDBUF) / 2);
    receiveBufferBytes(SOCKET_BUFFER_BYTES);
    byte[] timeout =
        ByteBuffer.allocate(16)
            .order(ByteOrder.nativeOrder())
            .putLong(TIMEOUT_SECONDS)
            .putLong(0)
            .array(); // struct timeval on 64-bit machines
    int errno = Libc.setsockopt(fd(), Libc.SOL_SOCKET, Libc.SO_RCVTIMEO, timeout);
    if (errno != 0) {
      throw new ErrnoException("setsockopt SO_RCVTIMEO", errno);
    }
  }

  static KernelTransport open(int protocol) throws ErrnoException {
    int fd = Libc.socket(Libc.AF_NETLINK, Libc.SOCK_RAW | Libc.SOCK_CLOEXEC, protocol);
    boolean done = false;
    try {
      KernelTransport transport = new KernelTransport(fd);
      done = true;
      return transport;
    } finally {
      if (!done) {
        Libc.close(fd);
      }
    }
  }

  /** struct sockaddr_nl: family, padding, port 0 (the kernel chooses one), groups 0. */
  private static byte[] sockaddr() {
    ByteBuffer address = ByteBuffer.allocate(12).order(ByteOrder.nativeOrder());
    return address.putShort((short) Libc.AF_NETLINK).array();
  }

  private void required(String name, int option) throws ErrnoException {
    int errno = Libc.setsockopt(fd(), Libc.SOL_NETLINK, option, 1);
    if (errno != 0) {
      throw new ErrnoException("setsockopt " + name, errno);
    }
  }

  boolean strictChecking() {
    return strictChecking;
  }

  void membership(int option, int group) throws ErrnoException {
    int errno = Libc.setsockopt(fd(), Libc.SOL_NETLINK, option, group);
    if (errno != 0) {
      throw new ErrnoException("multicast group " + group, errno);
    }
  }

  /** Asks for a receive buffer of that size; without CAP_NET_ADMIN it is at most rmem_max. */
  void receiveBufferBytes(int bytes) throws ErrnoException {
    resize(Libc.SO_RCVBUFFORCE, Libc.SO_RCVBUF, bytes);
    int granted = Libc.getsockopt(fd(), Libc.SOL_SOCKET, Libc.SO_RCVBUF);
    requestLimit = Math.min(1024, Math.max(1, granted / BUFFER_BYTES_PER_REQUEST));
  }

  private void resize(int forced, int asked, int bytes) throws ErrnoException {
    int errno = Libc.setsockopt(fd(), Libc.SOL_SOCKET, forced, bytes);
    if (errno == Errno.EPERM) {
      errno = Libc.setsockopt(fd(), Libc.SOL_SOCKET, asked, bytes);
    }
    if (errno != 0) {
      throw new ErrnoException("setsockopt of a socket buffer's size", errno);
    }
  }

  int fd() {
    return descriptor.fd();
  }

  @Override
  public void send(ByteBuffer bytes) throws ErrnoException {
    if (sendBuffer.capacity() < bytes.remaining()) {
      sendBuffer = direct(bytes.remaining());
    }
    sendBuffer.clear().put(bytes).flip();
    int sent = Libc.send(fd(), sendBuffer, 0);
    if (sent < 0) {
      throw new ErrnoException("send", -sent);
    }
  }

  @Override
  public ByteBuffer receive(boolean wait) throws ErrnoException {
    receiveBuffer.clear();
    int flags = Libc.MSG_TRUNC | (wait ? 0 : Libc.MSG_DONTWAIT);
    int length = Libc.recv(fd(), receiveBuffer, flags);
    if (length < 0) {
      throw new ErrnoException("receive", -length);
    }
    if (length > receiveBuffer.capacity()) {
      // The rest of the datagram is lost, as in an overrun, but the next one of that size will fit.
      receiveBuffer = direct(Integer.highestOneBit(length) * 2);
      throw new ErrnoException("receive a datagram of " + length + " bytes", Errno.ENOBUFS);
    }
    return receiveBuffer.limit(length);
  }

  @Override
  public int sendLimitBytes() {
    return sendLimitBytes;
  }

  @Override
  public int requestLimit() {
    return requestLimit;
  }

  @Override
  public void close() {
    descriptor.close();
  }

  private static ByteBuffer direct(int bytes) {
    return ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder());
  }
}
