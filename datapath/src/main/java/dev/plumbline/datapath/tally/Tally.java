// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.tally;

/** What a flow counted. Times are of CLOCK_MONOTONIC. */
final class Tally {
  /** More than any flow before had. */
  final long number;

  /** Of what tells the flow from others: bridge, table, priority, match. */
  final long key;

  /** Of all that the flow says. */
  long content;

  /** The last configuration that named the flow, or named it otherwise, counted from 1. */
  long takenBy;

  long createdNanos;
  long changedNanos;

  // Without what trails have that are in use.
  long usedNanos;
  long packets;
  long bytes;

  // With it, when it was last added up.
  long totalUsedNanos;
  long totalPackets;
  long totalBytes;

  Tally(long number, long key) {
    this.number = number;
    this.key = key;
  }

  void add(long morePackets, long moreBytes, long lastUsedNanos) {
    packets += morePackets;
    bytes += moreBytes;
    usedNanos = Math.max(usedNanos, lastUsedNanos);
  }

  void beginTotal() {
    totalPackets = packets;
    totalBytes = bytes;
    totalUsedNanos = usedNanos;
  }

  void addToTotal(long morePackets, long moreBytes, long lastUsedNanos) {
    totalPackets += morePackets;
    totalBytes += moreBytes;
    totalUsedNanos = Math.max(totalUsedNanos, lastUsedNanos);
  }
}
