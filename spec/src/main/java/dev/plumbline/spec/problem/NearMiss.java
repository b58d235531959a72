// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.spec.problem;

import java.util.Collection;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Finds what was probably meant. */
public final class NearMiss {
  private static final int LONGEST = 64;

  private NearMiss() {}

  /**
   * The candidate nearest to the text by edit distance (insert, delete, replace, swap neighbours;
   * case counts nothing); null if none is near: one edit in names of up to four characters, two in
   * up to eight, three in longer ones, and always fewer than half of the text.
   */
  public static @Nullable String find(String text, Collection<String> candidates) {
    if (text.length() > LONGEST) {
      return null;
    }
    int allowed = text.length() <= 4 ? 1 : text.length() <= 8 ? 2 : 3;
    allowed = Math.min(allowed, (text.length() - 1) / 2);
    String best = null;
    int bestDistance = allowed + 1;
    for (String candidate : candidates) {
      if (Math.abs(candidate.length() - text.length()) < bestDistance && !candidate.equals(text)) {
        int distance = distance(text.toLowerCase(Locale.ROOT), candidate.toLowerCase(Locale.ROOT));
        if (distance < bestDistance) {
          best = candidate;
          bestDistance = distance;
        }
      }
    }
    return best;
  }

  /** Optimal string alignment distance. */
  static int distance(String a, String b) {
    int[][] d = new int[a.length() + 1][b.length() + 1];
    for (int i = 0; i <= a.length(); i++) {
      for (int j = 0; j <= b.length(); j++) {
        if (i == 0 || j == 0) {
          d[i][j] = i + j;
          continue;
        }
        int replaced = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
        d[i][j] = Math.min(d[i - 1][j - 1] + replaced, Math.min(d[i - 1][j], d[i][j - 1]) + 1);
        boolean swapped =
            i > 1
                && j > 1
                && a.charAt(i - 1) == b.charAt(j - 2)
                && a.charAt(i - 2) == b.charAt(j - 1);
        if (swapped) {
          d[i][j] = Math.min(d[i][j], d[i - 2][j - 2] + 1);
        }
      }
    }
    return d[a.length()][b.length()];
  }
}
