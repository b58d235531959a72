// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.cli;

import java.nio.file.Path;
import picocli.CommandLine.Option;

/** {@code --state}: where plumbline remembers what it set on this host. */
final class StateOption {
  @Option(
      names = "--state",
      paramLabel = "DIRECTORY",
      defaultValue = "${env:PLUMBLINE_STATE:-/var/lib/plumbline}",
      description =
          "Where plumbline remembers what it set on this host. Default: $$PLUMBLINE_STATE, or"
              + " /var/lib/plumbline.")
  private Path directory = Path.of("/var/lib/plumbline");

  Path directory() {
    return directory;
  }
}
