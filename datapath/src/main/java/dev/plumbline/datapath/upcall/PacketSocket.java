// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.upcall;

import dev.plumbline.netlink.libc.Descriptor;
import dev.plumbline.netlink.libc.Errno;
import dev.plumbline.netlink.libc.ErrnoException;
import dev.plumbline.netlink.libc.Libc;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * An AF_PACKET socket of one device whose frames have vnet headers (packet(7), PACKET_VNET_HDR). It
 * never blocks.
 */
public final class PacketSocket implements AutoCloseable {
  private static final int SOCKADDR_LL_BYTES = 20;
  private static final int ETH_P_ALL = 3;
  private static final int BUFFER_BYTES = 16 * 1024 * 1024;

  private final Descriptor descriptor;

  private PacketSocket(int fd) {
    this.descriptor = new Descriptor(fd, "the packet socket");
  }

  /**
   * A socket that sends and receives nothing.
   *
   * @param ifindex of a device in the calling thread's namespace
   * @throws ErrnoException ENODEV if there is none
   */
  public static PacketSocket sending(int ifindex) throws ErrnoException {
    return open(ifindex, false);
  }

  /**
   * A socket that also receives what the device receives, but not what it sends, tags beside the
   * frames as PACKET_AUXDATA.
   *
   * @throws ErrnoException ENODEV if there is no such device, ENOPROTOOPT before Linux 4.20, which
   *     cannot leave out what is sent
   */
  public static PacketSocket receiving(int ifindex) throws ErrnoException {
    return open(ifindex, true);
  }

  private static PacketSocket open(int ifindex, boolean receives) throws ErrnoException {
    // Protocol 0: nothing is received before the options are set, or ever.
    int type = Libc.SOCK_RAW | Libc.SOCK_CLOEXEC | Libc.SOCK_NONBLOCK;
    int fd = Libc.socket(Libc.AF_PACKET, type, 0);
    boolean done = false;
    try {
      option(fd, Libc.SOL_PACKET, Libc.PACKET_VNET_HDR, "PACKET_VNET_HDR", 1);
      buffer(fd, Libc.SO_SNDBUFFORCE, Libc.SO_SNDBUF, "SO_SNDBUF");
      if (receives) {
        option(fd, Libc.SOL_PACKET, Libc.PACKET_AUXDATA, "PACKET_AUXDATA", 1);
        option(fd, Libc.SOL_PACKET, Libc.PACKET_IGNORE_OUTGOING, "PACKET_IGNORE_OUTGOING", 1);
        buffer(fd, Libc.SO_RCVBUFFORCE, Libc.SO_RCVBUF, "SO_RCVBUF");
      }
      Libc.bind(fd, address(ifindex, receives ? ETH_P_ALL : 0));
      done = true;
      return new PacketSocket(fd);
    } finally {
      if (!done) {
        Libc.close(fd);
      }
    }
  }

  private static void option(int fd, int level, int number, String name, int value)
      throws ErrnoException {
    int errno = Libc.setsockopt(fd, level, number, value);
    if (errno != 0) {
      throw new ErrnoException("setsockopt " + name, errno);
    }
  }

  /** Without CAP_NET_ADMIN at most what net.core.wmem_max and rmem_max grant. */
  private static void buffer(int fd, int forced, int asked, String name) throws ErrnoException {
    int errno = Libc.setsockopt(fd, Libc.SOL_SOCKET, forced, BUFFER_BYTES);
    if (errno == Errno.EPERM) {
      option(fd, Libc.SOL_SOCKET, asked, name, BUFFER_BYTES);
    } else if (errno != 0) {
      throw new ErrnoException("setsockopt " + name + "FORCE", errno);
    }
  }

  /** struct sockaddr_ll: family, protocol (network byte order), index; the rest is for senders. */
  private static byte[] address(int ifindex, int protocol) {
    ByteBuffer address = ByteBuffer.allocate(SOCKADDR_LL_BYTES).order(ByteOrder.nativeOrder());
    address.putShort((short) Libc.AF_PACKET);
    address.put((byte) (protocol >> 8)).put((byte) protocol).putInt(ifindex);
    return address.array();
  }

  /** Owned by this. */
  public int fd() {
    return descriptor.fd();
  }

  /** Closes it; a second time does nothing. */
  @Override
  public void close() {
    descriptor.close();
  }
}
