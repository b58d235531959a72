// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.bpf;

import dev.plumbline.netlink.libc.Descriptor;
import dev.plumbline.netlink.libc.Errno;
import dev.plumbline.netlink.libc.ErrnoException;
import dev.plumbline.netlink.libc.Libc;
import dev.plumbline.netlink.libc.Memory;
import java.io.IOException;
import java.lang.ref.Reference;
import java.nio.file.Path;

/**
 * A map of the kernel. The calls for single entries allocate nothing; keys and values are at
 * offsets of the caller's {@link Memory}, in the layout that the program sees, {@link #keyBytes}
 * and {@link #valueBytes} long. Many at once: {@link MapBatch}.
 *
 * <p>In per-CPU maps a value is a row of values, one for each possible CPU, each padded to 8 bytes.
 */
public final class BpfMap implements AutoCloseable {
  /** Flags of {@link #update}: creates or replaces. */
  public static final long ANY = 0;

  /** Only creates; EEXIST. */
  public static final long NO_EXIST = 1;

  /** Only replaces; ENOENT. */
  public static final long EXIST = 2;

  // The element commands' attributes: map_fd, key, value or next_key, flags.
  private static final int KEY = 8;
  private static final int VALUE = 16;
  private static final int FLAGS = 24;
  private static final int ATTRIBUTE_BYTES = 32;

  private final MapInfo info;
  private final int valueBytes;
  private final Memory attributes = Memory.allocate(ATTRIBUTE_BYTES);
  private final Descriptor descriptor;

  /** Takes over the descriptor, even if this fails. */
  BpfMap(int fd) throws ErrnoException {
    boolean done = false;
    try {
      this.info = MapInfo.of(fd);
      done = true;
    } finally {
      if (!done) {
        Libc.close(fd);
      }
    }
    this.valueBytes = info.isPerCpu() ? cpuValueBytes(info) * Cpus.POSSIBLE : info.valueBytes();
    this.descriptor = new Descriptor(fd, "the map " + info.name());
  }

  /** Makes a map that no object file describes. */
  public static BpfMap create(
      String name, int type, int keyBytes, int valueBytes, int maxEntries, int flags)
      throws ErrnoException {
    BpfCall call =
        new BpfCall(44)
            .u32(0, type)
            .u32(4, keyBytes)
            .u32(8, valueBytes)
            .u32(12, maxEntries)
            .u32(16, flags);
    for (int i = 0; i < Math.min(15, name.length()); i += 1) {
      call.u8(28 + i, name.charAt(i));
    }
    return new BpfMap(call.run(BpfCall.MAP_CREATE, "create map " + name));
  }

  /**
   * Opens a pinned map.
   *
   * @throws ErrnoException ENOENT if nothing is there, EINVAL if what is there is no map
   */
  public static BpfMap open(Path pin) throws ErrnoException {
    return new BpfMap(BpfCall.openPinned(pin.toString()));
  }

  /** Pins the map; EEXIST if there is something of that name. */
  public void pin(Path pin) throws ErrnoException {
    BpfCall.pin(fd(), pin.toString());
  }

  public MapInfo info() {
    return info;
  }

  public int keyBytes() {
    return info.keyBytes();
  }

  /** Of an entry's whole value: in per-CPU maps all CPUs' together. */
  public int valueBytes() {
    return valueBytes;
  }

  /** From one CPU's value to the next one's. */
  public int cpuValueBytes() {
    return cpuValueBytes(info);
  }

  private static int cpuValueBytes(MapInfo info) {
    return (info.valueBytes() + 7) & -8;
  }

  /** The descriptor, owned by this map. */
  public int fd() {
    return descriptor.fd();
  }

  /**
   * Reads the value of a key.
   *
   * @return false if there is none
   */
  public boolean lookup(Memory key, int keyOffset, Memory value, int valueOffset)
      throws ErrnoException {
    try {
      int result =
          call(
              BpfCall.MAP_LOOKUP_ELEM,
              key.address(keyOffset, info.keyBytes()),
              value.address(valueOffset, valueBytes),
              0);
      return result != -Errno.ENOENT && checked(result, "look up in");
    } finally {
      Reference.reachabilityFence(key);
      Reference.reachabilityFence(value);
    }
  }

