// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.check;

import dev.plumbline.netlink.libc.Descriptor;
import dev.plumbline.netlink.libc.Errno;
import dev.plumbline.netlink.libc.ErrnoException;
import dev.plumbline.netlink.libc.Libc;
import dev.plumbline.spec.model.Check;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * An echo request on a raw socket (raw(7)), which takes CAP_NET_RAW and no sysctl. Being connected,
 * the socket is given what comes from that very address alone.
 */
final class PingTry implements Try {
  /** More than an IPv4 header with options (60 bytes) and the reply. */
  private static final int LONGEST_REPLY = 128;

  private final Descriptor socket;
  private final EchoMessage echo;
  private final ByteBuffer received = ByteBuffer.allocateDirect(LONGEST_REPLY);

  private PingTry(Descriptor socket, EchoMessage echo) {
    this.socket = socket;
    this.echo = echo;
  }

  static PingTry begin(Check check, Places places, int number) throws IOException {
    boolean ipv4 = CheckSocket.isIpv4(check.address());
    int protocol = ipv4 ? Libc.IPPROTO_ICMP : Libc.IPPROTO_ICMPV6;
    Descriptor socket = CheckSocket.open(check, places, Libc.SOCK_RAW, protocol);
    EchoMessage echo = EchoMessage.of(ipv4, number);
    int sent = Libc.send(socket.fd(), echo.request(), Libc.MSG_NOSIGNAL);
    if (sent < 0) {
      socket.close();
      throw new ErrnoException("send", -sent);
    }
    return new PingTry(socket, echo);
  }

  @Override
  public int fd() {
    return socket.fd();
  }

  @Override
  public short events() {
    return Libc.POLLIN;
  }

  @Override
  public boolean isAnswered() throws ErrnoException {
    while (true) {
      int bytes = Libc.recv(fd(), received.clear(), Libc.MSG_DONTWAIT);
      if (bytes == -Errno.EAGAIN) {
        return false;
      }
      if (bytes < 0) {
        throw new ErrnoException("ping", -bytes);
      }
      if (echo.isReply(received.limit(Math.min(bytes, LONGEST_REPLY)))) {
        return true;
      }
    }
  }

  @Override
  public void close() {
    socket.close();
  }
}
