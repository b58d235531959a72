// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.tunnel;

import dev.plumbline.netlink.libc.Descriptor;
import dev.plumbline.netlink.libc.Errno;
import dev.plumbline.netlink.libc.ErrnoException;
import dev.plumbline.netlink.libc.Libc;
import dev.plumbline.netlink.libc.Memory;
import dev.plumbline.netlink.libc.MessageVector;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/**
 * GRE packets by the host's own stack, for one IP version: what the fast path cannot send is routed
 * and fragmented by the kernel, and what it leaves to the host (fragments, that is, put together
 * again) is read here. While it is open the host answers no GRE with "protocol unreachable".
 *
 * <p>A raw socket: raw(7), ip(7), ipv6(7).
 */
final class GreSocket implements AutoCloseable {
  private static final int AF_INET = 2;
  private static final int AF_INET6 = 10;
  private static final int IPPROTO_GRE = 47;

  private static final int IPPROTO_IP = 0; // <linux/in.h>
  private static final int IP_TOS = 1;
  private static final int IP_TTL = 2;
  private static final int IP_PKTINFO = 8;
  private static final int IP_MTU_DISCOVER = 10;
  private static final int IP_PMTUDISC_DONT = 0;
  private static final int IP_PMTUDISC_DO = 2;

  private static final int IPPROTO_IPV6 = 41; // <linux/in6.h>
  private static final int IPV6_RECVPKTINFO = 49;
  private static final int IPV6_PKTINFO = 50;
  private static final int IPV6_HOPLIMIT = 52;
  private static final int IPV6_RECVTCLASS = 66;
  private static final int IPV6_TCLASS = 67;

  private static final int NAME_BYTES = 28; // struct sockaddr_in6
  private static final int PACKET = 64; // where the packet begins in the memory
  private static final int PACKET_BYTES = 65_536;
  private static final int CONTROL_BYTES =
      MessageVector.controlBytes(20) + 2 * MessageVector.controlBytes(Integer.BYTES);

  private final boolean ipv6;
  private final Memory memory = Memory.allocate(PACKET + PACKET_BYTES);
  private final MessageVector messages = new MessageVector(1, 1, CONTROL_BYTES);
  private final Descriptor descriptor;
  private int discovery = -1;
  private byte[] source = new byte[0];
  private byte[] destination = new byte[0];
  private int tos;
  private int offset;

  private GreSocket(boolean ipv6, int fd) {
    this.ipv6 = ipv6;
    this.descriptor = new Descriptor(fd, "the GRE socket");
  }

  /** In the calling thread's network namespace; null if the kernel does not have this IP. */
  static @Nullable GreSocket open(boolean ipv6) throws IOException {
    int fd;
    try {
      int type = Libc.SOCK_RAW | Libc.SOCK_NONBLOCK | Libc.SOCK_CLOEXEC;
      fd = Libc.socket(ipv6 ? AF_INET6 : AF_INET, type, IPPROTO_GRE);
    } catch (ErrnoException e) {
      if (ipv6 && e.errno() == 97) { // EAFNOSUPPORT
        return null;
      }
      throw e;
    }
    GreSocket socket = new GreSocket(ipv6, fd);
    if (ipv6) {
      socket.option(IPPROTO_IPV6, IPV6_RECVPKTINFO, 1);
      socket.option(IPPROTO_IPV6, IPV6_RECVTCLASS, 1);
    }
    return socket;
  }

  private void option(int level, int number, int value) throws ErrnoException {
    int errno = Libc.setsockopt(fd(), level, number, value);
    if (errno != 0) {
      throw new ErrnoException("setsockopt " + level + " " + number + " of a GRE socket", errno);
    }
  }

  int fd() {
    return descriptor.fd();
  }

  /** Where a packet's bytes are to be put, and are found, from its GRE header on. */
  ByteBuffer buffer() {
    return memory.buffer();
  }

  /** Where the GRE header of a packet that is to be sent begins in {@link #buffer}. */
  int start() {
    return PACKET;
  }

