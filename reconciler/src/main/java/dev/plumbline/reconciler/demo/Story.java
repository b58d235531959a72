// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.demo;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * What the demo shows. Safe for any thread, for the agents' logs come from threads of their own.
 */
final class Story {
  private static final String BOLD = "1";
  private static final String DIM = "2";
  private static final String RED = "31";
  private static final String GREEN = "32";
  private static final String CYAN = "36";

  private final Consumer<String> out;
  private final boolean colour;
  private final List<String> failures = new ArrayList<>();
  private int step;

  Story(Consumer<String> out, boolean colour) {
    this.out = out;
    this.colour = colour;
  }

  private String paint(String code, String text) {
    return colour ? "\u001b[" + code + "m" + text + "\u001b[0m" : text;
  }

  /** A numbered heading. */
  synchronized void step(String title) {
    step++;
    out.accept("");
    out.accept(paint(BOLD, step + ". " + title));
  }

  synchronized void say(String text) {
    out.accept("   " + text);
  }

  /** A command, as somebody would type it there. */
  synchronized void command(String where, String command) {
    out.accept("   " + paint(CYAN, where + "$ ") + paint(BOLD, command));
  }

  /** What a command or an agent wrote. */
  synchronized void output(String where, String text) {
    text.stripTrailing()
        .lines()
        .forEach(line -> out.accept("   " + paint(DIM, where + " │ ") + line));
  }

  /** A result that is as it should be, or that is not and makes the demo fail. */
  synchronized void check(boolean good, String text) {
    out.accept("   " + (good ? paint(GREEN, "✔ ") : paint(RED, "✘ ")) + text);
    if (!good) {
      failures.add("step " + step + ": " + text);
    }
  }

  synchronized List<String> failures() {
    return List.copyOf(failures);
  }

  /** The last lines. */
  synchronized void end(String text) {
    out.accept("");
    if (failures.isEmpty()) {
      out.accept(paint(GREEN, "✔ ") + paint(BOLD, text));
      return;
    }
    out.accept(paint(RED, "✘ ") + paint(BOLD, failures.size() + " of the expectations failed:"));
    failures.forEach(failure -> out.accept("  " + failure));
  }
}
