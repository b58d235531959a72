// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.cli;

import java.io.OutputStream;
import java.util.List;

/**
 * Runs typical commands in one process, their results thrown away, so that the JVM can archive the
 * classes they need (AppCDS; {@code ./plumbline} calls it once after a build, in the project's
 * directory). A command that fails ends it with that command's exit code: an archive of the error
 * path would help nobody.
 */
public final class Rehearsal {
  private static final List<List<String>> COMMANDS =
      List.of(
          List.of("--version"),
          List.of("--help"),
          List.of("validate", "examples/bridge-vlans.yaml", "examples/routing.yaml"));

  private Rehearsal() {}

  public static void main(String[] arguments) {
    for (List<String> command : COMMANDS) {
      Console console =
          new Console(OutputStream.nullOutputStream(), System.err, false, false, false);
      int code = Plumbline.execute(console, command.toArray(String[]::new));
      if (code != ExitCode.DONE) {
        System.err.println(String.join(" ", command) + ": exit code " + code);
        System.exit(code);
      }
    }
  }
}