  /**
   * Sends what was put into the buffer.
   *
   * @param length of GRE header and frame
   * @param from null: the kernel chooses
   * @param hops TTL or hop limit
   * @return 0, or the errno
   */
  int send(
      int length,
      InetAddress to,
      @Nullable InetAddress from,
      int tos,
      int hops,
      boolean dontFragment)
      throws ErrnoException {
    ByteBuffer buffer = memory.buffer();
    for (int i = 0; i < NAME_BYTES; i++) {
      buffer.put(i, (byte) 0);
    }
    buffer.putShort(0, (short) (ipv6 ? AF_INET6 : AF_INET));
    buffer.put(ipv6 ? 8 : 4, to.getAddress());
    messages.name(0, memory.address(0, NAME_BYTES), ipv6 ? NAME_BYTES : 16);
    messages.part(0, 0, memory.address(PACKET, length), length);
    messages.noControls(0);
    int level = ipv6 ? IPPROTO_IPV6 : IPPROTO_IP;
    if (from != null) {
      byte[] info = new byte[ipv6 ? 20 : 12];
      System.arraycopy(from.getAddress(), 0, info, ipv6 ? 0 : 4, ipv6 ? 16 : 4);
      messages.addControl(0, level, ipv6 ? IPV6_PKTINFO : IP_PKTINFO, info);
    }
    messages.addControl(0, level, ipv6 ? IPV6_TCLASS : IP_TOS, native4(tos));
    messages.addControl(0, level, ipv6 ? IPV6_HOPLIMIT : IP_TTL, native4(hops));
    int wanted = dontFragment ? IP_PMTUDISC_DO : IP_PMTUDISC_DONT;
    if (!ipv6 && discovery != wanted) {
      option(IPPROTO_IP, IP_MTU_DISCOVER, wanted);
      discovery = wanted;
    }
    int sent = Libc.sendmmsg(fd(), messages, 0, 1, 0);
    return sent < 0 ? -sent : 0;
  }

  /**
   * Reads a packet; its GRE header begins at {@link #offset}.
   *
   * @return bytes from there on; -1: there is none
   */
  int receive() throws ErrnoException {
    messages.name(0, memory.address(0, NAME_BYTES), NAME_BYTES);
    messages.part(0, 0, memory.address(PACKET, PACKET_BYTES), PACKET_BYTES);
    messages.clearControls(1);
    int received = Libc.recvmmsg(fd(), messages, 1, 0);
    if (received < 0 && -received != Errno.EAGAIN && -received != Errno.EINTR) {
      // Errors of packets sent earlier (ICMP) are told here; they are not this packet's.
      return -received == Errno.ENOMEM || -received == Errno.ENOBUFS ? -1 : 0;
    }
    if (received <= 0) {
      return -1;
    }
    int length = messages.length(0);
    return ipv6 ? receivedIpv6(length) : receivedIpv4(length);
  }

  private int receivedIpv4(int length) {
    ByteBuffer buffer = memory.buffer();
    if (length < 20) {
      return 0;
    }
    source = bytes(buffer, PACKET + 12, 4);
    destination = bytes(buffer, PACKET + 16, 4);
    tos = buffer.get(PACKET + 1) & 0xff;
    int header = (buffer.get(PACKET) & 15) * 4;
    offset = PACKET + header;
    return Math.max(0, length - header);
  }

  private int receivedIpv6(int length) {
    source = bytes(memory.buffer(), 8, 16);
    int info = messages.findControl(0, IPPROTO_IPV6, IPV6_PKTINFO, 20);
    int traffic = messages.findControl(0, IPPROTO_IPV6, IPV6_TCLASS, Integer.BYTES);
    if (info < 0) {
      return 0;
    }
    destination = bytes(messages.buffer(), info, 16);
    tos = traffic < 0 ? 0 : messages.buffer().getInt(traffic);
    offset = PACKET;
    return length;
  }

  private static byte[] bytes(ByteBuffer from, int at, int count) {
    byte[] bytes = new byte[count];
    from.get(at, bytes);
    return bytes;
  }

  private static byte[] native4(int value) {
    return ByteBuffer.allocate(4).order(ByteOrder.nativeOrder()).putInt(value).array();
  }

  int offset() {
    return offset;
  }

  InetAddress source() throws IOException {
    return InetAddress.getByAddress(source);
  }

  InetAddress destination() throws IOException {
    return InetAddress.getByAddress(destination);
  }

  /** TOS or traffic class of the packet that was received. */
  int tos() {
    return tos;
  }

  @Override
  public void close() {
    descriptor.close();
  }
}
