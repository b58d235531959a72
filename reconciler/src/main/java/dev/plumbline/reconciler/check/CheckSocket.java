// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.check;

import dev.plumbline.netlink.libc.Descriptor;
import dev.plumbline.netlink.libc.Errno;
import dev.plumbline.netlink.libc.ErrnoException;
import dev.plumbline.netlink.libc.Libc;
import dev.plumbline.spec.model.Check;
import dev.plumbline.spec.value.IpAddress;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Sockets of checks: made in a namespace, bound and connected as the check says. */
final class CheckSocket {
  private CheckSocket() {}

  /**
   * One that is connected, or begins to be.
   *
   * @param type of socket(2), without flags
   * @throws ErrnoException with what the kernel says
   * @throws IOException if the namespace cannot be entered
   */
  static Descriptor open(Check check, Places places, int type, int protocol) throws IOException {
    int family = isIpv4(check.address()) ? Libc.AF_INET : Libc.AF_INET6;
    int flags = Libc.SOCK_NONBLOCK | Libc.SOCK_CLOEXEC;
    int fd = places.runIn(check.namespace(), () -> Libc.socket(family, type | flags, protocol));
    Descriptor socket = new Descriptor(fd, "the socket of a check");
    boolean done = false;
    try {
      String device = check.device();
      if (device != null) {
        byte[] name = (device + "\0").getBytes(StandardCharsets.UTF_8);
        int errno = Libc.setsockopt(fd, Libc.SOL_SOCKET, Libc.SO_BINDTODEVICE, name);
        if (errno != 0) {
          throw new ErrnoException("bind to device " + device, errno);
        }
      }
      reportErrors(fd, family);
      IpAddress source = check.source();
      if (source != null) {
        Libc.bind(fd, address(source, null));
      }
      connect(fd, address(check.address(), check.port()));
      done = true;
      return socket;
    } finally {
      if (!done) {
        socket.close();
      }
    }
  }

  /** ICMP errors that may be for a moment are errors, too (ip(7)). */
  private static void reportErrors(int fd, int family) throws ErrnoException {
    int errno =
        family == Libc.AF_INET
            ? Libc.setsockopt(fd, Libc.SOL_IP, Libc.IP_RECVERR, 1)
            : Libc.setsockopt(fd, Libc.SOL_IPV6, Libc.IPV6_RECVERR, 1);
    if (errno != 0) {
      throw new ErrnoException("set RECVERR", errno);
    }
  }

  private static void connect(int fd, byte[] address) throws ErrnoException {
    try {
      Libc.connect(fd, address);
    } catch (ErrnoException e) {
      if (e.errno() != Errno.EINPROGRESS) {
        throw e;
      }
    }
  }

  static boolean isIpv4(IpAddress address) {
    return address.bytes().length == 4;
  }

  /**
   * struct sockaddr_in (ip(7)) or sockaddr_in6 (ipv6(7)): the family in the host's order, the port
   * in the network's, for IPv6 a flow label of 0, the address, and for IPv6 a scope of 0.
   */
  static byte[] address(IpAddress address, @Nullable Integer port) {
    boolean ipv4 = isIpv4(address);
    ByteBuffer bytes = ByteBuffer.allocate(ipv4 ? 16 : 28).order(ByteOrder.nativeOrder());
    bytes.putShort((short) (ipv4 ? Libc.AF_INET : Libc.AF_INET6));
    bytes.order(ByteOrder.BIG_ENDIAN).putShort((short) (port == null ? 0 : port));
    if (!ipv4) {
      bytes.putInt(0);
    }
    return bytes.put(address.bytes()).array();
  }
}
