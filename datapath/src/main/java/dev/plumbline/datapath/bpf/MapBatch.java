// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.bpf;

import dev.plumbline.netlink.libc.Errno;
import dev.plumbline.netlink.libc.ErrnoException;
import dev.plumbline.netlink.libc.Libc;
import dev.plumbline.netlink.libc.Memory;

/**
 * Many entries of a map in one system call, in memory of its own: key i at {@code i × keyBytes} of
 * {@link #keys}, its value at {@code i × valueBytes} of {@link #values}. Made once and used often;
 * no call allocates, but for {@link #lookup} when a bucket of the kernel's hash is larger than all
 * the room.
 *
 * <p>A kernel that has no batches for the map's type (some: EOPNOTSUPP, all before Linux 5.6:
 * EINVAL) is asked entry by entry from then on.
 *
 * <p>A walk through a map that changes meanwhile sees every entry that is there all the time; it
 * can see others, and, entry by entry, begins anew when the entry it stands on goes.
 */
public final class MapBatch {
  // struct bpf_attr.batch
  private static final int IN_BATCH = 0;
  private static final int OUT_BATCH = 8;
  private static final int KEYS = 16;
  private static final int VALUES = 24;
  private static final int COUNT = 32;
  private static final int MAP_FD = 36;
  private static final int ELEM_FLAGS = 40;
  private static final int FLAGS = 48;
  private static final int ATTRIBUTE_BYTES = 56;

  /**
   * Beyond Errno's: the kernel's own, which user space should never see (include/linux/errno.h).
   */
  private static final int ENOTSUPP = 524;

  private final BpfMap map;
  private final Memory attributes = Memory.allocate(ATTRIBUTE_BYTES);
  // Where the kernel is: for hashes the number of a bucket, for others a key.
  private Memory at;
  private Memory next;
  private Memory keys;
  private Memory values;
  private int capacity;
  private boolean atStart = true;
  private boolean atEnd;
  private boolean oneByOne;
  private int failure;

  /**
   * Room for entries of a map.
   *
   * @param capacity in entries, from 1
   */
  public MapBatch(BpfMap map, int capacity) {
    this.map = map;
    int cursorBytes = Math.max(8, map.keyBytes());
    this.at = Memory.allocate(cursorBytes);
    this.next = Memory.allocate(cursorBytes);
    this.capacity = Math.max(1, capacity);
    this.keys = Memory.allocate(Math.multiplyExact(this.capacity, map.keyBytes()));
    this.values = Memory.allocate(Math.multiplyExact(this.capacity, map.valueBytes()));
  }

  /** As on a kernel that has no batches: for tests. */
  MapBatch oneByOne() {
    oneByOne = true;
    return this;
  }

  /** Whether the kernel turned out to have no batches for this map. */
  boolean isOneByOne() {
    return oneByOne;
  }

  /** Grows in {@link #lookup}: take it and {@link #values} anew after that. */
  public Memory keys() {
    return keys;
  }

  public Memory values() {
    return values;
  }

  /** In entries. */
  public int capacity() {
    return capacity;
  }

  /** Begins a walk through the map. */
  public void rewind() {
    atStart = true;
    atEnd = false;
  }

  /**
   * Reads the next entries of the walk.
   *
   * @return how many; 0 at the end
   */
  public int lookup() throws ErrnoException {
    return walk(BpfCall.MAP_LOOKUP_BATCH);
  }

  /**
   * Reads the next entries of the walk and deletes them.
   *
   * @return how many; 0 at the end
   */
  public int lookupAndDelete() throws ErrnoException {
    return walk(BpfCall.MAP_LOOKUP_AND_DELETE_BATCH);
  }

  private int walk(int command) throws ErrnoException {
    while (!atEnd) {
      if (oneByOne) {
        return walkOneByOne(command == BpfCall.MAP_LOOKUP_AND_DELETE_BATCH);
      }
      int result = call(command, capacity);
      int count = attributes.buffer().getInt(COUNT);
      switch (-result) {
        case 0 -> {
          step();
          if (count > 0) {
            return count;
          }
        }
        case Errno.ENOENT -> {
          // The end; what was read before it counts.
          atEnd = true;
          return count;
        }
        case Errno.ENOSPC -> grow();
        default -> fallBack(-result, "read a batch of");
      }
    }
    return 0;
  }

