// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.fastpath;

import dev.plumbline.datapath.bpf.BpfMap;
import dev.plumbline.datapath.bpf.Layout;
import dev.plumbline.datapath.flow.ActionList;
import dev.plumbline.netlink.libc.ErrnoException;
import dev.plumbline.netlink.libc.Memory;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The map of action lists, each for all flows that do the same. A list that no flow names any more
 * is found by {@link #sweep}, after a walk over the flows that {@link #keep}s what they name, and
 * is not given to others before the next sweep: a frame may be in the middle of it.
 */
final class ActionLists {
  private static final int HEADER_BYTES = 8;
  private static final int BYTES = HEADER_BYTES + ActionList.LIMIT * Long.BYTES;

  private final BpfMap map;
  private final int limit;
  private final Map<ActionList, Entry> byContent = new HashMap<>();
  private final Map<Integer, Entry> byIndex = new HashMap<>();
  private final ArrayDeque<Integer> free = new ArrayDeque<>();
  private final ArrayDeque<Integer> resting = new ArrayDeque<>();
  private final Memory key = Memory.allocate(Integer.BYTES);
  private final Memory value = Memory.allocate(BYTES);
  private int unused;

  private static final class Entry {
    final int index;
    final ActionList actions;
    boolean kept = true;

    Entry(int index, ActionList actions) {
      this.index = index;
      this.actions = actions;
    }
  }

  ActionLists(BpfMap map) {
    this.map = map;
    this.limit = map.info().maxEntries();
  }

  /**
   * The index of a list with these actions, which is written if there is none.
   *
   * @return -1 if all are in use
   */
  int index(ActionList actions) throws ErrnoException {
    Entry known = byContent.get(actions);
    if (known != null) {
      known.kept = true;
      return known.index;
    }
    Integer index = free.poll();
    if (index == null) {
      if (unused == limit) {
        return -1;
      }
      index = unused++;
    }
    ActionList copy = new ActionList();
    copy.set(actions);
    Entry entry = new Entry(index, copy);
    byContent.put(copy, entry);
    byIndex.put(index, entry);
    write(index, copy);
    return index;
  }

  private void write(int index, ActionList actions) throws ErrnoException {
    key.buffer().putInt(0, index);
    value.buffer().putInt(0, actions.size());
    value.buffer().putInt(Layout.ActionList.PREPARES, actions.prepares());
    for (int i = 0; i < actions.size(); i++) {
      value.buffer().putLong(HEADER_BYTES + i * Long.BYTES, actions.encoded(i));
    }
    map.update(key, 0, value, 0, BpfMap.ANY);
  }

  /** The actions of a list; those of one that another process wrote are read from the map. */
  @Nullable ActionList get(int index) throws ErrnoException {
    Entry entry = byIndex.get(index);
    if (entry != null) {
      return entry.actions;
    }
    key.buffer().putInt(0, index);
    if (!map.lookup(key, 0, value, 0)) {
      return null;
    }
    ActionList actions = new ActionList();
    int size = Math.min(value.buffer().getInt(0), ActionList.LIMIT);
    for (int i = 0; i < size; i++) {
      actions.addEncoded(value.buffer().getLong(HEADER_BYTES + i * Long.BYTES));
    }
    Entry read = new Entry(index, actions);
    byIndex.put(index, read);
    byContent.putIfAbsent(actions, read);
    for (; unused <= index; unused++) {
      if (unused != index && !byIndex.containsKey(unused)) {
        free.add(unused);
      }
    }
    free.remove(index);
    return actions;
  }

  /** Notes that a flow names the list. */
  void keep(int index) {
    Entry entry = byIndex.get(index);
    if (entry != null) {
      entry.kept = true;
    }
  }

  /** Gives up the lists that were neither kept nor asked for since the last sweep. */
  void sweep() {
    free.addAll(resting);
    resting.clear();
    for (Iterator<Entry> all = byIndex.values().iterator(); all.hasNext(); ) {
      Entry entry = all.next();
      if (!entry.kept) {
        all.remove();
        byContent.remove(entry.actions, entry);
        resting.add(entry.index);
      }
      entry.kept = false;
    }
  }

  int size() {
    return byIndex.size();
  }
}
