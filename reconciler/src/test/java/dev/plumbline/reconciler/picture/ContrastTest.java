// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.picture;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Text has a contrast of 4.5 to what is behind it, and lines one of 3 (WCAG 2.2, 1.4.3, 1.4.11).
 */
class ContrastTest {
  private static final List<String> GROUNDS =
      List.of("ground", "frame", "stack-tint", "bridge-tint", "bond-tint", "remote-tint");

  @ParameterizedTest
  @ValueSource(strings = {"LIGHT", "DARK"})
  void textAndLinesCanBeTold(String theme) {
    Map<String, String> colours = theme.equals("LIGHT") ? Colours.LIGHT : Colours.DARK;
    for (String ground : GROUNDS) {
      for (String text : List.of("text", "muted")) {
        check(colours, text, ground, 4.5);
      }
    }
    for (String ground : List.of("ground", "frame")) {
      for (String mark : List.of("create", "modify", "recreate", "delete", "there", "back")) {
        check(colours, mark, ground, 4.5);
      }
      for (String line : List.of("rim", "line", "stack", "bridge", "bond", "remote")) {
        check(colours, line, ground, 3);
      }
    }
  }

  private static void check(Map<String, String> colours, String one, String other, double least) {
    double brighter = luminance(Objects.requireNonNull(colours.get(one)));
    double darker = luminance(Objects.requireNonNull(colours.get(other)));
    double contrast = (Math.max(brighter, darker) + 0.05) / (Math.min(brighter, darker) + 0.05);
    assertTrue(contrast >= least, () -> one + " on " + other + ": " + contrast);
  }

  private static double luminance(String colour) {
    double sum = 0;
    double[] weights = {0.2126, 0.7152, 0.0722};
    for (int i = 0; i < 3; i++) {
      double part = Integer.parseInt(colour.substring(1 + 2 * i, 3 + 2 * i), 16) / 255.0;
      sum += weights[i] * (part <= 0.04045 ? part / 12.92 : Math.pow((part + 0.055) / 1.055, 2.4));
    }
    return sum;
  }
}
