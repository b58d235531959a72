// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.spec;

/** Patterns of names: {@code *} stands for any characters, {@code ?} for one. */
final class Glob {
  private Glob() {}

  /** In time that grows with the product of the lengths at most, whatever somebody wrote. */
  static boolean matches(String glob, String name) {
    int[] wanted = glob.codePoints().toArray();
    int[] given = name.codePoints().toArray();
    int at = 0;
    int star = -1; // the last one that was met, which takes what the rest cannot
    int taken = 0;
    int next = 0;
    while (next < given.length) {
      if (at < wanted.length && wanted[at] == '*') {
        star = at++;
        taken = next;
      } else if (at < wanted.length && (wanted[at] == '?' || wanted[at] == given[next])) {
        at++;
        next++;
      } else if (star >= 0) {
        at = star + 1;
        next = ++taken;
      } else {
        return false;
      }
    }
    while (at < wanted.length && wanted[at] == '*') {
      at++;
    }
    return at == wanted.length;
  }

  /** Whether it is a name. */
  static boolean isPlain(String glob) {
    return !glob.contains("*") && !glob.contains("?");
  }
}
