// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.netlink.socket;

import dev.plumbline.netlink.libc.Errno;
import dev.plumbline.netlink.libc.ErrnoException;
import dev.plumbline.netlink.libc.Libc;
import dev.plumbline.netlink.namespace.NetNamespace;
import dev.plumbline.netlink.wire.MessageWriter;
import dev.plumbline.netlink.wire.NetlinkFormat;
import dev.plumbline.netlink.wire.WireException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A netlink socket: either for requests and dumps, or, once it has joined a group, for multicast
 * messages; the two are not mixed on one socket, so that an answer never waits behind a flood of
 * events. Belongs to one thread at a time. It stays in the namespace it was opened in, whatever
 * namespace its users are in.
 *
 * <p>{@link WireException}s come out of all methods if the kernel's bytes are not understood.
 */
public final class NetlinkSocket implements AutoCloseable {
  /** rtnetlink(7). */
  public static final int ROUTE = 0;

  /** Generic netlink. */
  public static final int GENERIC = 16;

  private static final int DUMP_ATTEMPTS = 20;

  /** No pause between two attempts is longer. All together they last some six seconds. */
  private static final long LONGEST_PAUSE_MILLIS = 512;

  private final Transport transport;
  private final @Nullable KernelTransport kernel;
  private int sequence = 1;
  private boolean subscribed;

  /** For frames that are made up. */
  NetlinkSocket(Transport transport) {
    this.transport = transport;
    this.kernel = transport instanceof KernelTransport made ? made : null;
  }

  /**
   * Opens a socket in the namespace of the calling thread.
   *
   * @param protocol {@link #ROUTE} or another NETLINK_* family
   */
  public static NetlinkSocket open(int protocol) throws IOException {
    return new NetlinkSocket(KernelTransport.open(protocol));
  }

  /** Opens a socket in that namespace; the calling thread is there for a moment. */
  public static NetlinkSocket open(int protocol, NetNamespace namespace) throws IOException {
    try {
      return namespace.run(() -> open(protocol));
    } catch (IOException | RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new IllegalStateException(e); // open throws nothing else
    }
  }

  /**
   * Makes one request.
   *
   * @return the replies, of which most requests have none
   * @throws NetlinkException if the kernel refuses it
   */
  public List<Message> request(Request request) throws IOException {
    return requestAll(List.of(request)).get(0).orThrow();
  }

  /**
   * Makes many requests, in order, in as few system calls as the socket's buffers allow. Each is
   * done or refused for itself: those behind a refused one are still made.
   *
   * <p>A request that cannot be written (its {@code write} throws) lets the whole call fail before
   * anything is sent. If acknowledgements are lost (ENOBUFS) or do not come (EAGAIN), the requests
   * they belong to may or may not have been done; their results say so by that errno.
   *
   * @return a result for each request, in the requests' order
   */
  public List<Result> requestAll(List<? extends Request> requests) throws IOException {
    unsubscribed();
    Batch batch = new Batch(requests, sequence);
    sequence += requests.size();
    return batch.run(transport);
  }

  /**
   * Dumps, and gives every message to the function.
   *
   * @return what the function gave, in the kernel's order
   * @throws NetlinkException if the kernel refuses
   * @throws DumpInterruptedException if the dumped objects changed during each of several attempts
   */
  public <T> List<T> dump(Request request, Function<Message, T> function) throws IOException {
    List<T> all = new ArrayList<>();
    dump(
        request,
        new MessageHandler() {
          @Override
          public void begin() {
            all.clear();
          }

          @Override
          public void message(Message message) {
            all.add(function.apply(message));
          }
        });
    return all;
  }

  /** Dumps as {@link #dump(Request, Function)}, for a handler that keeps the results itself. */
  public void dump(Request request, MessageHandler handler) throws IOException {
    unsubscribed();
    for (int attempt = 1; attempt <= DUMP_ATTEMPTS; attempt++) {
      handler.begin();
      if (dumpOnce(request, handler)) {
        return;
      }
      // Whoever changes things needs a moment; the first attempts come at once. When thousands of
      // devices have gone up, their IPv6 addresses change state for seconds (RFC 4862, 5.4).
      long pauseMillis = attempt == 1 ? 0 : Math.min(1L << (attempt - 2), LONGEST_PAUSE_MILLIS);
      LockSupport.parkNanos(pauseMillis * 1_000_000L);
    }
    throw new DumpInterruptedException(request.description(), DUMP_ATTEMPTS);
  }

