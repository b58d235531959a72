// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.fastpath;

import dev.plumbline.datapath.bpf.BpfMap;
import dev.plumbline.datapath.bpf.Layout;
import dev.plumbline.datapath.bpf.MapBatch;
import dev.plumbline.datapath.flow.ActionList;
import dev.plumbline.datapath.flow.ActionType;
import dev.plumbline.datapath.flow.FlowKey;
import dev.plumbline.netlink.libc.Errno;
import dev.plumbline.netlink.libc.ErrnoException;
import dev.plumbline.netlink.libc.Memory;
import java.nio.ByteBuffer;

/**
 * One of the fast path's maps of flows: {@code struct flow} by {@code struct l2_key} or by {@code
 * struct masked_key}. Writes are gathered and made many at a time; they are there after {@link
 * #flush}.
 */
final class FlowTable {
  /** {@code ACTIONS_INLINE} of flow.h. */
  static final int INLINE = 8;

  private static final int GENERATION = Layout.Flow.GENERATION;
  private static final int TRAIL = Layout.Flow.TRAIL;
  private static final int COUNT = Layout.Flow.N_ACTIONS;
  private static final int PACKETS = Layout.Flow.PACKETS;
  private static final int USED = Layout.Flow.USED_NS;
  private static final int ACTIONS = Layout.Flow.ACTIONS;
  private static final int VALUE_BYTES = Layout.Flow.SIZE;

  private static final int MASKED_KEY_OFFSET = 8;
  private static final int WRITES = 256;
  private static final int READS = 4096;

  /** More than frames fit into the queues on their way up. */
  private static final int RECENT = 1 << 14;

  private final BpfMap map;
  private final ActionLists lists;
  private final boolean layer2;
  private final MapBatch writes;
  private final MapBatch reads;
  private final MapBatch deletes;
  private final FlowKey seen = new FlowKey();
  private final ActionList seenActions = new ActionList();
  private final Memory known = Memory.allocate(VALUE_BYTES);
  private final Memory sought = Memory.allocate(MASKED_KEY_OFFSET + FlowKey.BYTES);

  /** By hash, hashes of keys that were written. */
  private final long[] recent = new long[RECENT];

  /** By the same place: the place among the writes, and the flush that it is for. */
  private final int[] pendingAt = new int[RECENT];

  private final long[] pendingIn = new long[RECENT];
  private long flushes = 1;
  private int pending;
  private int doomed;
  private long full;

  FlowTable(BpfMap map, ActionLists lists, boolean layer2) {
    this.map = map;
    this.lists = lists;
    this.layer2 = layer2;
    this.writes = new MapBatch(map, WRITES);
    this.reads = new MapBatch(map, READS);
    this.deletes = new MapBatch(map, READS);
  }

  /**
   * Puts a flow there, unless it is there already: frames that came up before it was there are
   * decided again when it is, and must not set its counters back.
   *
   * @param key already masked
   * @param mask index of the mask; not looked at in the layer 2 table
   * @param trail that its packets count for; 0: none
   * @return false if the actions need a list and there is none left
   */
  boolean put(FlowKey key, int mask, int generation, int trail, ActionList actions)
      throws ErrnoException {
    int list = actions.size() > INLINE ? lists.index(actions) : 0;
    if (list < 0) {
      return false;
    }
    if (pending == WRITES) {
      flush();
    }
    writeKey(writes.keys().buffer(), pending, key, mask);
    ByteBuffer values = writes.values().buffer();
    int at = pending * VALUE_BYTES;
    boolean inline = actions.size() <= INLINE;
    values.putInt(at + GENERATION, generation).putInt(at + TRAIL, trail);
    values.putLong(at + COUNT, 0).put(at + COUNT, (byte) (inline ? actions.size() : 1));
    values.put(at + Layout.Flow.PREPARES, (byte) (inline ? actions.prepares() : 0));
    values.putLong(at + PACKETS, 0).putLong(at + PACKETS + Long.BYTES, 0);
    values.putLong(at + USED, System.nanoTime());
    for (int i = 0; i < INLINE; i++) {
      values.putLong(
          at + ACTIONS + i * Long.BYTES, inline && i < actions.size() ? actions.encoded(i) : 0);
    }
    if (!inline) {
      values.putLong(at + ACTIONS, ActionType.LIST.code() | ((long) list << 32));
    }
    if (!isThere()) {
      pending++;
    }
    return true;
  }

  private void writeKey(ByteBuffer keys, int index, FlowKey key, int mask) {
    if (layer2) {
      keys.put(index * FlowKey.LAYER2_BYTES, key.bytes(), 0, FlowKey.LAYER2_BYTES);
    } else {
      int at = index * (MASKED_KEY_OFFSET + FlowKey.BYTES);
      keys.putInt(at, mask).putInt(at + 4, 0);
      key.write(keys, at + MASKED_KEY_OFFSET);
    }
  }

  /**
   * Shows the flow of this key to the visitor, if there is one.
   *
   * @param key already masked
   */
  void find(FlowKey key, int mask, FlowVisitor visitor) throws ErrnoException {
    writeKey(sought.buffer(), 0, key, mask);
    if (map.lookup(sought, 0, known, 0)) {
      FlowVisitor.Verdict unused = show(visitor, sought.buffer(), known.buffer(), 0);
    }
  }

