// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.netlink.socket;

import dev.plumbline.netlink.libc.Errno;
import dev.plumbline.netlink.libc.ErrnoException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** A socket whose kernel answers with one datagram, and then with nothing more. */
public final class Replay implements Transport {
  private final ByteBuffer datagram;
  private boolean given;

  private Replay(byte[] datagram) {
    this.datagram = ByteBuffer.wrap(datagram).order(ByteOrder.nativeOrder());
  }

  /** The first request or dump on it has the sequence number 1. */
  public static NetlinkSocket socket(byte[] datagram) {
    return new NetlinkSocket(new Replay(datagram));
  }

  @Override
  public void send(ByteBuffer bytes) {
    // Nobody is there.
  }

  @Override
  public ByteBuffer receive(boolean wait) throws ErrnoException {
    if (given) {
      throw new ErrnoException("receive", Errno.EAGAIN);
    }
    given = true;
    return datagram;
  }

  @Override
  public int sendLimitBytes() {
    return 65_536;
  }

  @Override
  public int requestLimit() {
    return 100;
  }
}
