// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.cli;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/** {@code --state}: where plumbline remembers what it set on this host. */
final class StateOption {
  private static final AgentDirectory DIRECTORY =
      new AgentDirectory("state", "PLUMBLINE_STATE", Path.of("/var/lib/plumbline"));

  @Spec(Target.MIXEE)
  private CommandSpec verb = CommandSpec.create();

  @Option(
      names = "--state",
      paramLabel = "DIRECTORY",
      description = {
        "Where plumbline remembers what it set on this host. Default: $$PLUMBLINE_STATE, or",
        "`state` of " + AgentConfiguration.USUAL + ", or /var/lib/plumbline."
      })
  private @Nullable Path given;

  Path directory() {
    return DIRECTORY.find(given, verb).path();
  }
}
