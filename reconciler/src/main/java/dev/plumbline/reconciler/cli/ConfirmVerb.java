// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.cli;

import dev.plumbline.reconciler.checkpoint.Decided;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code plumbline confirm}: keeps what was applied with {@code apply --confirm}. */
@Command(
    name = "confirm",
    description = {
      "Keep what was applied with `apply --confirm`. Too late if it was rolled back meanwhile.",
      "Any root may confirm; the history says who did."
    },
    footer = {"", "Exit codes: 0 it is kept, 1 there was nothing to confirm, or it was too late."})
final class ConfirmVerb implements Callable<Integer> {
  @Mixin private DecideVerb decide = new DecideVerb();

  private final Console console;

  ConfirmVerb(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws IOException {
    return decide.decide("confirm", Decided.CONFIRMED, console);
  }
}
