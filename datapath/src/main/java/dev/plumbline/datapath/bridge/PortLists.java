// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.bridge;

import java.util.Arrays;

/**
 * For each port its learnt entries from the least to the most recently seen, and the ports in a
 * heap by how many they have: who has most is known at once, and a change costs the heap's depth.
 * Entries are numbers, given out by {@link MacTable}.
 */
final class PortLists {
  static final int NONE = -1;

  private int[] previous;
  private int[] next;

  // By port; grown as larger port numbers are seen.
  private int[] first = new int[0];
  private int[] last = new int[0];
  private int[] count = new int[0];
  private int[] place = new int[0];

  /** Ports that have entries; each has at least as many as its children at 2i + 1 and 2i + 2. */
  private int[] heap = new int[0];

  private int ports;

  PortLists(int entries) {
    previous = new int[entries];
    next = new int[entries];
  }

  void resize(int entries) {
    previous = Arrays.copyOf(previous, entries);
    next = Arrays.copyOf(next, entries);
  }

  /** How many ports have entries. */
  int ports() {
    return ports;
  }

  /** All ports with entries are below. */
  int portLimit() {
    return first.length;
  }

  /** One of the ports with entries; the first has most. */
  int port(int index) {
    return heap[index];
  }

  int count(int port) {
    return port < count.length ? count[port] : 0;
  }

  /** The port's least recently seen entry, or {@link #NONE}. */
  int oldest(int port) {
    return port < first.length ? first[port] : NONE;
  }

  /** The entry of the same port that was seen after this one, or {@link #NONE}. */
  int next(int entry) {
    return next[entry];
  }

  void append(int port, int entry) {
    grow(port);
    if (count[port] == 0) {
      place[port] = ports;
      heap[ports++] = port;
    }
    link(port, entry);
    count[port]++;
    up(place[port]);
  }

  void remove(int port, int entry) {
    unlink(port, entry);
    count[port]--;
    int at = place[port];
    if (count[port] > 0) {
      down(at);
      return;
    }
    int moved = heap[--ports];
    if (moved != port) {
      put(at, moved);
      up(at);
      down(place[moved]);
    }
  }

  /** Makes it its port's most recently seen. */
  void refresh(int port, int entry) {
    if (last[port] != entry) {
      unlink(port, entry);
      link(port, entry);
    }
  }

  private void link(int port, int entry) {
    previous[entry] = last[port];
    next[entry] = NONE;
    if (last[port] == NONE) {
      first[port] = entry;
    } else {
      next[last[port]] = entry;
    }
    last[port] = entry;
  }

  private void unlink(int port, int entry) {
    if (previous[entry] == NONE) {
      first[port] = next[entry];
    } else {
      next[previous[entry]] = next[entry];
    }
    if (next[entry] == NONE) {
      last[port] = previous[entry];
    } else {
      previous[next[entry]] = previous[entry];
    }
  }

  private void up(int at) {
    int port = heap[at];
    while (at > 0 && count[heap[(at - 1) / 2]] < count[port]) {
      put(at, heap[(at - 1) / 2]);
      at = (at - 1) / 2;
    }
    put(at, port);
  }

  private void down(int at) {
    int port = heap[at];
    while (true) {
      int child = 2 * at + 1;
      if (child + 1 < ports && count[heap[child + 1]] > count[heap[child]]) {
        child++;
      }
      if (child >= ports || count[heap[child]] <= count[port]) {
        break;
      }
      put(at, heap[child]);
      at = child;
    }
    put(at, port);
  }

  private void put(int at, int port) {
    heap[at] = port;
    place[port] = at;
  }

  private void grow(int port) {
    int old = first.length;
    if (port < old) {
      return;
    }
    int size = Math.max(64, Integer.highestOneBit(port) * 2);
    first = Arrays.copyOf(first, size);
    last = Arrays.copyOf(last, size);
    count = Arrays.copyOf(count, size);
    place = Arrays.copyOf(place, size);
    heap = Arrays.copyOf(heap, size);
    Arrays.fill(first, old, size, NONE);
    Arrays.fill(last, old, size, NONE);
  }
}
