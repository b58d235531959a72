// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.cli;

import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code plumbline completion}. */
@Command(
    name = "completion",
    description = "Print completion for bash and zsh: `source <(plumbline completion)`.")
final class Completion implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();

  private final Console console;

  Completion(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    console.out().print(AutoComplete.bash("plumbline", spec.root().commandLine()));
    return ExitCode.DONE;
  }
}
