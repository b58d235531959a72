// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.cli;

import java.nio.file.Path;
import picocli.CommandLine.Option;

/** {@code --run}: where the agent's socket and the embedded switch's pins are. */
final class RunOption {
  @Option(
      names = "--run",
      paramLabel = "DIRECTORY",
      defaultValue = "${env:PLUMBLINE_RUN:-/run/plumbline}",
      description =
          "Where the agent's socket and the embedded switch's pins are. Default:"
              + " $$PLUMBLINE_RUN, or /run/plumbline.")
  private Path directory = Path.of("/run/plumbline");

  Path directory() {
    return directory;
  }
}
