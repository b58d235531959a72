// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.upcall;

import dev.plumbline.netlink.libc.Errno;
import dev.plumbline.netlink.libc.ErrnoException;
import dev.plumbline.netlink.libc.Libc;
import dev.plumbline.netlink.libc.Memory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * What the switch's thread waits for: descriptors, and a {@link #wakeUp} from any other thread.
 * Nothing is allocated by waiting.
 */
public final class PollSet implements AutoCloseable {
  private static final int LIMIT = 4096;

  /** What poll(2) says besides "readable": error, hang-up, not open. */
  private static final int FAULTS = 0x38;

  private static final byte[] ONE =
      ByteBuffer.allocate(8).order(ByteOrder.nativeOrder()).putLong(1).array();

  private final int wakeUp;
  private final byte[] wakeUpCount = new byte[8];
  private final Memory pollfds = Memory.allocate(LIMIT * Libc.POLLFD_BYTES);
  private final ByteBuffer polled = pollfds.buffer();
  private int size;
  private volatile boolean closed;

  public PollSet() throws ErrnoException {
    wakeUp = Libc.eventfd(0, Libc.EFD_CLOEXEC | Libc.EFD_NONBLOCK);
    add(wakeUp);
  }

  /** Waits for another descriptor too, at the next index, from the next {@link #poll} on. */
  public void add(int fd) {
    if (size == LIMIT) {
      throw new IllegalStateException("more than " + LIMIT + " descriptors");
    }
    int at = size++ * Libc.POLLFD_BYTES;
    polled.putInt(at, fd).putShort(at + 4, (short) Libc.POLLIN).putShort(at + 6, (short) 0);
  }

  /**
   * Waits for it no longer; the last one gets its index. Nothing happens if it is not waited for.
   */
  public void remove(int fd) {
    int index = index(fd);
    if (index >= 0) {
      int last = --size * Libc.POLLFD_BYTES;
      polled.putLong(index * Libc.POLLFD_BYTES, polled.getLong(last));
    }
  }

  private int index(int fd) {
    for (int i = 1; i < size; i++) {
      if (fd(i) == fd) {
        return i;
      }
    }
    return -1;
  }

  /** Descriptors waited for; index 0 is for {@link #wakeUp}. */
  public int size() {
    return size;
  }

  /** The descriptor at an index; negative: {@linkplain #silence silenced}. */
  public int fd(int index) {
    return polled.getInt(index * Libc.POLLFD_BYTES);
  }

  /** Whether the last {@link #poll} found the descriptor readable or broken. */
  public boolean isReady(int fd) {
    int index = index(fd);
    return index >= 0 && isReadyAt(index);
  }

  /** As {@link #isReady}, by index. */
  public boolean isReadyAt(int index) {
    return (polled.getShort(index * Libc.POLLFD_BYTES + 6) & (Libc.POLLIN | FAULTS)) != 0;
  }

  /** Everything has been read: not ready until the next {@link #poll} says so. */
  public void drained(int index) {
    polled.putShort(index * Libc.POLLFD_BYTES + 6, (short) 0);
  }

  /** It is of no use any more: it is never ready again, and keeps its index. */
  public void silence(int index) {
    polled.putInt(index * Libc.POLLFD_BYTES, -1);
  }

  /**
   * Waits until one is ready or the time is up.
   *
   * @param timeoutMillis 0 does not wait, -1 waits without limit
   * @return false if none is ready
   */
  public boolean poll(int timeoutMillis) throws ErrnoException {
    int ready = Libc.poll(pollfds, size, timeoutMillis);
    if (ready == 0) {
      // After a poll(2) that a signal ended, what it had found before would still be there.
      for (int i = 0; i < size; i++) {
        drained(i);
      }
      return false;
    }
    if (isReadyAt(0)) {
      int unused = Libc.read(wakeUp, wakeUpCount); // to zero again; it cannot fail, it was ready
    }
    return true;
  }

  /** Lets {@link #poll} return, now or when it is called next. From any thread. */
  public void wakeUp() throws ErrnoException {
    int written = closed ? 0 : Libc.write(wakeUp, ONE);
    // EAGAIN: the counter is full, so it is readable as it is.
    if (written < 0 && written != -Errno.EAGAIN) {
      throw new ErrnoException("wake up the switch", -written);
    }
  }

  /** A second time does nothing. The descriptors that were added stay open. */
  @Override
  public void close() {
    if (!closed) {
      closed = true;
      Libc.close(wakeUp);
    }
  }
}
