// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.cli;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/** {@code --run}: where the agent's socket and the embedded switch's pins are. */
final class RunOption {
  private static final AgentDirectory DIRECTORY =
      new AgentDirectory("run", "PLUMBLINE_RUN", Path.of("/run/plumbline"));

  @Spec(Target.MIXEE)
  private CommandSpec verb = CommandSpec.create();

  @Option(
      names = "--run",
      paramLabel = "DIRECTORY",
      description = {
        "Where the agent's socket and the embedded switch's pins are. Default: $$PLUMBLINE_RUN,",
        "or `run` of " + AgentConfiguration.USUAL + ", or /run/plumbline."
      })
  private @Nullable Path given;

  Path directory() {
    return found(verb).path();
  }

  /**
   * The directory and who says so, for a message.
   *
   * @param whose the verb; picocli tells a mixin of a mixin of the latter alone
   */
  AgentDirectory.Found found(CommandSpec whose) {
    return DIRECTORY.find(given, whose);
  }
}
