// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.netlink.event;

import dev.plumbline.netlink.libc.Errno;
import dev.plumbline.netlink.libc.ErrnoException;
import dev.plumbline.netlink.libc.Libc;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * Waits on several sources with one thread. poll(2) and not epoll(7): an agent has tens of
 * namespaces, hundreds at most, and poll has no registration that can go stale.
 *
 * <p>All methods belong to one thread, except {@link #wakeUp()}.
 */
public final class EventLoop implements AutoCloseable {
  /** Takes a source that has something to be read, on the loop's thread. */
  @FunctionalInterface
  public interface Handler<S extends EventSource> {
    void ready(S source) throws IOException;
  }

  private record Registration<S extends EventSource>(S source, Handler<? super S> handler) {
    void ready() throws IOException {
      handler.ready(source);
    }
  }

  private static final int FAULTS = 0x38; // POLLERR, POLLHUP, POLLNVAL: reading tells which
  private static final byte[] ONE =
      ByteBuffer.allocate(8).order(ByteOrder.nativeOrder()).putLong(1).array();

  private final List<Registration<?>> registrations = new ArrayList<>();
  private final int wakeUp;
  private final byte[] counter = new byte[8];
  private ByteBuffer pollfds = direct(8);
  private volatile boolean closed;

  /** A loop without sources. */
  public EventLoop() throws IOException {
    wakeUp = Libc.eventfd(0, Libc.EFD_CLOEXEC | Libc.EFD_NONBLOCK);
  }

  /** Adds a source. It stays the caller's to close, after it was removed. */
  public <S extends EventSource> void add(S source, Handler<? super S> handler) {
    registrations.add(new Registration<>(source, handler));
  }

  /** Removes a source; nothing happens if it is not there. May be called by a handler. */
  public void remove(EventSource source) {
    registrations.removeIf(registration -> registration.source.equals(source));
  }

  /**
   * Waits until a source is ready, {@link #wakeUp} is called or the time is up, and calls the
   * handlers of all sources that are ready.
   *
   * @param timeoutMillis 0 does not wait, -1 waits without limit
   * @return how many handlers were called
   */
  public int poll(int timeoutMillis) throws IOException {
    return poll(timeoutMillis, true);
  }

  /**
   * Calls the handlers of all sources that are ready, without waiting. A {@link #wakeUp} is left to
   * the next {@link #poll}: whoever is woken looks for the reason after that, not after this.
   *
   * @return how many handlers were called
   */
  public int drain() throws IOException {
    return poll(0, false);
  }

  private int poll(int timeoutMillis, boolean woken) throws IOException {
    List<Registration<?>> polled = List.copyOf(registrations);
    if (pollfds.capacity() < (polled.size() + 1) * Libc.POLLFD_BYTES) {
      pollfds = direct((polled.size() + 1) * 2);
    }
    put(0, wakeUp);
    for (int i = 0; i < polled.size(); i++) {
      put(i + 1, polled.get(i).source.fd());
    }
    if (Libc.poll(pollfds.clear(), polled.size() + 1, timeoutMillis) == 0) {
      return 0;
    }
    if (woken && isReady(0)) {
      int unused = Libc.read(wakeUp, counter); // to zero again; EAGAIN cannot be, it was ready
    }
    int called = 0;
    for (int i = 0; i < polled.size(); i++) {
      // A handler before this one may have removed it, and closed it.
      if (isReady(i + 1) && registrations.contains(polled.get(i))) {
        polled.get(i).ready();
        called++;
      }
    }
    return called;
  }

  /** Lets {@link #poll} return, now or when it is called next. From any thread. */
  public void wakeUp() throws IOException {
    int written = closed ? 0 : Libc.write(wakeUp, ONE);
    // EAGAIN: the counter is full, so it is readable as it is.
    if (written < 0 && written != -Errno.EAGAIN) {
      throw new ErrnoException("wake up the event loop", -written);
    }
  }

  /** Closes the loop, not its sources; a second time does nothing. */
  @Override
  public void close() {
    if (!closed) {
      closed = true;
      Libc.close(wakeUp);
    }
  }

  private void put(int index, int fd) {
    int at = index * Libc.POLLFD_BYTES;
    pollfds.putInt(at, fd).putShort(at + 4, (short) Libc.POLLIN).putShort(at + 6, (short) 0);
  }

  private boolean isReady(int index) {
    return (pollfds.getShort(index * Libc.POLLFD_BYTES + 6) & (Libc.POLLIN | FAULTS)) != 0;
  }

  private static ByteBuffer direct(int pollfds) {
    return ByteBuffer.allocateDirect(pollfds * Libc.POLLFD_BYTES).order(ByteOrder.nativeOrder());
  }
}
