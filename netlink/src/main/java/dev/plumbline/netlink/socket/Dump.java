// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.netlink.socket;

import dev.plumbline.netlink.libc.Errno;
import dev.plumbline.netlink.libc.ErrnoException;
import dev.plumbline.netlink.wire.MessageWriter;
import dev.plumbline.netlink.wire.NetlinkFormat;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** One attempt at a dump: what has come of it so far. */
final class Dump {
  private final Request request;
  private final MessageWriter written;
  private final int sequence;
  private final MessageHandler handler;
  private boolean interrupted;
  private boolean ended;
  private @Nullable NetlinkException failure;
  private @Nullable RuntimeException handlerFailure;

  Dump(Request request, MessageWriter written, int sequence, MessageHandler handler) {
    this.request = request;
    this.written = written;
    this.sequence = sequence;
    this.handler = handler;
  }

  /**
   * Receives up to the end, even when the handler has failed or the dump is known to be of no use:
   * a socket with a dump half read answers the next one with EBUSY.
   *
   * @return whether it is whole; false if it was interrupted
   */
  boolean receive(Transport transport) throws ErrnoException, NetlinkException {
    while (!ended) {
      try {
        take(Frame.copy(transport.receive(true)));
      } catch (ErrnoException e) {
        if (e.errno() != Errno.ENOBUFS) {
          throw e;
        }
        interrupted = true; // part of it is lost; the rest has to be drained all the same
      }
    }
    if (handlerFailure != null) {
      throw handlerFailure;
    }
    if (failure != null) {
      throw failure;
    }
    return !interrupted;
  }

  private void take(ByteBuffer datagram) {
    Frame frame = new Frame(datagram);
    while (!ended && frame.next()) {
      if (frame.sequence() == sequence) {
        take(frame);
      }
    }
  }

  private void take(Frame frame) {
    interrupted |= frame.has(NetlinkFormat.NLM_F_DUMP_INTR);
    switch (frame.type()) {
      case NetlinkFormat.NLMSG_NOOP -> {}
      case NetlinkFormat.NLMSG_DONE, NetlinkFormat.NLMSG_ERROR -> {
        failure = Acknowledgement.read(frame, request, written, 0);
        ended = true;
      }
      default -> hand(frame);
    }
  }

  private void hand(Frame frame) {
    if (!interrupted && handlerFailure == null) {
      try {
        handler.message(frame.message());
      } catch (RuntimeException e) {
        handlerFailure = e;
      }
    }
  }
}
