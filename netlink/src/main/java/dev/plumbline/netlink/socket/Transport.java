// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.netlink.socket;

import dev.plumbline.netlink.libc.ErrnoException;
import java.nio.ByteBuffer;

/** Datagrams to and from the kernel; apart from the socket so that frames can be made up. */
interface Transport {
  /** Sends the bytes from the position to the limit as one datagram. */
  void send(ByteBuffer bytes) throws ErrnoException;

  /**
   * Receives one datagram.
   *
   * @param wait whether to wait for one for some seconds
   * @return it, from position 0 to the limit, valid until the next call
   * @throws ErrnoException EAGAIN if there is none, ENOBUFS after an overrun
   */
  ByteBuffer receive(boolean wait) throws ErrnoException;

  /** Most bytes to send at once. */
  int sendLimitBytes();

  /** Most requests to send at once, so that their acknowledgements find room. */
  int requestLimit();
}
