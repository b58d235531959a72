// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.classifier;

/**
 * How often each hash is there: what a stage of a subtable has. Open addressing; a hash whose count
 * fell to 0 stays until the next growth.
 */
final class HashCounts {
  private static final int SMALLEST = 16;

  private int[] hashes = new int[SMALLEST];

  /** 0: free; otherwise the count + 1. */
  private int[] counts = new int[SMALLEST];

  private int taken;

  HashCounts copy() {
    HashCounts copy = new HashCounts();
    copy.hashes = hashes.clone();
    copy.counts = counts.clone();
    copy.taken = taken;
    return copy;
  }

  boolean has(int hash) {
    return counts[place(hash)] > 1;
  }

  void add(int hash) {
    int at = place(hash);
    if (counts[at] == 0) {
      hashes[at] = hash;
      counts[at] = 1;
      taken++;
    }
    counts[at]++;
    if (taken > hashes.length / 2) {
      grow();
    }
  }

  void remove(int hash) {
    counts[place(hash)]--;
  }

  private int place(int hash) {
    int at = hash & (hashes.length - 1);
    while (counts[at] != 0 && hashes[at] != hash) {
      at = (at + 1) & (hashes.length - 1);
    }
    return at;
  }

  private void grow() {
    int[] oldHashes = hashes;
    int[] oldCounts = counts;
    hashes = new int[2 * oldHashes.length];
    counts = new int[2 * oldHashes.length];
    taken = 0;
    for (int i = 0; i < oldHashes.length; i++) {
      if (oldCounts[i] > 1) {
        int at = place(oldHashes[i]);
        hashes[at] = oldHashes[i];
        counts[at] = oldCounts[i];
        taken++;
      }
    }
  }
}
