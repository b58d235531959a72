// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.testkit;

import dev.plumbline.reconciler.live.LiveState;
import dev.plumbline.reconciler.plan.OtherPeople;
import dev.plumbline.reconciler.sim.NamedGoal;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;

/** The properties of files made up by numbers. */
class RandomFilesProperties extends ReconcileProperties {
  @Override
  protected Arbitrary<Situation> situations() {
    LiveState others = OtherPeople.live();
    Arbitrary<NamedGoal> files = HostArbitraries.desiredStates();
    return Combinators.combine(files, files)
        .as((before, after) -> new Situation(others, before, after));
  }
}