  /**
   * Writes the value of a key.
   *
   * @param flags {@link #ANY}, {@link #NO_EXIST} or {@link #EXIST}
   * @throws ErrnoException E2BIG if the map is full
   */
  public void update(Memory key, int keyOffset, Memory value, int valueOffset, long flags)
      throws ErrnoException {
    int result = tryUpdate(key, keyOffset, value, valueOffset, flags);
    if (result < 0) {
      throw new ErrnoException("update map " + info.name(), -result);
    }
  }

  /**
   * As {@link #update}, where a refusal is expected and no exception is to be made for it.
   *
   * @return 0, or the errno as a negative number
   */
  public int tryUpdate(Memory key, int keyOffset, Memory value, int valueOffset, long flags) {
    try {
      return call(
          BpfCall.MAP_UPDATE_ELEM,
          key.address(keyOffset, info.keyBytes()),
          value.address(valueOffset, valueBytes),
          flags);
    } finally {
      Reference.reachabilityFence(key);
      Reference.reachabilityFence(value);
    }
  }

  /**
   * Deletes an entry.
   *
   * @return false if there was none
   */
  public boolean delete(Memory key, int keyOffset) throws ErrnoException {
    try {
      int result = call(BpfCall.MAP_DELETE_ELEM, key.address(keyOffset, info.keyBytes()), 0, 0);
      return result != -Errno.ENOENT && checked(result, "delete from");
    } finally {
      Reference.reachabilityFence(key);
    }
  }

  /** The first key. False if the map is empty. */
  public boolean firstKey(Memory next, int nextOffset) throws ErrnoException {
    return nextKey(0, next, nextOffset);
  }

  /**
   * The key after the given one; the first one if that has gone.
   *
   * @param next may be the place of the given key
   * @return false if it was the last
   */
  public boolean nextKey(Memory key, int keyOffset, Memory next, int nextOffset)
      throws ErrnoException {
    try {
      return nextKey(key.address(keyOffset, info.keyBytes()), next, nextOffset);
    } finally {
      Reference.reachabilityFence(key);
    }
  }

  private boolean nextKey(long key, Memory next, int nextOffset) throws ErrnoException {
    try {
      long address = next.address(nextOffset, info.keyBytes());
      int result = call(BpfCall.MAP_GET_NEXT_KEY, key, address, 0);
      return result != -Errno.ENOENT && checked(result, "get the next key of");
    } finally {
      Reference.reachabilityFence(next);
    }
  }

  /**
   * Maps the values of an array made with {@link MapInfo#MMAPABLE} into memory: each at its index
   * times {@link #valueBytes}, padded to 8. Stays until {@link Memory#unmap}, longer than this.
   *
   * @throws ErrnoException EPERM or ENOTSUPP for other maps
   */
  public Memory mapValues() throws IOException {
    long bytes = (long) cpuValueBytes() * info.maxEntries();
    if (bytes > Integer.MAX_VALUE) {
      throw new IOException("the map " + info.name() + " is too large to be mapped: " + bytes);
    }
    return Libc.mmap(fd(), 0, (int) bytes, Libc.PROT_READ | Libc.PROT_WRITE);
  }

  private int call(int command, long key, long value, long flags) {
    attributes
        .buffer()
        .putInt(0, descriptor.fd())
        .putLong(KEY, key)
        .putLong(VALUE, value)
        .putLong(FLAGS, flags);
    return Libc.bpf(command, attributes);
  }

  private boolean checked(int result, String what) throws ErrnoException {
    if (result < 0) {
      throw new ErrnoException(what + " map " + info.name(), -result);
    }
    return true;
  }

  /** Closes the descriptor; what is pinned or used by a loaded program stays. */
  @Override
  public void close() {
    descriptor.close();
  }

  @Override
  public String toString() {
    return info.toString();
  }
}
