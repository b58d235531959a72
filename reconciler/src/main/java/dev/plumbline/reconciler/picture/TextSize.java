// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.picture;

import dev.plumbline.reconciler.picture.Diagram.Row;
import dev.plumbline.reconciler.picture.Diagram.Tone;
import java.util.List;

/**
 * How large text will be, wherever it is shown. Nobody knows the fonts there; the widest of those
 * that are asked for (DejaVu) are taken, so that text stays in its box with all of them.
 */
final class TextSize {
  static final double ROW = 15;
  private static final double NAME = 13;
  private static final double OTHER = 11;

  /** Of a font whose letters are all alike. */
  private static final double MONOSPACE = 0.603;

  private static final double WIDE = 1.05;

  private static final int CJK = 0x1100;

  private TextSize() {}

  static double width(Tone tone, String text) {
    return switch (tone) {
      case NAME -> monospace(text) * NAME;
      case VALUE -> monospace(text) * OTHER;
      case NOTE -> sans(text) * OTHER;
    };
  }

  /** Of all rows, with the signs of a plan in front of them. */
  static double width(List<Row> rows) {
    double widest = 0;
    for (Row row : rows) {
      double sign = row.mark() == null ? 0 : 14;
      widest = Math.max(widest, sign + width(row.tone(), row.text()));
    }
    return widest;
  }

  private static double monospace(String text) {
    return text.codePoints().mapToDouble(c -> c >= CJK ? WIDE : MONOSPACE).sum();
  }

  /** DejaVu Sans, a little rounded up. */
  static double sans(String text) {
    return text.codePoints().mapToDouble(TextSize::sans).sum();
  }

  private static double sans(int c) {
    if (c >= CJK) {
      return WIDE;
    } else if ("ijl.,:;'|! ".indexOf(c) >= 0) {
      return 0.36;
    } else if ("ftr()-[]/".indexOf(c) >= 0) {
      return 0.44;
    } else if ("mwMWOQ@%+~±—→".indexOf(c) >= 0) {
      return 1.0;
    } else if (c >= 'A' && c <= 'Z') {
      return 0.74;
    }
    return 0.64;
  }
}