  /** False if the dump was interrupted. */
  private boolean dumpOnce(Request request, MessageHandler handler) throws IOException {
    MessageWriter writer = new MessageWriter(256);
    int flags = request.flags() | NetlinkFormat.NLM_F_REQUEST | NetlinkFormat.NLM_F_DUMP;
    int dumpSequence = sequence++;
    writer.begin(request.type(), flags, dumpSequence);
    request.write(writer);
    writer.end();
    try {
      transport.send(writer.written());
      return new Dump(request, writer, dumpSequence, handler).receive(transport);
    } catch (ErrnoException e) {
      throw withCause(new NetlinkException(request.description(), e.errno()), e);
    }
  }

  private static NetlinkException withCause(NetlinkException exception, Throwable cause) {
    exception.initCause(cause);
    return exception;
  }

  /**
   * Joins a multicast group. From then on the socket is only good for {@link #receive}.
   *
   * @param group its number ({@code RTNLGRP_LINK}), not a bit mask
   */
  public void join(int group) throws IOException {
    kernel().membership(Libc.NETLINK_ADD_MEMBERSHIP, group);
    subscribed = true;
  }

  /** Leaves a multicast group; messages received before are still there. */
  public void leave(int group) throws IOException {
    kernel().membership(Libc.NETLINK_DROP_MEMBERSHIP, group);
  }

  /**
   * Waits for multicast messages.
   *
   * @param timeoutMillis how long; 0 does not wait, -1 waits without limit
   */
  public Reception receive(int timeoutMillis) throws IOException {
    Reception reception = receiveNow();
    if (!(reception instanceof Reception.Nothing) || timeoutMillis == 0) {
      return reception;
    }
    ByteBuffer pollfd = ByteBuffer.allocateDirect(Libc.POLLFD_BYTES).order(ByteOrder.nativeOrder());
    pollfd.putInt(0, fd()).putShort(4, (short) Libc.POLLIN);
    long deadline = System.nanoTime() + timeoutMillis * 1_000_000L;
    while (true) {
      long left = (deadline - System.nanoTime() + 999_999) / 1_000_000;
      int ready = Libc.poll(pollfd, 1, timeoutMillis < 0 ? -1 : (int) Math.max(0, left));
      reception = ready > 0 ? receiveNow() : reception;
      if (!(reception instanceof Reception.Nothing) || (timeoutMillis > 0 && left <= 0)) {
        return reception;
      }
    }
  }

  private Reception receiveNow() throws IOException {
    try {
      List<Message> messages = new ArrayList<>(1);
      Frame frame = new Frame(Frame.copy(transport.receive(false)));
      while (frame.next()) {
        if (frame.type() != NetlinkFormat.NLMSG_NOOP) {
          messages.add(frame.message());
        }
      }
      return messages.isEmpty() ? new Reception.Nothing() : new Reception.Messages(messages);
    } catch (ErrnoException e) {
      return switch (e.errno()) {
        case Errno.ENOBUFS -> new Reception.Overrun();
        case Errno.EAGAIN -> new Reception.Nothing();
        default -> throw e;
      };
    }
  }

  /**
   * Asks for a receive buffer of that size: large for bursts of events. The kernel doubles it,
   * counts its own bookkeeping in, and without CAP_NET_ADMIN limits it to {@code
   * net.core.rmem_max}.
   */
  public void receiveBufferBytes(int bytes) throws IOException {
    kernel().receiveBufferBytes(bytes);
  }

  /**
   * Whether the kernel checks dump requests strictly and honours their filters (Linux 4.20). If
   * not, the caller has to filter what a dump gives.
   */
  public boolean strictChecking() {
    return kernel().strictChecking();
  }

  /** The descriptor, to wait on it with others; owned by this socket. */
  public int fd() {
    return kernel().fd();
  }

  /** Closes the socket; a second time does nothing. */
  @Override
  public void close() {
    if (kernel != null) {
      kernel.close();
    }
  }

  private KernelTransport kernel() {
    if (kernel == null) {
      throw new IllegalStateException("not a socket of the kernel");
    }
    return kernel;
  }

  private void unsubscribed() {
    if (subscribed) {
      throw new IllegalStateException("a socket that has joined a group takes no requests");
    }
  }
}
