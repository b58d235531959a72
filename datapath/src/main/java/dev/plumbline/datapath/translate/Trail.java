// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.translate;

import java.util.Arrays;

/**
 * The flows that led to a decision, in the order in which the packet met them, each by the number
 * that {@link FlowNumbers} gave it. One that it met twice is there twice, and counts twice, as in
 * Open vSwitch.
 */
public final class Trail {
  private long[] numbers = new long[8];
  private int size;

  /** Adds one; 0, which is not counted, is left out. */
  void add(long number) {
    if (number == 0) {
      return;
    }
    if (size == numbers.length) {
      numbers = Arrays.copyOf(numbers, 2 * size);
    }
    numbers[size++] = number;
  }

  void clear() {
    size = 0;
  }

  public int size() {
    return size;
  }

  public long number(int index) {
    return numbers[index];
  }

  /** The same as a value of its own. */
  public Trail copy() {
    return of(numbers, size);
  }

  /** Of the first {@code size} of these numbers, which are copied. */
  public static Trail of(long[] numbers, int size) {
    Trail trail = new Trail();
    trail.numbers = Arrays.copyOf(numbers, size);
    trail.size = size;
    return trail;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Trail trail
        && Arrays.equals(numbers, 0, size, trail.numbers, 0, trail.size);
  }

  @Override
  public int hashCode() {
    long hash = size;
    for (int i = 0; i < size; i++) {
      hash = (hash ^ numbers[i]) * 0x9e3779b97f4a7c15L;
      hash ^= hash >>> 32;
    }
    return (int) hash;
  }

  @Override
  public String toString() {
    return Arrays.toString(Arrays.copyOf(numbers, size));
  }
}
