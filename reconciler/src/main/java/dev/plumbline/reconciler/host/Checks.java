// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.host;

import dev.plumbline.reconciler.apply.Progress;
import dev.plumbline.reconciler.apply.Unheld;
import dev.plumbline.reconciler.plan.PlannedCheck;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;

/** The checks of an apply: before its first step, and after its last. For one thread. */
final class Checks {
  /** How long it is looked, before the first step, whether a check holds already. */
  private static final Duration GLANCE = Duration.ofSeconds(1);

  private final Kernel kernel;
  private BooleanSupplier patience = () -> true;

  Checks(Kernel kernel) {
    this.kernel = kernel;
  }

  /** See {@link Host#checkWhile}. */
  void goOnWhile(BooleanSupplier goesOn) {
    patience = goesOn;
  }

  /** Whether somebody wanted the end of them. */
  boolean areBrokenOff() {
    return !patience.getAsBoolean();
  }

  /** Those that did not hold; each is decided, for nothing was changed that hurries. */
  List<Unheld> all(List<PlannedCheck> checks) throws IOException {
    return checks.isEmpty() ? List.of() : kernel.check(checks, true, patience);
  }

  /** Addresses of those that do not hold at the moment: what is found later is no news. */
  Set<String> unheldBefore(List<PlannedCheck> checks) throws IOException {
    List<PlannedCheck> brief =
        checks.stream()
            .map(
                each -> new PlannedCheck(each.address(), each.place(), each.check().atMost(GLANCE)))
            .toList();
    Set<String> unheld = new TreeSet<>();
    all(brief).stream()
        .filter(each -> !each.brokenOff())
        .forEach(each -> unheld.add(each.address()));
    return unheld;
  }

  /** As they are found where nobody looked. */
  static List<Unheld> untried(List<PlannedCheck> checks, String why, boolean brokenOff) {
    return checks.stream()
        .map(each -> new Unheld(each.address(), each.place(), each.what(), why, false, brokenOff))
        .toList();
  }

  /**
   * Tries them after the last step, until one does not hold. Where they cannot be tried none does:
   * what nobody can prove does not stay.
   *
   * @param before what {@link #unheldBefore} gave
   */
  List<Unheld> after(List<PlannedCheck> checks, Set<String> before, Progress progress) {
    if (checks.isEmpty()) {
      return List.of();
    }
    List<Unheld> unheld;
    try {
      progress.checking(checks);
      unheld = kernel.check(checks, false, patience);
    } catch (IOException | RuntimeException e) {
      return untried(checks, "it cannot be tried: " + e, false);
    }
    return unheld.stream()
        .map(each -> before.contains(each.address()) ? each.asBefore() : each)
        .toList();
  }
}
