// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.fastpath;

import java.util.Arrays;

/** Counters of trails where every frame comes up; they end with the process. */
final class PacketTrails implements TrailCounters {
  private static final int LIMIT = 1 << 17;
  private static final int PACKETS = 0;
  private static final int BYTES = 1;
  private static final int USED = 2;
  private static final int EACH = 3;

  private long[] counters = new long[EACH * 256];

  /** A frame was sent. */
  void count(int trail, int bytes, long nowNanos) {
    int at = trail * EACH;
    if (at >= counters.length) {
      counters = Arrays.copyOf(counters, Math.max(2 * counters.length, at + EACH));
    }
    counters[at + PACKETS]++;
    counters[at + BYTES] += bytes;
    counters[at + USED] = nowNanos;
  }

  private long get(int trail, int which) {
    int at = trail * EACH + which;
    return at < counters.length ? counters[at] : 0;
  }

  @Override
  public int limit() {
    return LIMIT;
  }

  @Override
  public long identity() {
    return 0;
  }

  @Override
  public long packets(int trail) {
    return get(trail, PACKETS);
  }

  @Override
  public long bytes(int trail) {
    return get(trail, BYTES);
  }

  @Override
  public long usedNanos(int trail) {
    return get(trail, USED);
  }

  @Override
  public void clear(int trail) {
    int at = trail * EACH;
    if (at < counters.length) {
      Arrays.fill(counters, at, at + EACH, 0);
    }
  }
}
