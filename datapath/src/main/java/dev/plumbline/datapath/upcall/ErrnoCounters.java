// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.upcall;

import dev.plumbline.netlink.libc.Errno;
import java.util.Map;

/** How often which error came; one for each thing that can fail frame by frame. */
public final class ErrnoCounters {
  private static final int NUMBERS = 134; // EHWPOISON is 133

  private final long[] counts = new long[NUMBERS];

  /** Counts one; a number that Linux does not have counts as 0. */
  public void count(int errno) {
    counts[errno > 0 && errno < NUMBERS ? errno : 0]++;
  }

  /** How often this one came. */
  public long of(int errno) {
    return errno > 0 && errno < NUMBERS ? counts[errno] : counts[0];
  }

  /** Adds each that came, by its name behind some words. */
  public void addTo(Map<String, Long> counts, String words) {
    for (int errno = 0; errno < NUMBERS; errno++) {
      if (this.counts[errno] > 0) {
        String name = errno == 0 ? "unknown" : Errno.name(errno);
        counts.merge(words + " " + name, this.counts[errno], Long::sum);
      }
    }
  }

  /** All of them together. */
  public long sum() {
    long sum = 0;
    for (long count : counts) {
      sum += count;
    }
    return sum;
  }

  /** As {@code EAGAIN 3, ENETDOWN 1}; "none" without any. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    for (int errno = 0; errno < NUMBERS; errno++) {
      if (counts[errno] > 0) {
        text.append(text.isEmpty() ? "" : ", ");
        text.append(errno == 0 ? "unknown" : Errno.name(errno)).append(' ').append(counts[errno]);
      }
    }
    return text.isEmpty() ? "none" : text.toString();
  }
}
