// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.testkit;

import dev.plumbline.reconciler.live.LiveState;
import dev.plumbline.reconciler.plan.OtherPeople;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;

/** The properties of files made up by numbers. */
class RandomFilesProperties extends ReconcileProperties {
  @Override
  public Arbitrary<String> files() {
    return Arbitraries.integers()
        .between(0, 59)
        .list()
        .ofSize(RandomHost.NUMBERS)
        .map(numbers -> RandomHost.file(numbers, false));
  }

  @Override
  protected LiveState others() {
    return OtherPeople.live();
  }
}
