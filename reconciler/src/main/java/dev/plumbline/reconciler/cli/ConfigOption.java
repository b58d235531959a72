// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.cli;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/** The agent's configuration file, and how to look at it alone. */
final class ConfigOption {
  @Spec(Target.MIXEE)
  private CommandSpec verb = CommandSpec.create();

  @Option(
      names = AgentConfiguration.CONFIG,
      paramLabel = "FILE",
      description = {
        "Options from a YAML file: `allowedSigners` there is --allowed-signers here, and what is",
        "given here counts. Default: " + AgentConfiguration.USUAL + " if there is one."
      })
  private @Nullable Path file;

  @Option(names = "--check", description = "Check the configuration, change nothing, and exit.")
  private boolean check;

  boolean isCheck() {
    return check;
  }

  /** The file that was read; null: none. */
  @Nullable Path read() {
    return verb.preprocessor() instanceof AgentConfiguration configuration
        ? configuration.file()
        : file;
  }

  /** What was checked, for a message. */
  String what() {
    Path read = read();
    return read == null ? "the options" : read.toString();
  }
}
