// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.fastpath;

import dev.plumbline.datapath.bpf.BpfMap;
import dev.plumbline.datapath.bpf.Layout;
import dev.plumbline.datapath.bpf.MapBatch;
import dev.plumbline.netlink.libc.ErrnoException;
import dev.plumbline.netlink.libc.Memory;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * The connections: {@code struct connection} by {@code struct connection_key}. The programs make
 * them and take those whose time is over for none; here is where they go.
 */
final class ConnectionTable {
  private static final int READS = 4096;

  /** From so many eighths on there is hardly any room. */
  private static final int CROWDED = 7;

  private static final int KEY_BYTES = Layout.ConnectionKey.SIZE;

  /**
   * Every so many times translations without a connection are looked for: three minutes or more.
   */
  static final int TIMES = 90;

  private final BpfMap map;
  private final BpfMap translations;
  private final MapBatch reads;
  private final MapBatch deletes;
  private final MapBatch counts;
  private final Memory translation = Memory.allocate(Layout.Translation.SIZE);
  private final Memory back = Memory.allocate(Layout.Translation.SIZE);
  private final Memory connection = Memory.allocate(Layout.Connection.SIZE);
  private final int room;

  /** By port, those that it began; 0: all. */
  private final int[] shares;

  /** At first as if there had been some: another process may have left shares. */
  private int left = 1;

  private int doomed;
  private int times;

  ConnectionTable(EbpfTables tables) {
    this.map = tables.map("connections");
    this.translations = tables.map("translations");
    this.reads = new MapBatch(map, READS);
    this.deletes = new MapBatch(map, READS);
    BpfMap ofPorts = tables.map("connection_shares");
    this.shares = new int[ofPorts.info().maxEntries()];
    this.counts = new MapBatch(ofPorts, shares.length);
    this.room = map.info().maxEntries();
  }

  /**
   * Takes out those whose time is over. When there is hardly any room left, also those of which
   * nothing has come back: who floods gets less, and established ones stay. Then it is known anew
   * how many each port has; what begins meanwhile is counted the next time.
   *
   * @param nowNanos CLOCK_MONOTONIC
   * @return how many are left
   */
  int expire(long nowNanos) throws ErrnoException {
    boolean isCrowded = left > room / 8 * CROWDED;
    int seen = 0;
    int gone = 0;
    Arrays.fill(shares, 0);
    reads.rewind();
    for (int count = reads.lookup(); count > 0; count = reads.lookup()) {
      ByteBuffer values = reads.values().buffer();
      for (int i = 0; i < count; i++) {
        int at = i * Layout.Connection.SIZE;
        int flags = values.get(at + Layout.Connection.FLAGS);
        boolean isUnanswered = (flags & Layout.CONNECTION_REPLIED) == 0;
        // One that is begun anew this very moment goes with the old: its next packet finds none.
        if (values.getLong(at + Layout.Connection.EXPIRES_NS) <= nowNanos
            || (isCrowded && isUnanswered)) {
          delete(i, (flags & Layout.CONNECTION_NAT) != 0);
          gone++;
        } else {
          shares[values.getShort(at + Layout.Connection.PORT) & (shares.length - 1)]++;
        }
      }
      seen += count;
    }
    delete();
    if (++times % TIMES == 0) {
      forgetOrphans();
    }
    boolean hadNone = left == 0;
    left = seen - gone;
    shares[0] = left;
    if (left > 0 || !hadNone || seen > 0) {
      writeShares();
    }
    return left;
  }

  private void delete(int index, boolean isTranslated) throws ErrnoException {
    if (isTranslated) {
      forgetTranslation(reads.keys(), index * KEY_BYTES);
    }
    if (doomed == deletes.capacity()) {
      delete();
    }
    deletes
        .keys()
        .buffer()
        .put(doomed * KEY_BYTES, reads.keys().buffer(), index * KEY_BYTES, KEY_BYTES);
    doomed++;
  }

  /**
   * Lets go of both sides' ends. First, so that what a killed process leaves is a connection that
   * goes the next time. The other side's may be another connection's by now.
   */
  private void forgetTranslation(Memory keys, int keyAt) throws ErrnoException {
    if (translations.lookup(keys, keyAt, translation, 0)) {
      boolean unused =
          isOtherSide(keys, keyAt) && translations.delete(translation, Layout.Translation.OTHER);
      unused = translations.delete(keys, keyAt);
    }
  }

  /** Whether what the translation leads to leads back. */
  private boolean isOtherSide(Memory keys, int keyAt) throws ErrnoException {
    int at = Layout.Translation.IS_ORIGINAL;
    return translations.lookup(translation, Layout.Translation.OTHER, back, 0)
        && back.buffer().get(at) != translation.buffer().get(at)
        && back.buffer()
            .slice(Layout.Translation.OTHER, KEY_BYTES)
            .equals(keys.buffer().slice(keyAt, KEY_BYTES));
  }

  /**
   * A packet that begins a connection anew while the old one is taken out leaves a translation
   * without one. The same ends let go of it when they begin; for others it would be in the way.
   */
  private void forgetOrphans() throws ErrnoException {
    MapBatch all = new MapBatch(translations, READS);
    for (int count = all.lookup(); count > 0; count = all.lookup()) {
      for (int i = 0; i < count; i++) {
        boolean isOriginal =
            all.values().buffer().get(i * Layout.Translation.SIZE + Layout.Translation.IS_ORIGINAL)
                != 0;
        if (isOriginal && !map.lookup(all.keys(), i * KEY_BYTES, connection, 0)) {
          forgetTranslation(all.keys(), i * KEY_BYTES);
        }
      }
    }
  }

  private void delete() throws ErrnoException {
    deletes.deletePresent(doomed);
    doomed = 0;
  }

  private void writeShares() throws ErrnoException {
    for (int i = 0; i < shares.length; i++) {
      counts.keys().buffer().putInt(i * Integer.BYTES, i);
      counts.values().buffer().putInt(i * Integer.BYTES, shares[i]);
    }
    if (counts.update(shares.length) < shares.length) {
      throw new ErrnoException("write connection_shares", counts.failure());
    }
  }
}
