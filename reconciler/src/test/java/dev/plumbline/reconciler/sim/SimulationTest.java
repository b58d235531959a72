// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.plumbline.netlink.libc.Errno;
import dev.plumbline.reconciler.live.LiveState;
import dev.plumbline.reconciler.model.Disturbance;
import dev.plumbline.reconciler.model.Edit;
import dev.plumbline.reconciler.model.ModelKernel;
import dev.plumbline.reconciler.model.RefusedException;
import dev.plumbline.reconciler.plan.Action;
import dev.plumbline.reconciler.render.Schemas;
import dev.plumbline.reconciler.render.SimReport;
import dev.plumbline.reconciler.resource.ResourceId;
import dev.plumbline.reconciler.resource.ResourceType;
import java.io.IOException;
import java.io.StringWriter;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** What a simulation says where something is wrong: kernels with a fault of their own. */
class SimulationTest {
  private static final LiveState CARDS =
      ModelKernel.withCards("host", List.of("eth0", "eth1")).state();

  /** Silently drops what removes an address: says that it is gone already. */
  private static final Disturbance KEEPS_ADDRESSES =
      (kernel, change) ->
          change.id().type() == ResourceType.ADDRESS && change.action() == Action.DELETE
              ? Errno.EADDRNOTAVAIL
              : 0;

  /** Whoever makes a bridge takes a device of somebody else's along. */
  private static final Disturbance LOSES_DEVICES =
      (kernel, change) -> {
        ResourceId foreign = ResourceId.deviceIn("", "eth1");
        if (change.address().equals("bridges.br0") && kernel.state().has(foreign)) {
          try {
            kernel.edit(Edit.unplug(foreign));
          } catch (RefusedException e) {
            throw new AssertionError(e);
          }
        }
        return 0;
      };

  private static NamedGoal file(String yaml) {
    return new NamedGoal("a.yaml", Objects.requireNonNull(ModelHost.goal("version: 1\n" + yaml)));
  }

  private static final NamedGoal ADDRESS =
      file("interfaces: {eth0: {mtu: 1400, addresses: [10.0.0.1/24]}}\n");
  private static final NamedGoal BRIDGE = file("bridges: {br0: {datapath: kernel}}\n");

  @Test
  void aKernelThatDropsARequestWithoutAWordIsFoundAndTheStoryIsShort() {
    Simulation simulation = new Simulation(CARDS, List.of(ADDRESS), KEEPS_ADDRESSES);
    Simulated simulated = simulation.runs(1, 20);
    assertFalse(simulated.isGood());
    Simulated.Failed failed = simulated.failed().get(0);
    String story = String.join("\n", failed.story());
    assertEquals("apply a.yaml: 2 steps", failed.story().get(0), story);
    assertTrue(story.contains("still to delete"), story);
    assertTrue(failed.story().size() < 9, story);
    assertEquals(Law.CONVERGES, failed.law());
  }

  @Test
  void aSeedTellsTheSameStoryAgain() {
    Simulated all = new Simulation(CARDS, List.of(ADDRESS), KEEPS_ADDRESSES).runs(100, 20);
    Simulated.Failed failed = all.failed().get(1);
    Simulated again =
        new Simulation(CARDS, List.of(ADDRESS), KEEPS_ADDRESSES).runs(failed.seed(), 1);
    assertEquals(List.of(failed), again.failed());
  }

  @Test
  void whatOthersMadeIsMissedWhenItIsGone() {
    Played played =
        new Simulation(CARDS, List.of(BRIDGE), LOSES_DEVICES)
            .play(List.of(new Event.Applied(0, List.of())));
    Broken broken = Objects.requireNonNull(played.broken());
    assertEquals(Law.FOREIGN, broken.law());
    assertEquals("device eth1 is gone", broken.detail());
  }

