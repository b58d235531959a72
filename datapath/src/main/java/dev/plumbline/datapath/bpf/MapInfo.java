// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.bpf;

import dev.plumbline.netlink.libc.ErrnoException;
import dev.plumbline.netlink.libc.Memory;

/**
 * What the kernel says about a map (struct bpf_map_info).
 *
 * @param type BPF_MAP_TYPE_*
 * @param id the kernel's, as {@code bpftool map} shows it
 * @param keyBytes of a key
 * @param valueBytes of a value, in per-CPU maps of one CPU's
 * @param maxEntries room
 * @param flags BPF_F_* of its creation
 * @param name at most 15 characters
 */
public record MapInfo(
    int type, int id, int keyBytes, int valueBytes, int maxEntries, int flags, String name) {
  // enum bpf_map_type
  public static final int HASH = 1;
  public static final int ARRAY = 2;
  public static final int PERCPU_HASH = 5;
  public static final int PERCPU_ARRAY = 6;
  public static final int LRU_HASH = 9;
  public static final int LRU_PERCPU_HASH = 10;
  public static final int LPM_TRIE = 11;

  // BPF_F_*
  public static final int NO_PREALLOC = 1;
  public static final int MMAPABLE = 1 << 10;

  private static final int BYTES = 80;

  static MapInfo of(int fd) throws ErrnoException {
    Memory info = BpfCall.info(fd, BYTES);
    return new MapInfo(
        info.buffer().getInt(0),
        info.buffer().getInt(4),
        info.buffer().getInt(8),
        info.buffer().getInt(12),
        info.buffer().getInt(16),
        info.buffer().getInt(20),
        BpfCall.string(info, 24, 16));
  }

  /** Whether an entry has a value for each CPU. */
  public boolean isPerCpu() {
    return type == PERCPU_HASH || type == PERCPU_ARRAY || type == LRU_PERCPU_HASH;
  }

  /** Whether a program made for the other can use this one in its place. */
  public boolean isLike(MapInfo other) {
    return type == other.type
        && keyBytes == other.keyBytes
        && valueBytes == other.valueBytes
        && maxEntries == other.maxEntries
        && flags == other.flags;
  }
}
