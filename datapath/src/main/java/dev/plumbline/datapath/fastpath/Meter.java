// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.fastpath;

import dev.plumbline.datapath.config.MeterConfig;

/** A rate limit, as {@code src/main/bpf/meter.h} has it, where one thread sends. */
final class Meter {
  private MeterConfig config;

  /** {@link System#nanoTime} when its bucket will be full. */
  private long fullNanos;

  private long packets;
  private long bytes;
  private long droppedPackets;
  private long droppedBytes;

  /** One whose bucket is full. */
  Meter(MeterConfig config, long nowNanos) {
    this.config = config;
    this.fullNanos = nowNanos;
  }

  /** Limits to another rate from now on, with a full bucket. */
  void configure(MeterConfig newConfig, long nowNanos) {
    if (!config.equals(newConfig)) {
      config = newConfig;
      fullNanos = nowNanos;
    }
  }

  /** Whether there is room for a frame, which then takes it. */
  boolean lets(int frameBytes, int segments, long nowNanos) {
    boolean countsPackets = config.unit() == MeterConfig.Unit.PKTPS;
    long cost = (countsPackets ? segments : frameBytes) * config.unit().nanos() / config.rate();
    long latest = nowNanos + Math.max(0, config.burstNanos() - cost);
    if (fullNanos - nowNanos < 0) {
      fullNanos = nowNanos;
    }
    if (fullNanos - latest > 0) {
      droppedPackets++;
      droppedBytes += frameBytes;
      return false;
    }
    fullNanos += cost;
    packets++;
    bytes += frameBytes;
    return true;
  }

  /** Packets and bytes that were let through, packets and bytes that were not. */
  long[] counters() {
    return new long[] {packets, bytes, droppedPackets, droppedBytes};
  }
}
