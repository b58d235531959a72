// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.plumbline.netlink.testing.KernelTest;
import dev.plumbline.reconciler.apply.Outcome;
import dev.plumbline.reconciler.apply.Progress;
import dev.plumbline.reconciler.embedded.SwitchAccess;
import dev.plumbline.reconciler.host.Host;
import dev.plumbline.reconciler.live.LiveState;
import dev.plumbline.reconciler.plan.Change;
import dev.plumbline.reconciler.plan.Disruption;
import dev.plumbline.reconciler.plan.FieldChange;
import dev.plumbline.reconciler.plan.Goal;
import dev.plumbline.reconciler.plan.Plan;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Plans that lie are carried out by this machine's kernel, and its events give them away: what
 * {@link KernelTruthTest} does not find in the planner's own is found where it is.
 */
@KernelTest
class LyingPlanTest {
  private static final String PAIR =
      "veths: {v0: {%s addresses: [10.0.0.1/24], peer: {device: w0}}}\n";
  private static final String BEFORE = PAIR.formatted("");

  @TempDir private Path state;
  private WatchedKernel kernel;
  private Host host;

  @BeforeEach
  void open() throws IOException {
    kernel = new WatchedKernel();
    host = Host.open(state, SwitchAccess.NONE, kernel);
    LiveState live = host.read(goal(BEFORE));
    Plan plan = host.plan(goal(BEFORE), live);
    Outcome outcome = host.apply(goal(BEFORE), live, plan, Progress.silent());
    assertTrue(outcome.isGood(), () -> outcome.failure() + " " + outcome.left());
    assertEquals("", wrong(new Claims(kernel.plans().get(0))), "of the planner's own plan");
  }

  @AfterEach
  void close() {
    host.close();
  }

  private static Goal goal(String yaml) {
    return Objects.requireNonNull(ModelHost.goal("version: 1\n" + yaml));
  }

  private static String wrong(Claims claims) {
    return claims.untrue() + claims.unannounced() + claims.needless();
  }

  /** Has a falsified plan for a file carried out; what is found of it, by its steps' own words. */
  private String found(String file, UnaryOperator<Change> falsify) throws IOException {
    LiveState live = host.read(goal(file));
    Plan plan = host.plan(goal(file), live);
    Plan false_ = plan.only(plan.changes().stream().map(falsify).toList());
    assertNull(kernel.apply(false_, live, SwitchAccess.NONE, Progress.silent()));
    return wrong(new Claims(kernel.plans().get(0)));
  }

  /** Has a plan carried out, and says something else of it. */
  private String foundOf(String file, UnaryOperator<Plan> told) throws IOException {
    LiveState live = host.read(goal(file));
    Plan plan = host.plan(goal(file), live);
    assertNull(kernel.apply(plan, live, SwitchAccess.NONE, Progress.silent()));
    Witnessed witnessed = kernel.plans().get(0);
    assertEquals("", wrong(new Claims(witnessed)), "of the planner's own plan");
    return wrong(new Claims(told.apply(plan), witnessed));
  }

  private static Change.Modify modify(Change change, List<FieldChange> fields, Disruption class_) {
    Change.Modify modify = (Change.Modify) change;
    return new Change.Modify(
        modify.address(), modify.live(), modify.wanted(), fields, modify.waitsFor(), class_);
  }

  private static boolean isDevice(Change change) {
    return change.address().equals("veths.v0");
  }

  @Test
  void aClassThatIsTooLow() throws IOException {
    String found =
        found(
            PAIR.formatted("up: false,"),
            change ->
                isDevice(change) ? modify(change, change.fields(), Disruption.IN_PLACE) : change);
    assertTrue(found.contains("no more is said than in-place"), found);
  }

  @Test
  void aFieldThatIsNotNamed() throws IOException {
    String found =
        foundOf(
            PAIR.formatted("mtu: 1400, txQueueLength: 77,"),
            plan ->
                plan.only(
                    plan.changes().stream()
                        .map(
                            change ->
                                (Change)
                                    modify(
                                        change,
                                        change.fields().stream()
                                            .filter(field -> !field.name().equals("mtu"))
                                            .toList(),
                                        change.disruption()))
                        .toList()));
    assertTrue(found.contains("mtu=1400") && found.contains("of which no step tells"), found);
  }

  @Test
  void aValueThatIsAnother() throws IOException {
    // The step says that the device goes down; what it wants to leave behind is up.
    String found =
        found(
            PAIR.formatted("mtu: 1400,"),
            change ->
                modify(
                    change,
                    List.of(change.fields().get(0), new FieldChange("up", "true", "false")),
                    Disruption.interrupts("traffic through v0")));
    assertTrue(found.contains("up is true"), found);
  }

  @Test
  void aStepThatChangesNothing() throws IOException {
    String found =
        found(
            PAIR.formatted("mtu: 1400,"),
            change ->
                modify(
                    change, List.of(new FieldChange("mtu", "1400", "1500")), change.disruption()));
    assertTrue(found.contains("changes nothing"), found);
  }

  @Test
  void whatGoesAlongAndIsNotTold() throws IOException {
    String found =
        foundOf(
            "",
            plan ->
                plan.only(
                    plan.changes().stream()
                        .filter(each -> !(each instanceof Change.Delete gone && gone.implied()))
                        .toList()));
    assertTrue(found.contains("is gone, of which no step tells"), found);
  }

  @Test
  void whatIsMadeAnewForNothing() throws IOException {
    String found =
        found(
            PAIR.formatted("mtu: 1400,"),
            change -> {
              Change.Modify modify = (Change.Modify) change;
              return new Change.Recreate(
                  modify.address(),
                  modify.live(),
                  modify.wanted(),
                  modify.fields(),
                  List.of(),
                  Disruption.interrupts("all on v0"));
            });
    assertTrue(found.contains("is made anew, and could be changed"), found);
  }
}