  @Test
  void theReportNamesSeedsStoriesAndTheWayToRepeatThem() throws IOException {
    Simulated simulated = new Simulation(CARDS, List.of(ADDRESS), KEEPS_ADDRESSES).runs(1, 40);
    SimReport report = new SimReport(simulated, "plumbline sim a.yaml --runs 1 --seed ");
    String text = report.text(false);
    long seed = simulated.failed().get(0).seed();
    assertTrue(
        text.contains("Seed " + seed + ": not so, that an apply leaves nothing to do\n"), text);
    assertTrue(text.contains("Again: plumbline sim a.yaml --runs 1 --seed " + seed + "\n"), text);
    assertTrue(text.contains(simulated.failed().size() + " runs failed: seeds " + seed), text);
    StringWriter json = new StringWriter();
    report.json(json);
    Schemas.validates("sim.schema.json", json.toString());
  }

  /** Nothing can be applied, as the kernel says that something is down. */
  private static final Disturbance SAYS_DOWN = (kernel, change) -> Errno.ENETDOWN;

  @Test
  void aKernelThatSaysDownWhereNothingIsHasNoExcuse() {
    Simulated simulated = new Simulation(CARDS, List.of(ADDRESS), SAYS_DOWN).runs(1, 6);
    assertFalse(simulated.failed().isEmpty());
    assertEquals(List.of("a.yaml"), simulated.neverApplied());
    assertEquals(0, simulated.tally().of(Tally.Count.CUT_SHORT));
  }

  @Test
  void aFileThatWasNeverBroughtAboutIsAnErrorThoughNothingFailed() throws Exception {
    ModelKernel kernel = new ModelKernel(CARDS);
    kernel.edit(Edit.down(ResourceId.deviceIn("", "eth1")));
    Simulated simulated = new Simulation(kernel.state(), List.of(ADDRESS), SAYS_DOWN).runs(1, 4);
    assertEquals(List.of(), simulated.failed());
    assertFalse(simulated.isGood());
    assertEquals(List.of("a.yaml"), simulated.neverApplied());
    long cut = simulated.tally().of(Tally.Count.CUT_SHORT);
    assertTrue(cut > 0, () -> simulated.passedOver().toString());
    String text = new SimReport(simulated, "").text(false);
    assertTrue(text.contains("a.yaml was never applied: see above why"), text);
  }

  @Test
  void faultsHappenWhereTheyAreToldTo() {
    Happening refusal = new Happening(Happening.Sort.REFUSAL, 1, 1);
    Happening crash = new Happening(Happening.Sort.CRASH, 0, 0);
    Played played =
        new Simulation(CARDS, List.of(ADDRESS))
            .play(
                List.of(
                    new Event.Applied(0, List.of(refusal)),
                    new Event.GivenBack(),
                    new Event.Applied(0, List.of(crash))));
    assertEquals(null, played.broken());
    String story = String.join("\n", played.story());
    assertTrue(story.contains("is refused with EBUSY\n  it ends: undone\n"), story);
    assertTrue(story.contains("the process dies before request 1 "), story);
    assertEquals(1, played.tally().of(Tally.Count.REFUSALS));
    assertEquals(1, played.tally().of(Tally.Count.CRASHES));
  }

  @Test
  void othersWriteBetweenTwoDumpsOfAReadingAndADumpIsInterrupted() {
    Happening torn = new Happening(Happening.Sort.TORN, 2, 1);
    Happening interrupted = new Happening(Happening.Sort.INTERRUPTED, 7, 0);
    Played played =
        new Simulation(CARDS, List.of(ADDRESS))
            .play(List.of(new Event.Applied(0, List.of(torn, interrupted)), new Event.GivenBack()));
    String story = String.join("\n", played.story());
    assertEquals(null, played.broken(), story);
    assertTrue(story.contains("somebody else, before dump 3 of what is read: ip "), story);
    assertTrue(story.contains("dump 8 of what is read is interrupted for good"), story);
    assertEquals(1, played.tally().of(Tally.Count.EDITS));
    assertEquals(1, played.tally().of(Tally.Count.INTERRUPTIONS));
  }
}