  private void step() {
    Memory was = at;
    at = next;
    next = was;
    atStart = false;
  }

  private void grow() {
    capacity = Math.multiplyExact(capacity, 2);
    keys = Memory.allocate(Math.multiplyExact(capacity, map.keyBytes()));
    values = Memory.allocate(Math.multiplyExact(capacity, map.valueBytes()));
  }

  private int walkOneByOne(boolean delete) throws ErrnoException {
    int count = 0;
    while (count < capacity) {
      // Deleted entries leave no place to go on from: the first is always the next.
      boolean found = (atStart || delete) ? map.firstKey(next, 0) : map.nextKey(at, 0, next, 0);
      if (!found) {
        atEnd = true;
        return count;
      }
      step();
      if (map.lookup(at, 0, values, count * map.valueBytes())) {
        keys.buffer().put(count * map.keyBytes(), at.buffer(), 0, map.keyBytes());
        if (!delete || map.delete(at, 0)) {
          count++;
        }
      }
    }
    return count;
  }

  /**
   * Writes the first entries; creates or replaces.
   *
   * @return how many were written: fewer than {@code count} if the kernel refused the next one,
   *     whose errno is {@link #failure}
   */
  public int update(int count) {
    return write(BpfCall.MAP_UPDATE_BATCH, count);
  }

  /**
   * Deletes the entries of the first keys.
   *
   * @return how many were deleted before one was refused or, {@code ENOENT}, was not there
   */
  public int delete(int count) {
    return write(BpfCall.MAP_DELETE_BATCH, count);
  }

  /** Deletes the entries of the first keys, and passes over those that are not there. */
  public void deletePresent(int count) throws ErrnoException {
    int rest = count;
    for (int done = delete(rest); done < rest; done = delete(rest)) {
      if (failure != Errno.ENOENT) {
        throw new ErrnoException("delete from map " + map.info().name(), failure);
      }
      rest -= done + 1; // one had gone by itself: go on behind it
      byte[] behind = new byte[rest * map.keyBytes()];
      keys.buffer().get((done + 1) * map.keyBytes(), behind).put(0, behind);
    }
  }

  /** Why the last {@link #update} or {@link #delete} stopped: a positive errno, 0 if it did not. */
  public int failure() {
    return failure;
  }

  private int write(int command, int count) {
    if (count < 0 || count > capacity) {
      throw new IndexOutOfBoundsException(count + " of " + capacity);
    }
    failure = 0;
    if (count == 0) {
      return 0;
    }
    if (!oneByOne) {
      attributes.buffer().putInt(COUNT, 0);
      int result = call(command, count);
      if (!isMissing(-result)) {
        failure = -Math.min(result, 0);
        return failure == 0 ? count : attributes.buffer().getInt(COUNT);
      }
      oneByOne = true;
    }
    for (int i = 0; i < count; i++) {
      try {
        if (command == BpfCall.MAP_UPDATE_BATCH) {
          int key = i * map.keyBytes();
          failure = -map.tryUpdate(keys, key, values, i * map.valueBytes(), BpfMap.ANY);
          if (failure != 0) {
            return i;
          }
        } else if (!map.delete(keys, i * map.keyBytes())) {
          failure = Errno.ENOENT;
          return i;
        }
      } catch (ErrnoException e) {
        failure = e.errno();
        return i;
      }
    }
    return count;
  }

  private int call(int command, int count) {
    attributes
        .buffer()
        .putLong(IN_BATCH, atStart ? 0 : at.address())
        .putLong(OUT_BATCH, next.address())
        .putLong(KEYS, keys.address())
        .putLong(VALUES, values.address())
        .putInt(COUNT, count)
        .putInt(MAP_FD, map.fd())
        .putLong(ELEM_FLAGS, 0)
        .putLong(FLAGS, 0);
    return Libc.bpf(command, attributes);
  }

  private void fallBack(int errno, String what) throws ErrnoException {
    if (!isMissing(errno)) {
      throw new ErrnoException(what + " map " + map.info().name(), errno);
    }
    oneByOne = true;
  }

  private static boolean isMissing(int errno) {
    return errno == ENOTSUPP || errno == Errno.EOPNOTSUPP || errno == Errno.EINVAL;
  }
}
