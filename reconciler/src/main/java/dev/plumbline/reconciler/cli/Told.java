// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.cli;

import dev.plumbline.reconciler.agent.History;
import dev.plumbline.reconciler.checkpoint.Decided;
import java.io.IOException;
import java.nio.file.Path;

/** Says what was decided about a checkpoint where no agent does: here and in the history. */
final class Told {
  private Told() {}

  static void of(Decided decided, Path state, Console console) throws IOException {
    console.info(decided.message());
    decided.left().forEach(each -> console.info("  " + each));
    remember(decided, state);
  }

  static void remember(Decided decided, Path state) throws IOException {
    History.add(state, decided.event(), decided.message(), decided.properties());
  }
}
