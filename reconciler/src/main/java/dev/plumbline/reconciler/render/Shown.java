// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.render;

import java.util.Locale;

/** Values made fit to be printed. */
public final class Shown {
  private Shown() {}

  /**
   * The text without control characters: an alias or a device name comes from whoever may set it,
   * and must not move the cursor of who reads the plan.
   */
  public static String text(String value) {
    StringBuilder safe = null;
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      boolean unsafe = Character.isISOControl(c) || isBidirectional(c);
      if (unsafe && safe == null) {
        safe = new StringBuilder(value.substring(0, i));
      }
      if (safe != null) {
        safe.append(unsafe ? String.format("\\u%04x", (int) c) : String.valueOf(c));
      }
    }
    return safe == null ? value : safe.toString();
  }

  /** Overrides of the writing direction, which make a text read other than it is. */
  private static boolean isBidirectional(char c) {
    return (c >= '\u202a' && c <= '\u202e') || (c >= '\u2066' && c <= '\u2069');
  }

  /** A field's value; a word where there is none. */
  static String value(String value) {
    return value.isEmpty() ? "none" : text(value);
  }

  static String count(long number, String noun) {
    return count(number, noun, noun + "s");
  }

  /** The same of a noun that has a plural of its own. */
  static String count(long number, String one, String many) {
    return String.format(Locale.ROOT, "%,d %s", number, number == 1 ? one : many);
  }

  static String pad(String text, int width) {
    return text.length() >= width ? text : text + " ".repeat(width - text.length());
  }
}
