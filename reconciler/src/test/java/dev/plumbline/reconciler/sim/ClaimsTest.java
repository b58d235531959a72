// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.plumbline.reconciler.apply.Progress;
import dev.plumbline.reconciler.embedded.SwitchAccess;
import dev.plumbline.reconciler.live.LiveState;
import dev.plumbline.reconciler.model.Disturbance;
import dev.plumbline.reconciler.model.ModelKernel;
import dev.plumbline.reconciler.plan.Change;
import dev.plumbline.reconciler.plan.Disruption;
import dev.plumbline.reconciler.plan.Goal;
import dev.plumbline.reconciler.plan.Plan;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** What is said of plans that lie, and that the planner's own do not. */
class ClaimsTest {
  private static Goal goal(String yaml) {
    return Objects.requireNonNull(ModelHost.goal("version: 1\n" + yaml));
  }

  private static ModelHost host() {
    return new ModelHost(ModelKernel.withCards("host", List.of("eth0")).state());
  }

  /** Carries out one plan, and compares with what another one says. */
  private static Claims claims(ModelHost host, Plan carriedOut, Plan told) {
    LiveState was = host.kernel.state();
    Watching watching = new Watching(host.kernel, Disturbance.NONE);
    host.kernel.disturb(watching);
    try (watching) {
      assertNull(host.kernel.apply(carriedOut, was, SwitchAccess.NONE, Progress.silent()));
    }
    host.kernel.disturb(Disturbance.NONE);
    return new Claims(told, watching.plans().get(0));
  }

  private static String all(Claims claims) {
    return claims.untrue() + claims.unannounced() + claims.needless();
  }

  @Test
  void whatGoesAlongIsToldAndMissedWhereItIsNot() {
    String dummy =
        "dummies: {d0: {addresses: ['fd00::1/64']}}\nroutes: [{to: 'fd09::/64', dev: d0}]\n";
    try (ModelHost host = host()) {
      assertTrue(host.apply(goal(dummy)).isGood());
      Plan plan = host.plan(goal(""));
      Plan silent =
          plan.only(
              plan.changes().stream()
                  .filter(each -> !(each instanceof Change.Delete going && going.implied()))
                  .toList());
      assertEquals(plan.changes().size() - 2, silent.changes().size(), States.text(plan));
      Claims claims = claims(host, plan, silent);
      assertTrue(claims.untrue().contains("is gone, of which no step tells"), claims::untrue);
    }
    try (ModelHost host = host()) {
      assertTrue(host.apply(goal(dummy)).isGood());
      Plan plan = host.plan(goal(""));
      assertEquals("", all(claims(host, plan, plan)));
    }
  }

  @Test
  void aStepThatSaysTooLittleOfWhatItInterruptsIsFound() {
    try (ModelHost host = host()) {
      Plan plan = host.plan(goal("interfaces: {eth0: {up: false}}\n"));
      Change.Modify down = (Change.Modify) plan.changes().get(0);
      Plan mild =
          plan.only(
              List.of(
                  new Change.Modify(
                      down.address(),
                      down.live(),
                      down.wanted(),
                      down.fields(),
                      List.of(),
                      Disruption.IN_PLACE)));
      String found = claims(host, mild, mild).unannounced();
      assertTrue(found.contains("no more is said than in-place"), found);
    }
  }

  @Test
  void whatIsMadeAnewThoughItCouldBeChangedIsFound() {
    try (ModelHost host = host()) {
      assertTrue(host.apply(goal("dummies: {d0: {}}\n")).isGood());
      Plan plan = host.plan(goal("dummies: {d0: {mtu: 1400}}\n"));
      Change.Modify mtu = (Change.Modify) plan.changes().get(0);
      Plan anew =
          plan.only(
              List.of(
                  new Change.Recreate(
                      mtu.address(),
                      mtu.live(),
                      mtu.wanted(),
                      mtu.fields(),
                      List.of(),
                      Disruption.interrupts("all on d0"))));
      String found = claims(host, anew, anew).needless();
      assertTrue(found.contains("is made anew, and could be changed"), found);
    }
  }

  @Test
  void aStepThatDoesNothingIsFound() {
    try (ModelHost host = host()) {
      Goal goal = goal("interfaces: {eth0: {mtu: 1400}}\n");
      Plan plan = host.plan(goal);
      assertTrue(host.apply(goal).isGood());
      String found = claims(host, plan, plan).needless();
      assertTrue(found.contains("modify interfaces.eth0 changes nothing"), found);
    }
  }
}
