// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.upcall;

import dev.plumbline.netlink.libc.Errno;
import dev.plumbline.netlink.libc.ErrnoException;
import dev.plumbline.netlink.libc.Libc;
import dev.plumbline.netlink.libc.Memory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Waits for upcalls and for whatever else the switch's thread waits for, and reads upcalls fairly:
 * the queues take turns, each gives at most its budget in one turn, and the round begins one queue
 * further than the last one did. A queue that floods delays the others by its budget, not by its
 * length.
 */
public final class UpcallQueues implements AutoCloseable {
  /** What poll(2) says besides "readable": error, hang-up, not open. */
  private static final int FAULTS = 0x38;

  private static final byte[] ONE =
      ByteBuffer.allocate(8).order(ByteOrder.nativeOrder()).putLong(1).array();
  private static final int MOST_WATCHED = 4096;

  private final UpcallTap tap;
  private final int budget;
  private final int wakeUp;
  private final byte[] wakeUpCount = new byte[8];
  private final Memory pollfds;
  private final ByteBuffer polled;
  private final long[] frames;
  private final ErrnoCounters errors = new ErrnoCounters();
  private final int queues;
  private int watched;
  private int first;
  private long bytes;
  private long malformed;
  private long exhausted;
  private volatile boolean closed;

  /**
   * Queues.
   *
   * @param tap stays the caller's to close, after this
   * @param budget most frames of one queue in one turn, 1 or more
   */
  public UpcallQueues(UpcallTap tap, int budget) throws ErrnoException {
    if (budget < 1) {
      throw new IllegalArgumentException("a budget of " + budget + " frames");
    }
    this.tap = tap;
    this.budget = budget;
    queues = tap.queues();
    frames = new long[queues];
    wakeUp = Libc.eventfd(0, Libc.EFD_CLOEXEC | Libc.EFD_NONBLOCK);
    pollfds = Memory.allocate((queues + 1 + MOST_WATCHED) * Libc.POLLFD_BYTES);
    polled = pollfds.buffer();
    for (int i = 0; i < queues; i++) {
      wait(i, tap.fd(i));
    }
    wait(queues, wakeUp);
  }

  private void wait(int index, int fd) {
    int at = index * Libc.POLLFD_BYTES;
    polled.putInt(at, fd).putShort(at + 4, (short) Libc.POLLIN).putShort(at + 6, (short) 0);
  }

  /** Waits for another descriptor too, from the next {@link #poll} on. */
  public void watch(int fd) {
    if (watched == MOST_WATCHED) {
      throw new IllegalStateException("more than " + MOST_WATCHED + " descriptors");
    }
    wait(queues + 1 + watched++, fd);
  }

  /** Waits for it no longer; nothing happens if it was not waited for. */
  public void unwatch(int fd) {
    for (int i = queues + 1; i <= queues + watched; i++) {
      if (polled.getInt(i * Libc.POLLFD_BYTES) == fd) {
        int last = (queues + watched--) * Libc.POLLFD_BYTES;
        polled.putLong(i * Libc.POLLFD_BYTES, polled.getLong(last));
        return;
      }
    }
  }

  /** Whether the last {@link #poll} found that there is something to be read from a watched one. */
  public boolean isReady(int fd) {
    for (int i = queues + 1; i <= queues + watched; i++) {
      if (polled.getInt(i * Libc.POLLFD_BYTES) == fd) {
        return readiness(i) != 0;
      }
    }
    return false;
  }

  /**
   * Waits until there is an upcall, a watched descriptor is ready, {@link #wakeUp} is called or the
   * time is up; then fills the batch, which is emptied before, with the upcalls that there are.
   *
   * @param timeoutMillis 0 does not wait, -1 waits without limit
   * @return frames in the batch
   */
  public int poll(int timeoutMillis, UpcallBatch batch) throws ErrnoException {
    batch.clear();
    int ready = Libc.poll(pollfds, queues + 1 + watched, timeoutMillis);
    if (ready == 0) {
      forgetReadiness();
      return 0;
    }
    if (readiness(queues) != 0) {
      int unused = Libc.read(wakeUp, wakeUpCount); // to zero again; it cannot fail, it was ready
    }
    boolean some = true;
    while (some && !batch.isFull()) {
      some = false;
      for (int i = 0; i < queues && !batch.isFull(); i++) {
        int queue = (first + i) % queues;
        some |= readiness(queue) != 0 && turn(queue, batch);
      }
      first = (first + 1) % queues;
    }
    return batch.size();
  }

  /** After a poll(2) that a signal ended, what it had found before would still be there. */
  private void forgetReadiness() {
    for (int i = 0; i <= queues + watched; i++) {
      polled.putShort(i * Libc.POLLFD_BYTES + 6, (short) 0);
    }
  }

  /** Whether the queue may have more. */
  private boolean turn(int queue, UpcallBatch batch) {
    for (int n = 0; n < budget && !batch.isFull(); n++) {
      int place = batch.nextPlace();
      int length = Libc.read(tap.fd(queue), batch.memory(), place, UpcallBatch.PLACE_BYTES);
      if (length < 0) {
        ended(queue, -length);
        return false;
      }
      take(queue, length, batch);
    }
    exhausted++;
    return true;
  }

  private void ended(int queue, int errno) {
    int at = queue * Libc.POLLFD_BYTES;
    polled.putShort(at + 6, (short) 0);
    if (errno != Errno.EAGAIN) {
      errors.count(errno);
      // EBADFD: the device was deleted. poll(2) would return at once for ever: it skips negative
      // fds.
      if (errno != Errno.ENOMEM && errno != Errno.EINVAL) {
        polled.putInt(at, -1);
      }
    }
  }

  private void take(int queue, int length, UpcallBatch batch) {
    int frameBytes = length - UpcallBatch.FRAME_OFFSET;
    // A frame that fills the place may have been longer.
    if (frameBytes <= 0 || length == UpcallBatch.PLACE_BYTES) {
      malformed++;
      return;
    }
    batch.addBehindPrefix(frameBytes);
    frames[queue]++;
    bytes += frameBytes;
  }

  private int readiness(int index) {
    return polled.getShort(index * Libc.POLLFD_BYTES + 6) & (Libc.POLLIN | FAULTS);
  }

  /** Lets {@link #poll} return, now or when it is called next. From any thread. */
  public void wakeUp() throws ErrnoException {
    int written = closed ? 0 : Libc.write(wakeUp, ONE);
    // EAGAIN: the counter is full, so it is readable as it is.
    if (written < 0 && written != -Errno.EAGAIN) {
      throw new ErrnoException("wake up the switch", -written);
    }
  }

  /** Whether a queue gives nothing any more, since its device is gone: it must be opened anew. */
  public boolean isBroken() {
    for (int i = 0; i < queues; i++) {
      if (polled.getInt(i * Libc.POLLFD_BYTES) < 0) {
        return true;
      }
    }
    return false;
  }

  /** Frames that a queue has given. */
  public long frames(int queue) {
    return frames[queue];
  }

  /** Frames that all queues have given. */
  public long frames() {
    return Arrays.stream(frames).sum();
  }

  /** Their bytes, without what is before them. */
  public long bytes() {
    return bytes;
  }

  /** Frames without prefix, or longer than a place of the batch: not ours, or not whole. */
  public long malformed() {
    return malformed;
  }

  /** How often a queue had more than its budget, or than the batch had room for. */
  public long exhausted() {
    return exhausted;
  }

  /** Failed reads. */
  public ErrnoCounters errors() {
    return errors;
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      Libc.close(wakeUp);
    }
  }
}
