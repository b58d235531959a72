// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.check;

import dev.plumbline.netlink.libc.Descriptor;
import dev.plumbline.netlink.libc.ErrnoException;
import dev.plumbline.netlink.libc.Libc;
import dev.plumbline.netlink.libc.Memory;
import dev.plumbline.spec.model.Check;
import java.io.IOException;
import java.nio.ByteBuffer;

/** A TCP connection that is begun, and closed as soon as it is there (connect(2), EINPROGRESS). */
final class ConnectTry implements Try {
  private final Descriptor socket;
  private final Memory ready = Memory.allocate(Libc.POLLFD_BYTES);

  private ConnectTry(Descriptor socket) {
    this.socket = socket;
  }

  static ConnectTry begin(Check check, Places places) throws IOException {
    return new ConnectTry(CheckSocket.open(check, places, Libc.SOCK_STREAM, 0));
  }

  @Override
  public int fd() {
    return socket.fd();
  }

  @Override
  public short events() {
    return Libc.POLLOUT;
  }

  @Override
  public boolean isAnswered() throws ErrnoException {
    ByteBuffer asked = ready.buffer();
    asked.putInt(0, fd()).putShort(4, events()).putShort(6, (short) 0);
    if (Libc.poll(ready, 1, 0) == 0) {
      return false;
    }
    int errno = Libc.getsockopt(fd(), Libc.SOL_SOCKET, Libc.SO_ERROR);
    if (errno != 0) {
      throw new ErrnoException("connect", errno);
    }
    return true;
  }

  @Override
  public void close() {
    socket.close();
  }
}
