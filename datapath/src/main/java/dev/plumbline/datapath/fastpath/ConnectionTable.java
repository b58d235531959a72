// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.fastpath;

import dev.plumbline.datapath.bpf.BpfMap;
import dev.plumbline.datapath.bpf.Layout;
import dev.plumbline.datapath.bpf.MapBatch;
import dev.plumbline.netlink.libc.ErrnoException;
import java.nio.ByteBuffer;

/**
 * The connections: {@code struct connection} by {@code struct connection_key}. The programs make
 * them and take those whose time is over for none; here is where they go.
 */
final class ConnectionTable {
  private static final int READS = 4096;

  /** From so many eighths on there is hardly any room. */
  private static final int CROWDED = 7;

  private final BpfMap map;
  private final MapBatch reads;
  private final int room;
  private int left;

  ConnectionTable(BpfMap map) {
    this.map = map;
    this.reads = new MapBatch(map, READS);
    this.room = map.info().maxEntries();
  }

  /**
   * Takes out those whose time is over. When there is hardly any room left, also those of which
   * nothing has come back: who floods gets less, and established ones stay.
   *
   * @param nowNanos CLOCK_MONOTONIC
   * @return how many are left
   */
  int expire(long nowNanos) throws ErrnoException {
    boolean isCrowded = left > room / 8 * CROWDED;
    int seen = 0;
    int gone = 0;
    reads.rewind();
    for (int count = reads.lookup(); count > 0; count = reads.lookup()) {
      ByteBuffer values = reads.values().buffer();
      for (int i = 0; i < count; i++) {
        int at = i * Layout.Connection.SIZE;
        boolean isReplied =
            (values.get(at + Layout.Connection.FLAGS) & Layout.CONNECTION_REPLIED) != 0;
        // One that is begun anew this very moment goes with the old: its next packet finds none.
        if ((values.getLong(at + Layout.Connection.EXPIRES_NS) <= nowNanos
                || (isCrowded && !isReplied))
            && map.delete(reads.keys(), i * Layout.ConnectionKey.SIZE)) {
          gone++;
        }
      }
      seen += count;
    }
    left = seen - gone;
    return left;
  }
}
