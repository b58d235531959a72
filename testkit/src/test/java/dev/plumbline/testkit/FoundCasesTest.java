// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.plumbline.netlink.libc.Errno;
import dev.plumbline.reconciler.apply.Outcome;
import dev.plumbline.reconciler.apply.Outcome.Result;
import dev.plumbline.reconciler.live.Capabilities;
import dev.plumbline.reconciler.live.LiveState;
import dev.plumbline.reconciler.model.Disturbance;
import dev.plumbline.reconciler.model.Edit;
import dev.plumbline.reconciler.model.ModelKernel;
import dev.plumbline.reconciler.plan.Change;
import dev.plumbline.reconciler.plan.Goal;
import dev.plumbline.reconciler.plan.OtherPeople;
import dev.plumbline.reconciler.resource.Resource;
import dev.plumbline.reconciler.resource.ResourceId;
import dev.plumbline.reconciler.sim.Event;
import dev.plumbline.reconciler.sim.Happening;
import dev.plumbline.reconciler.sim.ModelHost;
import dev.plumbline.reconciler.sim.NamedGoal;
import dev.plumbline.reconciler.sim.Played;
import dev.plumbline.reconciler.sim.Simulation;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
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
  private static Disturbance refusing(Set<Integer> requests) {
    int[] count = {0};
    return (kernel, change) -> requests.contains(count[0]++) ? Errno.ENOMEM : 0;
  }

  @Test
  void aRouteThatWentWithTheLastAddressAndCannotComeBackIsNamed() throws Exception {
    try (ModelHost host = host()) {
      assertTrue(host.apply(goal("interfaces: {eth0: {addresses: [10.0.0.1/24]}}\n")).isGood());
      host.kernel.edit(Edit.deleteAddress(ADDRESS));
      host.kernel.disturb(refusing(Set.of(0)));
      Outcome outcome = host.apply(goal("rules: [{from: 10.1.0.0/16, table: 7, priority: 9}]\n"));
      assertEquals(Result.UNDO_FAILED, outcome.result());
      assertEquals(
          List.of(DEFAULT + ": still to create, needs a network with 192.168.50.1"),
          outcome.left());
    }
  }

  /** Whether d0 comes back is another matter than whether it is marked: both are refused. */
  private static Outcome unmarkable(ModelHost host, int refusedLast) {
    assertTrue(host.apply(goal("dummies: {d0: {}}\n")).isGood());
    // d1 is not made; d0 goes with the same batch, is made again, and cannot be marked.
    Set<Integer> refused = new HashSet<>(Set.of(0));
    for (int request = 5; request <= refusedLast; request++) {
      refused.add(request);
    }
    host.kernel.disturb(refusing(refused));
    return host.apply(goal("dummies: {d1: {}}\n"));
  }

  @Test
  void aDeviceThatCannotBeMarkedIsRemovedAtOnceAndMadeOnceMore() {
    try (ModelHost host = host()) {
      LiveState before = host.kernel.state();
      Outcome outcome = unmarkable(host, 5);
      assertEquals(Result.UNDONE, outcome.result(), () -> outcome.left().toString());
      Resource dummy = host.kernel.state().find(ResourceId.deviceIn("", "d0"));
      assertEquals("dummies.d0", Objects.requireNonNull(dummy).owner());
      assertFalse(before.has(dummy.id()));
    }
  }

  @Test
  void aDeviceThatCanBeNeitherMarkedNorRemovedIsNamed() {
    try (ModelHost host = host()) {
      Outcome outcome = unmarkable(host, 100);
      assertEquals(Result.UNDO_FAILED, outcome.result(), () -> outcome.left().toString());
      String left = outcome.left().toString();
      assertTrue(left.contains("device d0: came back without its mark"), left);
    }
  }

  /** All that is made in several batches: a namespace, a bond, what is over it, a pair. */
  private static final String MUCH =
      """
      namespaces: {web: {}}
      dummies: {d0: {}}
      bonds: {bond0: {members: [d0], mode: active-backup}}
      vlans: {bond0.7: {parent: bond0, id: 7}}
      veths: {v0: {peer: {device: eth0, namespace: web}}}
      bridges: {br0: {datapath: kernel, ports: {v0: {}}, addresses: [10.0.0.1/24]}}
      """;

  private static Played play(String file, Event... events) {
    LiveState bare = ModelKernel.withCards("host", List.of("eth0")).state();
    return new Simulation(bare, List.of(new NamedGoal("much", goal(file)))).play(List.of(events));
  }

  @Test
  void nothingIsNobodysWhereARequestIsRefusedAndTheHostCannotBeReadToUndoIt() {
    int unread = 0;
    for (int request = 0; request < 30; request++) {
      // After what was read before the first step, and before all of it was put back.
      for (int dump = 6; dump < 24; dump += 3) {
        Happening refusal = new Happening(Happening.Sort.REFUSAL, request, 0);
        Happening unreadable = new Happening(Happening.Sort.INTERRUPTED, dump, 0);
        Played played =
            play(MUCH, new Event.Applied(0, List.of(refusal, unreadable)), new Event.GivenBack());
        String story = String.join("\n", played.story());
        assertNull(played.broken(), story);
        unread += story.contains("left: it cannot be undone, or not all: ") ? 1 : 0;
      }
    }
    assertTrue(unread > 20, unread + " could not be read");
  }

  @Test
  void whoWritesBeforeTheFirstDumpMayMakeAProblemOfThePlan() {
    String vlan = "vlans: {vl0: {parent: eth0, id: %s}}\n";
    List<NamedGoal> files =
        List.of(
            new NamedGoal("7", goal(vlan.formatted(7))),
            new NamedGoal("8", goal(vlan.formatted(8))));
    LiveState bare = ModelKernel.withCards("host", List.of("eth0")).state();
    // Somebody takes the mark away: what is not plumbline's is not made anew.
    Happening torn = new Happening(Happening.Sort.TORN, 0, 15);
    Played played =
        new Simulation(bare, files)
            .play(List.of(new Event.Applied(0, List.of()), new Event.Applied(1, List.of(torn))));
    String story = String.join("\n", played.story());
    assertNull(played.broken(), story);
    assertTrue(story.contains("it cannot be applied by now: vlans.vl0: "), story);
  }

  @Test
  void aPairOfWhichOthersRenamedAndUnmarkedOneHalfComesBackWholeFromARollback() {
    String file =
        """
        namespaces: {web: {}}
        veths: {vm1: {peer: {device: eth0, namespace: web}}}
        bridges: {br0: {datapath: kernel, ports: {vm1: {vlan: {access: 10}}}}}
        """;
    int back = 0;
    for (int device = 0; device < 8; device++) {
      Played played =
          play(
              file,
              new Event.Applied(0, List.of()),
              new Event.Edited(5, device),
              new Event.Edited(4, device),
              new Event.RolledBack(0));
      String story = String.join("\n", played.story());
      assertNull(played.broken(), story);
      back += story.contains("ip -n web link set eth0 name") ? 1 : 0;
    }
    assertTrue(back > 0, "no edit was about the far end");
  }

  /** The half that is made anew by its own name takes its address there. */
  @Test
  void anAddressComesBackWithAHalfThatIsMadeAnewUnderTheNameThatOthersTook() {
    String file =
        """
        namespaces: {web: {}}
        veths: {vm1: {peer: {device: eth0, namespace: web, addresses: [10.1.0.2/24]}}}
        """;
    int anew = 0;
    for (int device = 0; device < 64; device++) {
      Played played =
          play(
              file,
              new Event.Applied(0, List.of()),
              new Event.Edited(4, device % 4),
              new Event.Edited(4, device / 4 % 4),
              new Event.Edited(5, device / 16),
              new Event.Applied(0, List.of()));
      String story = String.join("\n", played.story());
      assertNull(played.broken(), story);
      anew += story.contains("ip -n web link set eth0 name") && story.contains("alias ''") ? 1 : 0;
    }
    assertTrue(anew > 0, "no far end was renamed and its pair unmarked");
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

  /** A long batch is several messages to the kernel, and a process may die between two of them. */
  @Test
  void aMemberOfOthersThatABondLetGoComesUpAfterACrashInTheMiddleOfABatch() {
    String bond = "bonds: {bond0: {members: [eth1], mode: %s}}\n";
    String first = bond.formatted("active-backup");
    String second =
        "interfaces: {eth1: {txQueueLength: 500}}\n"
            + "bridges: {br1: {datapath: kernel, ports: {eth1: {}}}}\n"
            + "tunnels: {vx0: {type: vxlan, key: 42, remote: 10.0.0.8}}\n"
            + bond.formatted("802.3ad").replace("eth1", "vx0");
    LiveState bare = ModelKernel.withCards("host", List.of("eth0", "eth1")).state();
    Simulation simulation =
        new Simulation(
            bare, List.of(new NamedGoal(first, goal(first)), new NamedGoal(second, goal(second))));
    for (int moment = 0; moment < 30; moment++) {
      Happening crash = new Happening(Happening.Sort.CRASH, moment, 1);
      Played played =
          simulation.play(
              List.of(
                  new Event.Applied(0, List.of()),
                  new Event.Applied(1, List.of(crash)),
                  new Event.GivenBack()));
      assertNull(played.broken(), () -> String.join("\n", played.story()));
    }
  }

  @Test
  void aMemberOfOthersThatABondLetGoComesUpWhereTheHostCannotBeReadToUndoARefusal() {
    String bond = "bonds: {bond0: {members: [eth1, eth2], mode: active-backup}}\n";
    LiveState bare = ModelKernel.withCards("host", List.of("eth0", "eth1", "eth2")).state();
    Simulation simulation =
        new Simulation(bare, List.of(new NamedGoal(bond, goal(bond)), NamedGoal.EMPTY));
    int unread = 0;
    for (int request = 0; request < 6; request++) {
      for (int dump = 2; dump < 12; dump++) {
        Happening refusal = new Happening(Happening.Sort.REFUSAL, request, 0);
        Happening interrupted = new Happening(Happening.Sort.INTERRUPTED, dump, 0);
        Played played =
            simulation.play(
                List.of(
                    new Event.Applied(0, List.of()),
                    new Event.Applied(1, List.of(refusal, interrupted)),
                    new Event.GivenBack()));
        String story = String.join("\n", played.story());
        assertNull(played.broken(), story);
        unread += story.contains("it ends: undo failed") ? 1 : 0;
      }
    }
    assertTrue(unread > 0, "the host could be read each time");
  }

  /**
   * A bridge gets the name of a bond, or a bond that of a bridge; eth0 stays in it, and eth1, which
   * somebody else put into it, is let go.
   *
   * @return whether eth1 was down meanwhile
   */
  private static boolean letsGo(String before, String after) throws Exception {
    LiveState bare = ModelKernel.withCards("host", List.of("eth0", "eth1")).state();
    ResourceId eth1 = ResourceId.deviceIn("", "eth1");
    try (ModelHost host = new ModelHost(bare)) {
      assertTrue(host.apply(goal(before)).isGood());
      host.kernel.edit(Edit.down(eth1));
      host.kernel.edit(Edit.master(eth1, "x0"));
      host.kernel.edit(Edit.up(eth1));
      host.kernel.edit(Edit.addAddress(eth1, "2001:db8::2/64"));
      host.kernel.edit(Edit.addRoute("", "10.9.0.0/16", "eth1"));
      boolean[] down = {false};
      host.kernel.disturb(
          (kernel, change) -> {
            down[0] |= Objects.requireNonNull(kernel.find(eth1)).get("up").equals("false");
            return 0;
          });
      assertTrue(host.apply(goal(after)).isGood(), before + after);
      Resource left = Objects.requireNonNull(host.kernel.find(eth1));
      assertEquals("", left.get("master"), before + after);
      assertEquals("true", left.get("up"), before + after);
      // Both go while it is down.
      assertTrue(host.kernel.state().has(ResourceId.addressOn("", "eth1", "2001:db8::2/64")));
      assertTrue(host.kernel.state().has(ResourceId.route("", "10.9.0.0/16 table 254 metric 0")));
      return down[0];
    }
  }

  private static final String BOND = "bonds: {x0: {mode: active-backup, members: [eth0]}}\n";
  private static final String BRIDGE = "bridges: {x0: {datapath: kernel, ports: {eth0: {}}}}\n";

  @Test
  void aMemberOfOthersIsSetUpAgainWhereItsMasterIsABondNowAndNotWhereItWillBeOne()
      throws Exception {
    assertTrue(letsGo(BOND, BRIDGE), "it was never down");
    assertFalse(letsGo(BRIDGE, BOND), "it was down for nothing");
  }

  /** A bond remembers the name that it was told, and nobody can read it. */
  @Test
  void aBondPrefersNobodyWhoComesBackUnderTheNameOfTheOneItPreferred() throws Exception {
    String d = "dummies: {d0: {}, d1: {}}\n";
    String bond = "bonds: {bond0: {members: [d0, d1], mode: active-backup%s}}\n";
    try (ModelHost host = host()) {
      assertTrue(host.apply(goal(d + bond.formatted(", primary: d0"))).isGood());
      host.kernel.edit(Edit.unplug(ResourceId.deviceIn("", "d0")));
      Outcome outcome = host.apply(goal(d + bond.formatted("")));
      assertTrue(outcome.isGood(), () -> outcome.left().toString());
      Resource left = host.kernel.state().find(ResourceId.deviceIn("", "bond0"));
      assertEquals("", Objects.requireNonNull(left).get("primary"));
    }
  }

  @Test
  void aMemberLeavesAVrfThatOthersRenamedBeforeThatIsMadeAnew() throws Exception {
    String file = "dummies: {d0: {}, d1: {}}\nvrfs: {red: {members: [%s], table: %d}}\n";
    int renamed =
        renamed(
            "ip link set red name",
            0,
            goal(file.formatted("d0", 100)),
            goal(file.formatted("d1", 101)),
            new Event.Applied(1, List.of()));
    assertTrue(renamed > 0, "it kept its name");
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

  @Test
  void aBondPrefersAMemberThatGetsAnotherNameWhileAnotherOneJoins() {
    String file =
        """
        dummies: {d0: {%s}, d1: {%s}}
        bonds: {bond0: {members: [%s], mode: active-backup, primary: %s}}
        """;
    for (String members : List.of("d0, d1", "d1, d0", "d0")) {
      for (String names : List.of("device: d0x,", ",", "device: d1, device: d0", ", device: d0x")) {
        for (String primary : List.of("d0", members.contains("d1") ? "d1" : "d0")) {
          String[] name = (names + " ").split(",", -1);
          String before = file.formatted("", "", "d0", "d0");
          String after = file.formatted(name[0].strip(), name[1].strip(), members, primary);
          applied(before, after);
          applied(after, before);
        }
      }
    }
  }

  private static void applied(String before, String after) {
    try (ModelHost host = host()) {
      assertTrue(host.apply(goal(before)).isGood(), before);
      Outcome outcome = host.apply(goal(after));
      assertTrue(outcome.isGood(), () -> before + "then\n" + after + outcome.left());
    }
  }

  /** Others renamed the bond, and the rollback names it after eth0, which it sets up, too. */
  @Test
  void aDeviceOfOthersIsSetUpAfterTheBondHasLetItGoWhateverThatIsCalled() throws Exception {
    String bond =
        "bonds: {bond0: {members: [%s], mode: %s}}\ntunnels: {vx1: {type: vxlan, key: 1}}\n";
    int renamed =
        renamed(
            "ip link set bond0 name z", // behind eth0
            50,
            goal(bond.formatted("vx1", "802.3ad")),
            goal(bond.formatted("eth0, vx1", "active-backup")),
            new Event.RolledBack(1));
    assertTrue(renamed > 0, "it kept its name");
  }

  /** How often this was told, of 16 renames by others from that number, before the last event. */
  private static int renamed(String told, int first, Goal before, Goal after, Event last) {
    List<NamedGoal> files = List.of(new NamedGoal("before", before), new NamedGoal("after", after));
    LiveState bare = ModelKernel.withCards("host", List.of("eth0")).state();
    int renamed = 0;
    for (int which = first; which < first + 16; which++) {
      Played played =
          new Simulation(bare, files)
              .play(List.of(new Event.Applied(0, List.of()), new Event.Edited(4, which), last));
      String story = String.join("\n", played.story());
      assertNull(played.broken(), story);
      renamed += story.contains(told) ? 1 : 0;
    }
    return renamed;
  }

  /** It is to be down, as the bond leaves it, so that it has no step. */
  @Test
  void aPortThatItsBondLetsGoForGoodWithoutAStepIsWarnedOf() throws Exception {
    String file = "dummies: {d0: {}}\nbonds: {bond0: {members: [d0], mode: %s}}\n";
    try (ModelHost host = host()) {
      assertTrue(host.apply(goal(file.formatted("active-backup"))).isGood());
      String other =
          "dummies: {d0: {up: false}}\nbonds: {bond0: {members: [eth0], mode: 802.3ad}}\n";
      List<String> warnings = host.plan(goal(other)).warnings();
      assertEquals(List.of("bonds.bond0: releases its port device d0"), warnings);
      assertTrue(host.apply(goal(other)).isGood());
    }
  }

  /** What is on a device is called by the name that this gets, and by the one that it has. */
  @Test
  void whatIsOnADeviceThatIsRenamedIsNamedWhereTheHostCannotBeReadToUndoIt() {
    String before = "dummies: {d0: {addresses: [10.0.0.1/24]}}\n";
    String bridge = "bridges: {b0: {datapath: kernel, addresses: [10.0.0.1/24]}}\n";
    String after = "dummies: {d0: {device: d1}}\n" + bridge;
    int named = unread(before, after, "address d0 10.0.0.1/24: is address d1 10.0.0.1/24 where");
    assertTrue(named > 0, "the host could be read each time");
  }

  /** No reader sees VLANs of ports of a bridge that does not tell them apart. */
  @Test
  void vlansOfPortsAreNamedWhereTheHostCannotBeReadToUndoWhatTheirBridgeDoes() {
    String file = "dummies: {d0: {}}\nbridges: {b0: {datapath: kernel, ports: {d0: {%s}}}}\n";
    String before = file.formatted("vlan: {access: 10}");
    String after = "dummies: {d1: {}}\nbridges: {b0: {datapath: kernel}}\n";
    int named = unread(before, after, "vlans d0: may have gone along with bridges.b0");
    assertTrue(named > 0, "the host could be read each time");
  }

  @Test
  void portsAreNamedWhereTheHostCannotBeReadToUndoThatTheirBondLetThemGo() {
    String before = "dummies: {d0: {}}\nbonds: {bond0: {members: [d0], mode: active-backup}}\n";
    String after =
        "dummies: {d0: {up: false}, d1: {}}\nbonds: {bond0: {members: [eth0], mode: 802.3ad}}\n";
    int named = unread(before, after, "device d0: may have been let go by bonds.bond0");
    assertTrue(named > 0, "the host could be read each time");
  }

  @Test
  void aDeviceThatIsDownWithItsParentIsNamedWhereTheHostCannotBeReadToUndoIt() {
    String after = "bonds: {bond0: {members: [eth1], mode: active-backup}}\n";
    int named = unread("", after, "device eth1.9: may be down with bonds.bond0.members.eth1");
    assertTrue(named > 0, "the host could be read each time");
  }

  /**
   * Both are called by the same name: one goes along with its device, the other is to be asked for.
   */
  @Test
  void anAddressGoesFromADeviceThatTakesTheNameOfOneThatHadTheSame() throws Exception {
    String device = "dummies: {%s: {device: %s, addresses: [10.0.0.1/24]}}\n";
    Goal other = goal(device.formatted("d1", "x"));
    try (ModelHost host = host()) {
      assertTrue(host.apply(goal(device.formatted("d0", "y"))).isGood());
      // No file may have the same address twice.
      assertTrue(host.apply(new Goal(other.wanted(), false, Set.of(), List.of())).isGood());
      Outcome outcome = host.apply(goal("dummies: {d0: {device: x}}\n"));
      assertTrue(outcome.isGood(), () -> outcome.left().toString());
    }
  }

  /** It is neither called by the name that it had nor by the one that it gets, for a moment. */
  @Test
  void whatIsOnDevicesThatExchangeNamesIsNamedWhereTheHostCannotBeReadToUndoIt() {
    String dummies = "dummies: {d0: {device: %s%s}, d1: {device: %s%s}}\n";
    String address = ", addresses: [10.0.0.%d/24]";
    String before = dummies.formatted("x1", address.formatted(1), "x0", address.formatted(2));
    int named = unread(before, dummies.formatted("x0", "", "x1", ""), "address x1 10.0.0.1/24: is");
    assertTrue(named > 0, "the host could be read each time");
  }

  /** It got the address by its number, before it had the name; the file calls it by that. */
  @Test
  void anAddressGoesFromADeviceThatWasToExchangeItsNameWithAnother() {
    String dummies = "dummies: {d0: {device: %s%s}, d1: {device: %s}}\n";
    List<NamedGoal> files =
        List.of(
            new NamedGoal("before", goal(dummies.formatted("x1", "", "x0"))),
            new NamedGoal(
                "after", goal(dummies.formatted("x0", ", addresses: ['fd00::1/64']", "x1"))));
    LiveState bare = ModelKernel.withCards("host", List.of("eth0")).state();
    for (int request = 0; request < 10; request++) {
      Happening refusal = new Happening(Happening.Sort.REFUSAL, request, 0);
      Played played =
          new Simulation(bare, files)
              .play(
                  List.of(new Event.Applied(0, List.of()), new Event.Applied(1, List.of(refusal))));
      assertNull(played.broken(), () -> String.join("\n", played.story()));
    }
  }

  /** How often this is left, of all places at which a request is refused and a dump broken off. */
  private static int unread(String before, String after, String left) {
    LiveState others = OtherPeople.live();
    Simulation simulation =
        new Simulation(
            others, List.of(new NamedGoal("1", goal(before)), new NamedGoal("2", goal(after))));
    int named = 0;
    for (int request = 0; request < 10; request++) {
      for (int dump = 6; dump < 24; dump++) {
        Happening refusal = new Happening(Happening.Sort.REFUSAL, request, 0);
        Happening unreadable = new Happening(Happening.Sort.INTERRUPTED, dump, 0);
        Played played =
            simulation.play(
                List.of(
                    new Event.Applied(0, List.of()),
                    new Event.Applied(1, List.of(refusal, unreadable))));
        String story = String.join("\n", played.story());
        assertNull(played.broken(), story);
        named += story.contains(left) ? 1 : 0;
      }
    }
    return named;
  }

  @Test
  void whatGoesAlongWithAStepIsNamedToWhereTheHostCannotBeReadToUndoIt() {
    String file =
        """
        namespaces: {web: {}}
        veths: {v0: {peer: {device: eth0, namespace: web, addresses: [10.0.0.7/24]}}}
        """;
    int named = unread(file, "", "may have gone along with");
    assertTrue(named > 0, "nothing went along");
  }

  @Test
  void whatIsToBeDownIsSetDownAgainWhenABondTakesIt() {
    String file = "dummies: {d0: {up: %s}}\nbonds: {bond0: {members: [%s], mode: %s}}\n";
    for (String up : List.of("true", "false")) {
      applied(file.formatted(up, "", "active-backup"), file.formatted("false", "d0", "balance-rr"));
      applied(file.formatted(up, "d0", "balance-rr"), file.formatted("false", "d0", "802.3ad"));
    }
    String over = "vlans: {vl0: {parent: d0, id: 7}}\n";
    applied(
        file.formatted("false", "", "balance-rr") + over,
        file.formatted("false", "d0", "balance-rr") + over);
  }

  @Test
  void aBondPrefersNobodyInAModeThatHasNone() {
    String file = "dummies: {d0: {}}\nbonds: {bond0: {members: [%s], mode: %s}}\n";
    try (ModelHost host = host()) {
      assertTrue(host.apply(goal(file.formatted("d0", "active-backup, primary: d0"))).isGood());
      assertTrue(host.apply(goal(file.formatted("", "802.3ad"))).isGood());
      assertTrue(host.apply(goal(file.formatted("d0", "802.3ad"))).isGood());
      Resource bond = host.kernel.state().find(ResourceId.deviceIn("", "bond0"));
      assertEquals("", Objects.requireNonNull(bond).get("primary"));
    }
  }

  @Test
  void anAddressWithAnotherLengthComesBackWithTheNameOfItsDevice() {
    String file = "dummies: {d0: {%saddresses: ['fd00::1/%s']}}\n";
    LiveState bare = ModelKernel.withCards("host", List.of("eth0")).state();
    List<NamedGoal> files =
        List.of(
            new NamedGoal("64", goal(file.formatted("device: d1x, ", 64))),
            new NamedGoal("48", goal(file.formatted("", 48))));
    Played played =
        new Simulation(bare, files)
            .play(List.of(new Event.Applied(0, List.of()), new Event.RolledBack(1)));
    assertNull(played.broken(), () -> String.join("\n", played.story()));
  }

  @Test
  void aDeviceThatCouldNotBeMarkedNorRemovedBeforeTheProcessDiedIsTold() throws Exception {
    String file = "bonds: {bond0: {members: [], mode: active-backup}}\n";
    try (ModelHost host = host()) {
      host.kernel.disturb(
          new Disturbance() {
            private int count;

            @Override
            public int before(ModelKernel kernel, Change change) {
              return count++ == 1 ? Errno.ENOMEM : 0;
            }

            @Override
            public int afterFailure(ModelKernel kernel, Change change) {
              throw new ModelHost.Crash();
            }
          });
      assertThrows(ModelHost.Crash.class, () -> host.apply(goal(file)));
      host.kernel.disturb(Disturbance.NONE);
      host.restart();
      String told =
          "bonds.bond0: device bond0 does not bear plumbline's mark, so it stays when the file no"
              + " longer names it; if it is plumbline's: ip link set bond0 alias"
              + " plumbline:bonds.bond0";
      assertEquals(List.of(told), host.plan(goal(file)).warnings());
      assertTrue(host.apply(goal(file)).isGood());
      assertEquals(List.of(told), host.plan(goal("")).warnings());
      assertTrue(host.apply(goal("")).isGood());
      assertTrue(host.kernel.state().has(ResourceId.deviceIn("", "bond0")));
    }
  }

  @Test
  void aVlanThatSomebodyRenamedAndUnmarkedIsInTheWayAlsoWhereItsParentWasRenamed()
      throws Exception {
    String file =
        """
        bonds: {bond0: {members: [], mode: active-backup}}
        vlans: {vl0: {parent: bond0, id: 5}}
        """;
    for (String parent : List.of("bond0", "y")) {
      try (ModelHost host = host()) {
        assertTrue(host.apply(goal(file)).isGood());
        if (!parent.equals("bond0")) {
          host.kernel.edit(Edit.rename(ResourceId.deviceIn("", "bond0"), parent));
        }
        host.kernel.edit(Edit.rename(ResourceId.deviceIn("", "vl0"), "z"));
        host.kernel.edit(Edit.unmark(ResourceId.deviceIn("", "z")));
        assertEquals(
            List.of(
                "vlans.vl0: the kernel refuses it beside device z, which stays because plumbline"
                    + " did not make it: ip link delete z, or change the file"),
            host.plan(goal(file)).problems());
      }
    }
  }

  @Test
  void theFarEndOfAPairThatWasMadeIsNamedWhereTheHostCannotBeReadToUndoIt() {
    String pairs =
        """
        namespaces: {blue: {}, red: {}}
        veths:
          blue0: {peer: {device: eth0, namespace: blue}}
          red0: {peer: {device: eth0, namespace: red}}
        bridges: {br0: {datapath: kernel, ports: {blue0: {}, red0: {}}}}
        """;
    int unread = 0;
    for (int request = 2; request < 12; request++) {
      for (int dump = 6; dump < 24; dump++) {
        Happening refusal = new Happening(Happening.Sort.REFUSAL, request, 0);
        Happening unreadable = new Happening(Happening.Sort.INTERRUPTED, dump, 0);
        Played played = play(pairs, new Event.Applied(0, List.of(refusal, unreadable)));
        String story = String.join("\n", played.story());
        assertNull(played.broken(), story);
        unread += story.contains("may have come, gone or changed with") ? 1 : 0;
      }
    }
    assertTrue(unread > 0, "no far end was to be named");
  }
}
