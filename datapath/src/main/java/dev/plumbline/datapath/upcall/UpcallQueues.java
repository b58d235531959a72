// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.upcall;

import dev.plumbline.netlink.libc.Errno;
import dev.plumbline.netlink.libc.ErrnoException;
import dev.plumbline.netlink.libc.Libc;
import java.util.Arrays;

/**
 * Waits for upcalls and for whatever else the switch's thread waits for, and reads upcalls fairly:
 * the queues take turns, each gives at most its budget in one turn, and the round begins one queue
 * further than the last one did. A queue that floods delays the others by its budget, not by its
 * length.
 */
public final class UpcallQueues implements AutoCloseable {
  /** Behind the wake-up. */
  private static final int FIRST = 1;

  private final UpcallTap tap;
  private final int budget;
  private final PollSet waiting;
  private final long[] frames;
  private final ErrnoCounters errors = new ErrnoCounters();
  private final int queues;
  private int first;
  private long bytes;
  private long malformed;
  private long exhausted;

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
    waiting = new PollSet();
    for (int i = 0; i < queues; i++) {
      waiting.add(tap.fd(i));
    }
  }

  /** Waits for another descriptor too, from the next {@link #poll} on. */
  public void watch(int fd) {
    waiting.add(fd);
  }

  /** Waits for it no longer; nothing happens if it was not waited for. */
  public void unwatch(int fd) {
    waiting.remove(fd);
  }

  /** Whether the last {@link #poll} found that there is something to be read from a watched one. */
  public boolean isReady(int fd) {
    return waiting.isReady(fd);
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
    if (!waiting.poll(timeoutMillis)) {
      return 0;
    }
    boolean some = true;
    while (some && !batch.isFull()) {
      some = false;
      for (int i = 0; i < queues && !batch.isFull(); i++) {
        int queue = (first + i) % queues;
        some |= waiting.isReadyAt(FIRST + queue) && turn(queue, batch);
      }
      first = (first + 1) % queues;
    }
    return batch.size();
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
    waiting.drained(FIRST + queue);
    if (errno != Errno.EAGAIN) {
      errors.count(errno);
      // EBADFD: the device was deleted. poll(2) would return at once for ever: it skips negative
      // fds.
      if (errno != Errno.ENOMEM && errno != Errno.EINVAL) {
        waiting.silence(FIRST + queue);
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

  /** Lets {@link #poll} return, now or when it is called next. From any thread. */
  public void wakeUp() throws ErrnoException {
    waiting.wakeUp();
  }

  /** Whether a queue gives nothing any more, since its device is gone: it must be opened anew. */
  public boolean isBroken() {
    for (int i = 0; i < queues; i++) {
      if (waiting.fd(FIRST + i) < 0) {
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
    waiting.close();
  }
}
