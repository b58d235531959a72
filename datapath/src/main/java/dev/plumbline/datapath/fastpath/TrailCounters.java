// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.fastpath;

/**
 * What packets counted by the trail that they were decided by: flows of flow tables, one after the
 * other. Trails have numbers, given out by whoever asks, from 1 on; what each stands for is not
 * known here.
 */
public interface TrailCounters {
  /** All numbers are less than this. */
  int limit();

  /**
   * Which counters these are: the same for a later process that goes on with them.
   *
   * @return 0 if they end with this process
   */
  long identity();

  long packets(int trail);

  /** Bytes of whole frames with their tags, without tunnel headers. */
  long bytes(int trail);

  /** CLOCK_MONOTONIC of the last packet, within some milliseconds; 0: there was none. */
  long usedNanos(int trail);

  /** Begins with nothing. What is counted in that moment may be lost. */
  void clear(int trail);
}
