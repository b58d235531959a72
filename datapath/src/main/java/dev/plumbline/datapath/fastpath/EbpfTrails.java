// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.fastpath;

import dev.plumbline.datapath.bpf.BpfMap;
import dev.plumbline.datapath.bpf.Layout;
import dev.plumbline.netlink.libc.ErrnoException;
import dev.plumbline.netlink.libc.Memory;
import java.io.IOException;
import java.nio.ByteBuffer;

/** The programs' counters of trails, in this process's memory: {@code struct trail} of flow.h. */
final class EbpfTrails implements TrailCounters, AutoCloseable {
  private final Memory memory;
  private final ByteBuffer counters;
  private final long identity;

  /** Maps the values of the map. */
  EbpfTrails(BpfMap map) throws IOException {
    memory = map.mapValues();
    counters = memory.buffer();
    identity = map.info().id();
  }

  @Override
  public int limit() {
    return Layout.TRAILS;
  }

  @Override
  public long identity() {
    return identity;
  }

  @Override
  public long packets(int trail) {
    return sum(trail, Layout.Trail.PACKETS);
  }

  @Override
  public long bytes(int trail) {
    return sum(trail, Layout.Trail.BYTES);
  }

  @Override
  public long usedNanos(int trail) {
    long last = 0;
    for (int shard = 0; shard < Layout.TRAIL_SHARDS; shard++) {
      last = Math.max(last, counters.getLong(place(shard, trail) + Layout.Trail.USED_NS));
    }
    return last;
  }

  @Override
  public void clear(int trail) {
    for (int shard = 0; shard < Layout.TRAIL_SHARDS; shard++) {
      int at = place(shard, trail);
      counters.putLong(at + Layout.Trail.PACKETS, 0).putLong(at + Layout.Trail.BYTES, 0);
      counters.putLong(at + Layout.Trail.USED_NS, 0);
    }
  }

  private long sum(int trail, int offset) {
    long sum = 0;
    for (int shard = 0; shard < Layout.TRAIL_SHARDS; shard++) {
      sum += counters.getLong(place(shard, trail) + offset);
    }
    return sum;
  }

  private static int place(int shard, int trail) {
    return (shard * Layout.TRAILS + trail) * Layout.Trail.SIZE;
  }

  @Override
  public void close() {
    try {
      memory.unmap();
    } catch (ErrnoException e) {
      throw new IllegalStateException(e); // only for what is not mapped
    }
  }
}
