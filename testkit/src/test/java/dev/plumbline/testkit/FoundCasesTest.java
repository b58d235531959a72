// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.plumbline.netlink.libc.Errno;
import dev.plumbline.reconciler.apply.Outcome;
import dev.plumbline.reconciler.apply.Outcome.Result;
import dev.plumbline.reconciler.live.Capabilities;
import dev.plumbline.reconciler.live.LiveState;
import dev.plumbline.reconciler.model.Disturbance;
import dev.plumbline.reconciler.model.Edit;
import dev.plumbline.reconciler.model.ModelKernel;
import dev.plumbline.reconciler.plan.Goal;
import dev.plumbline.reconciler.resource.Resource;
import dev.plumbline.reconciler.resource.ResourceId;
import dev.plumbline.reconciler.sim.Event;
import dev.plumbline.reconciler.sim.Happening;
import dev.plumbline.reconciler.sim.ModelHost;
import dev.plumbline.reconciler.sim.NamedGoal;
import dev.plumbline.reconciler.sim.Played;
import dev.plumbline.reconciler.sim.Simulation;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** What the properties found once. */
class FoundCasesTest {
  private static final ResourceId ETH0 = ResourceId.deviceIn("", "eth0");
  private static final ResourceId ADDRESS = ResourceId.addressOn("", "eth0", "192.168.50.10/24");
  private static final ResourceId DEFAULT = ResourceId.route("", "0.0.0.0/0 table 254 metric 0");

  private static ModelHost host() {
    List<Resource> there =
        List.of(
            new Resource(ResourceId.deviceIn("", "lo"), null, Map.of("kind", "")),
            new Resource(ETH0, null, Map.of("kind", "")),
            new Resource(ADDRESS, null, Map.of()),
            new Resource(DEFAULT, null, Map.of("dev", "eth0", "via", "192.168.50.1")));
    return new ModelHost(new LiveState("host", Capabilities.ALL, there, Map.of()));
  }

  private static Goal goal(String yaml) {
    return Objects.requireNonNull(ModelHost.goal("version: 1\n" + yaml));
  }

  /** Refuses requests by their number, from 0. */
  private static Disturbance refusing(int... requests) {
    int[] count = {0};
    return (kernel, change) -> {
      int now = count[0]++;
      for (int each : requests) {
        if (each == now) {
          return Errno.ENOMEM;
        }
      }
      return 0;
    };
  }

  @Test
  void aRouteThatWentWithTheLastAddressAndCannotComeBackIsNamed() throws Exception {
    try (ModelHost host = host()) {
      assertTrue(host.apply(goal("interfaces: {eth0: {addresses: [10.0.0.1/24]}}\n")).isGood());
      host.kernel.edit(Edit.deleteAddress(ADDRESS));
      host.kernel.disturb(refusing(0));
      Outcome outcome = host.apply(goal("rules: [{from: 10.1.0.0/16, table: 7, priority: 9}]\n"));
      assertEquals(Result.UNDO_FAILED, outcome.result());
      assertEquals(
          List.of(DEFAULT + ": still to create, needs a network with 192.168.50.1"),
          outcome.left());
    }
  }

  @Test
  void aDeviceThatComesBackWithoutItsMarkIsNotAsItWas() throws Exception {
    try (ModelHost host = host()) {
      assertTrue(host.apply(goal("dummies: {d0: {}}\n")).isGood());
      // d1 is not made; d0 goes with the same batch, is made again, and cannot be marked.
      host.kernel.disturb(refusing(0, 5));
      Outcome outcome = host.apply(goal("dummies: {d1: {}}\n"));
      assertEquals(Result.UNDO_FAILED, outcome.result(), () -> outcome.left().toString());
      assertTrue(
          outcome.left().get(0).startsWith("dummies.d0: change link"), outcome.left()::toString);
    }
  }

  @Test
  void aHalfThatACrashLeftWithoutItsMarkGoesWithItsPair() {
    String pair = "namespaces: {web: {}}\nveths: {v0: {peer: {device: eth0, namespace: web}}}\n";
    LiveState bare = ModelKernel.withCards("host", List.of("eth0")).state();
    Simulation simulation = new Simulation(bare, List.of(new NamedGoal(pair, goal(pair))));
    for (int moment = 0; moment < 7; moment++) {
      Happening crash = new Happening(Happening.Sort.CRASH, moment, 0);
      Played played =
          simulation.play(List.of(new Event.Applied(0, List.of(crash)), new Event.GivenBack()));
      assertNull(played.broken(), () -> String.join("\n", played.story()));
    }
  }

  @Test
  void aBondPrefersAMemberByTheNameThatItGets() {
    String d = "dummies: {d0: {%s}}\nbonds: {bond0: {members: [d0], mode: active-backup%s}}\n";
    try (ModelHost host = host()) {
      assertTrue(host.apply(goal(d.formatted("", ""))).isGood());
      assertTrue(host.apply(goal(d.formatted("device: d0x", ", primary: d0"))).isGood());
      Resource bond = host.kernel.state().find(ResourceId.deviceIn("", "bond0"));
      assertEquals("d0x", Objects.requireNonNull(bond).get("primary"));
    }
  }
}
