// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.cli;

import dev.plumbline.reconciler.checkpoint.Decided;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code plumbline rollback}: takes back what was applied with {@code apply --confirm}. */
@Command(
    name = "rollback",
    description = {
      "Take back what was applied with `apply --confirm` and is not confirmed yet, or try again",
      "what could not be taken back whole."
    },
    footer = {
      "",
      "Exit codes: 0 the host is as it was before, 1 it is not, or there was nothing to take back."
    })
final class RollbackVerb implements Callable<Integer> {
  @Mixin private DecideVerb decide = new DecideVerb();

  private final Console console;

  RollbackVerb(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws IOException {
    return decide.decide("rollback", Decided.ROLLED_BACK, console);
  }
}
