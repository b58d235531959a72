// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.source;

import java.time.Duration;

/**
 * How much a server may ask of this host in one fetch: it may be slow, broken, or not the one that
 * it says it is.
 *
 * @param time for all of it
 * @param silence without any byte from the other side
 * @param packBytes of what is sent, as it is on the disk
 * @param objectBytes of one object, unpacked: it may have to fit into memory
 */
record FetchLimits(Duration time, Duration silence, long packBytes, long objectBytes) {
  static final FetchLimits USUAL =
      new FetchLimits(Duration.ofMinutes(5), Duration.ofSeconds(30), 512L << 20, 64L << 20);

  int silenceSeconds() {
    return (int) Math.max(1, silence.toSeconds());
  }
}
