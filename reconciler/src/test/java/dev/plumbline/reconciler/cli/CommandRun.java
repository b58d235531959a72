// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.cli;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/** Runs command lines in this process and keeps what they wrote. Not on a terminal. */
final class CommandRun {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private final Console console = new Console(out, err, false, false, false);

  int execute(String... arguments) {
    return Plumbline.execute(console, arguments);
  }

  String out() {
    console.flush();
    return out.toString(StandardCharsets.UTF_8);
  }

  String err() {
    return err.toString(StandardCharsets.UTF_8);
  }

  OutputStream errStream() {
    return err;
  }

  Console console() {
    return console;
  }
}
