// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.tunnel;

import java.util.Arrays;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What seldom happens to frames of tunnels' remotes, counted by the remote's port number. */
public final class RemoteCounters {
  /** What is counted. */
  public enum What {
    /** Frames that were too big, and whose senders were told. */
    TOLD(0, "tooBigTold"),
    /** Frames that could be neither sent nor answered. */
    LOST(1, "lost"),
    /** Packets sent by the host's stack. */
    SENT(2, "sentByHost"),
    /** Packets that it did not take. */
    REFUSED(3, "refusedByHost"),
    /** Frames received by way of it. */
    RECEIVED(4, "receivedByHost"),
    /** Frames dropped on the way in, for they met congestion and cannot be told so. */
    CONGESTED(5, "congested"),
    /** Packets with a checksum that is not theirs. */
    BROKEN(6, "brokenChecksum");

    private final int index;
    private final String label;

    What(int index, String label) {
      this.index = index;
      this.label = label;
    }
  }

  private static final What[] ALL = What.values();

  private long[] @Nullable [] counts = new long[64][];

  /** Counts one more. */
  public void count(int port, What what) {
    if (port >= counts.length) {
      counts = Arrays.copyOf(counts, 2 * port);
    }
    long[] of = counts[port];
    if (of == null) {
      of = new long[ALL.length];
      counts[port] = of;
    }
    of[what.index]++;
  }

  /** Of all ports. */
  public long sum(What what) {
    long sum = 0;
    for (long[] of : counts) {
      sum += of == null ? 0 : of[what.index];
    }
    return sum;
  }

  /** Adds what has happened to a port's frames. */
  public void addTo(Map<String, Long> named, int port) {
    long[] of = port < counts.length ? counts[port] : null;
    if (of != null) {
      for (What what : ALL) {
        if (of[what.index] > 0) {
          named.merge(what.label, of[what.index], Long::sum);
        }
      }
    }
  }
}