  /**
   * Whether the flow that was put last is in the map. Only asked of those that were written not
   * long ago: no others can be there, but for those of an earlier process.
   */
  private boolean isThere() throws ErrnoException {
    int keyAt = pending * map.keyBytes();
    int at = pending * VALUE_BYTES;
    long hash = hash(writes.keys().buffer(), keyAt, map.keyBytes());
    int place = (int) hash & (RECENT - 1);
    if (recent[place] != hash) {
      recent[place] = hash;
    } else if (pendingIn[place] == flushes) {
      // Written twice in one go, the second time would set back what was counted after the first.
      if (isSame(writes.values().buffer(), pendingAt[place] * VALUE_BYTES, at)) {
        return true;
      }
    } else if (map.lookup(writes.keys(), keyAt, known, 0) && isSame(known.buffer(), 0, at)) {
      return true;
    }
    pendingIn[place] = flushes;
    pendingAt[place] = pending;
    return false;
  }

  /** Whether the flow there does what the one that was put last does. */
  private boolean isSame(ByteBuffer old, int oldAt, int at) {
    ByteBuffer value = writes.values().buffer();
    boolean same =
        old.getInt(oldAt + GENERATION) == value.getInt(at + GENERATION)
            && old.getInt(oldAt + TRAIL) == value.getInt(at + TRAIL)
            && old.get(oldAt + COUNT) == value.get(at + COUNT);
    for (int i = 0; same && i < INLINE; i++) {
      int action = ACTIONS + i * Long.BYTES;
      same = old.getLong(oldAt + action) == value.getLong(at + action);
    }
    return same;
  }

  private static long hash(ByteBuffer bytes, int at, int length) {
    long hash = length;
    for (int i = 0; i < length; i += Long.BYTES) {
      hash = (hash ^ bytes.getLong(at + i)) * 0x9e3779b97f4a7c15L;
      hash ^= hash >>> 32;
    }
    return hash;
  }

  /** Writes what was put. Flows for which there is no room are counted and left out. */
  void flush() throws ErrnoException {
    int count = pending;
    pending = 0;
    flushes++;
    if (count == 0) {
      return;
    }
    int written = writes.update(count);
    for (int next = written; next < count; next++) {
      if (writes.failure() != Errno.E2BIG && writes.failure() != Errno.ENOMEM) {
        throw new ErrnoException("write flows", writes.failure());
      }
      // One that has no room keeps no other back; and a batch may be short of memory for a moment
      // where a single write is not.
      writeAlone(next);
    }
  }

  private void writeAlone(int index) throws ErrnoException {
    try {
      map.update(
          writes.keys(), index * map.keyBytes(), writes.values(), index * VALUE_BYTES, BpfMap.ANY);
    } catch (ErrnoException e) {
      if (e.errno() != Errno.E2BIG && e.errno() != Errno.ENOMEM) {
        throw e;
      }
      full++;
    }
  }

  /** Flows that found no room. */
  long full() {
    return full;
  }

  /**
   * Shows all flows to the visitor, and deletes those that it says. Flows that come and go
   * meanwhile may or may not be seen.
   *
   * @return how many were seen
   */
  int walk(FlowVisitor visitor) throws ErrnoException {
    int walked = 0;
    reads.rewind();
    doomed = 0;
    for (int count = reads.lookup(); count > 0; count = reads.lookup()) {
      for (int i = 0; i < count; i++) {
        visit(visitor, i);
      }
      walked += count;
    }
    delete();
    return walked;
  }

  private void visit(FlowVisitor visitor, int index) throws ErrnoException {
    FlowVisitor.Verdict verdict =
        show(visitor, reads.keys().buffer(), reads.values().buffer(), index);
    if (verdict == FlowVisitor.Verdict.DELETE) {
      if (doomed == deletes.capacity()) {
        delete();
      }
      int bytes = map.keyBytes();
      deletes.keys().buffer().put(doomed * bytes, reads.keys().buffer(), index * bytes, bytes);
      doomed++;
    }
  }

  private FlowVisitor.Verdict show(
      FlowVisitor visitor, ByteBuffer keys, ByteBuffer values, int index) throws ErrnoException {
    int at = index * VALUE_BYTES;
    int mask = readKey(keys, index);
    readActions(values, at);
    return visitor.visit(
        seen,
        mask,
        values.getInt(at + GENERATION),
        values.getInt(at + TRAIL),
        seenActions,
        values.getLong(at + PACKETS),
        values.getLong(at + PACKETS + Long.BYTES),
        values.getLong(at + USED));
  }

  private int readKey(ByteBuffer keys, int index) {
    if (layer2) {
      seen.clear();
      keys.get(index * FlowKey.LAYER2_BYTES, seen.bytes(), 0, FlowKey.LAYER2_BYTES);
      return -1;
    }
    int at = index * (MASKED_KEY_OFFSET + FlowKey.BYTES);
    seen.read(keys, at + MASKED_KEY_OFFSET);
    return keys.getInt(at);
  }

  private void readActions(ByteBuffer values, int at) throws ErrnoException {
    seenActions.clear();
    int count = Math.min(values.get(at + COUNT), INLINE);
    for (int i = 0; i < count; i++) {
      long action = values.getLong(at + ACTIONS + i * Long.BYTES);
      if ((action & 0xff) == ActionType.LIST.code()) {
        int list = (int) (action >> 32);
        ActionList whole = lists.get(list);
        lists.keep(list);
        if (whole != null) {
          seenActions.set(whole);
        }
        return;
      }
      seenActions.addEncoded(action);
    }
  }

  private void delete() throws ErrnoException {
    deletes.deletePresent(doomed);
    doomed = 0;
  }
}
