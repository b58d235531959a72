// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.tally;

/**
 * A hash that is long enough for two values never to have the same: of 100,000 flows, with a chance
 * of one in four billion. The next process makes the same.
 */
final class Hash64 {
  private static final long MULTIPLIER = 0x9e3779b97f4a7c15L;

  private Hash64() {}

  static long of(String text) {
    return finish(add(1, text));
  }

  static long of(String first, int second, int third, String fourth) {
    return finish(add(add(add(add(1, first), second), third), fourth));
  }

  private static long add(long hash, String text) {
    long mixed = add(hash, text.length());
    for (int i = 0; i < text.length(); i++) {
      mixed = add(mixed, text.charAt(i));
    }
    return mixed;
  }

  private static long add(long hash, int word) {
    long mixed = (hash ^ word) * MULTIPLIER;
    return mixed ^ (mixed >>> 29);
  }

  private static long finish(long hash) {
    long mixed = (hash ^ (hash >>> 32)) * MULTIPLIER;
    return mixed ^ (mixed >>> 32);
  }
}
