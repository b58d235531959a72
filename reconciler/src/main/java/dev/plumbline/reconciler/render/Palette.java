// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.render;

import dev.plumbline.reconciler.plan.Action;

/** Colours of a terminal (ECMA-48 SGR), or none. */
enum Palette {
  PLAIN(false),
  ANSI(true);

  private static final String ESCAPE = "\u001b[";
  private final boolean colours;

  Palette(boolean colours) {
    this.colours = colours;
  }

  String bold(String text) {
    return paint("1", text);
  }

  String dim(String text) {
    return paint("2", text);
  }

  String warning(String text) {
    return paint("33", text);
  }

  String error(String text) {
    return paint("31", text);
  }

  /** In the colour of an action: green, yellow, magenta, red. */
  String of(Action action, String text) {
    return switch (action) {
      case CREATE -> paint("32", text);
      case MODIFY -> paint("33", text);
      case RECREATE -> paint("35", text);
      default -> paint("31", text);
    };
  }

  private String paint(String code, String text) {
    return !colours || text.isEmpty() ? text : ESCAPE + code + "m" + text + ESCAPE + "0m";
  }
}
