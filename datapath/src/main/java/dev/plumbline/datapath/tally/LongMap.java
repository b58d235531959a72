// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.tally;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Values by numbers, in two arrays: with 100,000 flows a {@link java.util.HashMap}'s objects cost
 * more than all else that is done for their counters. Open addressing. Not for several threads.
 */
final class LongMap<V> {
  private static final int SMALLEST = 16;
  private static final long MULTIPLIER = 0x9e3779b97f4a7c15L;

  private long[] keys = new long[SMALLEST];
  private @Nullable V[] values = newValues(SMALLEST);
  private int size;

  @SuppressWarnings("unchecked")
  private static <V> @Nullable V[] newValues(int length) {
    return (@Nullable V[]) new Object[length];
  }

  int size() {
    return size;
  }

  /** null: there is none. */
  @Nullable V get(long key) {
    return values[place(key)];
  }

  /** In place of what there is. */
  void put(long key, V value) {
    int place = place(key);
    if (values[place] == null) {
      size++;
    }
    keys[place] = key;
    values[place] = value;
    if (2 * size > keys.length) {
      grow();
    }
  }

  /** Returns what there was; null: nothing. */
  @Nullable V remove(long key) {
    int place = place(key);
    V there = values[place];
    if (there != null) {
      size--;
      close(place);
    }
    return there;
  }

  void clear() {
    keys = new long[SMALLEST];
    values = newValues(SMALLEST);
    size = 0;
  }

  /** In no order; the map is not to be changed meanwhile. */
  void forEach(Consumer<V> action) {
    for (V value : values) {
      if (value != null) {
        action.accept(value);
      }
    }
  }

  private int home(long key) {
    return (int) ((key * MULTIPLIER) >>> 32) & (keys.length - 1);
  }

  /** Where the key is, or would be. */
  private int place(long key) {
    int place = home(key);
    while (values[place] != null && keys[place] != key) {
      place = next(place);
    }
    return place;
  }

  private int next(int place) {
    return (place + 1) & (keys.length - 1);
  }

  private void grow() {
    long[] oldKeys = keys;
    @Nullable V[] oldValues = values;
    keys = new long[2 * oldKeys.length];
    values = newValues(2 * oldKeys.length);
    for (int i = 0; i < oldKeys.length; i++) {
      if (oldValues[i] != null) {
        int place = place(oldKeys[i]);
        keys[place] = oldKeys[i];
        values[place] = oldValues[i];
      }
    }
  }

  /** Takes away what is in a place; those behind it move up, so that none is lost. */
  private void close(int place) {
    int hole = place;
    values[hole] = null;
    for (int at = next(hole); values[at] != null; at = next(at)) {
      int home = home(keys[at]);
      if (((at - home) & (keys.length - 1)) >= ((at - hole) & (keys.length - 1))) {
        keys[hole] = keys[at];
        values[hole] = values[at];
        values[at] = null;
        hole = at;
      }
    }
  }
}
