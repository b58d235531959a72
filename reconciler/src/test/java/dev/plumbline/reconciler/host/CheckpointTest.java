// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.plumbline.netlink.testing.Sh;
import dev.plumbline.netlink.testing.ThrowawayHost;
import dev.plumbline.reconciler.apply.Outcome;
import dev.plumbline.reconciler.apply.Progress;
import dev.plumbline.reconciler.apply.Unheld;
import dev.plumbline.reconciler.checkpoint.Checkpoints;
import dev.plumbline.reconciler.checkpoint.Decided;
import dev.plumbline.reconciler.live.LiveState;
import dev.plumbline.reconciler.plan.Goal;
import dev.plumbline.reconciler.plan.Plan;
import dev.plumbline.reconciler.resource.AddressText;
import dev.plumbline.reconciler.resource.Resource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * An apply that is taken back leaves the host, and what is remembered of it, as they were. On a
 * throwaway host, but not in user-mode Linux too: nothing of it is another kernel's matter.
 */
@ExtendWith(ThrowawayHost.class)
class CheckpointTest {
  /** Somebody else's, of which the second file takes something, and loses something by cascades. */
  private static final String FOREIGN =
      """
      set -e
      ip link add f type veth peer name g; ip link set g up; ip link set f mtu 1400 up
      ip addr add 10.50.0.1/24 dev f; ip addr add 10.50.1.1/24 dev f; ip addr add fd50::1/64 dev f nodad
      ip route add 10.60.0.0/16 via 10.50.0.9; ip route add 10.61.0.0/16 dev f src 10.50.1.1
      ip -6 route add fd60::/32 via fd50::9; ip route add default via 10.50.0.254
      ip rule add from 10.70.0.0/16 table 7 priority 700
      """;

  private static final String FIRST =
      """
      veths: {v: {mtu: 1300, peer: {device: w}}}
      bridges: {br: {datapath: kernel, ports: {v: {}}, addresses: [10.1.0.1/24]}}
      interfaces: {f: {mtu: 1350}}
      routes: [{to: 10.9.0.0/16, via: 10.1.0.9}]
      """;

  /** Takes the foreign device into a bridge, with its address and the way to the gateway. */
  private static final String SECOND =
      """
      namespaces: {web: {}}
      veths: {x: {peer: {device: eth0, namespace: web, addresses: [10.2.0.2/24]}}}
      bridges: {br: {datapath: kernel, ports: {f: {}, x: {}}, addresses: [10.1.0.1/24, 10.50.0.1/24]}}
      interfaces: {f: {mtu: 1280, addresses: []}}
      routes: [{to: default, via: 10.50.0.254}, {to: 10.9.0.0/16, via: 10.1.0.8}]
      rules: [{from: 10.3.0.0/16, table: 5, priority: 500}]
      """;

  /** A process that is gone: nothing of what it would have done next is done. */
  private static final class Crash extends Error {
    private static final long serialVersionUID = 1L;
  }

  private TestHost host;
  private Checkpoints checkpoints;

  @BeforeEach
  void open() throws IOException {
    host = new TestHost();
    checkpoints = new Checkpoints(host.state, BootClock.OF_THE_HOST);
    Sh.run(FOREIGN);
    host.applied(FIRST);
  }

  @AfterEach
  void close() throws IOException {
    host.close();
  }

  /** All there is, but for what differs from one moment to the next. */
  private List<String> everything() throws IOException {
    List<String> lines = new ArrayList<>();
    for (Resource each : host.host.read(TestHost.goal(SECOND)).resources()) {
      Resource steady =
          each.without(AddressText.VALID_LEFT)
              .without(AddressText.PREFERRED_LEFT)
              .without("carrier");
      lines.add(steady.toString());
    }
    lines.add(Files.readString(host.state.resolve("ownership")));
    return lines;
  }

  private void apply(String yaml, Duration patience, Progress progress) throws IOException {
    Goal goal = TestHost.goal(yaml);
    LiveState live = host.host.read(goal);
    Plan plan = host.host.plan(goal, live);
    assertEquals(List.of(), plan.problems());
    host.host.apply(
        goal,
        live,
        plan,
        progress,
        checkpoints.opening("host.yaml", patience, "ann", opened -> {}));
  }

  private void apply(Duration patience) throws IOException {
    apply(SECOND, patience, Progress.silent());
  }

  @Test
  void takenBackByHandAllIsAsItWas() throws IOException {
    List<String> before = everything();
    apply(Duration.ofMinutes(10));
    assertTrue(checkpoints.isOpen());
    assertEquals(List.of(), host.plan(SECOND).changes());
    assertNull(checkpoints.settle(host.host), "there is time left");
    // Somebody else's, made meanwhile on a device that the plan touched.
    Sh.run("ip addr add 10.99.0.1/24 dev g; ip rule add from 10.98.0.0/16 table 9 priority 900");
    Decided decided = checkpoints.rollBack(host.host, "as bob asked");
    assertNotNull(decided);
    assertEquals(List.of(), decided.left());
    assertTrue(
        decided.message().matches("as bob asked: host.yaml rolled back; \\d+ changes undone"));
    assertTrue(Sh.run("ip addr show g").contains("10.99.0.1"));
    assertTrue(Sh.run("ip rule").contains("10.98.0.0"));
    Sh.run("ip addr del 10.99.0.1/24 dev g; ip rule del priority 900");
    assertEquals(String.join("\n", before), String.join("\n", everything()));
    assertNull(checkpoints.rollBack(host.host, "again"), "there is nothing left");
    assertTrue(checkpoints.wasRolledBack(TestHost.goal(SECOND)));
    host.applied(FIRST);
    host.applied(SECOND);
  }

  @Test
  void whatCouldNotBeUndoneAfterItsChecksIsNotToBeConfirmed() throws IOException {
    Goal goal = TestHost.goal(SECOND);
    LiveState live = host.host.read(goal);
    Plan plan = host.host.plan(goal, live);
    Witness witness = checkpoints.opening("host.yaml", Duration.ofMinutes(5), "ann", told -> {});
    witness.before(goal, live, plan, host.host.ownership());
    assertTrue(checkpoints.isOpen());
    Unheld unheld = new Unheld("checks.a", "", "ping 192.0.2.1", "no answer", false, false);
    witness.after(
        new Outcome(
            Outcome.Result.UNDO_FAILED, plan, null, List.of(unheld), List.of("x: is left"), plan));
    assertFalse(checkpoints.isOpen());
    assertTrue(checkpoints.wasRolledBack(goal), "an agent does not apply it by itself");
    assertNull(checkpoints.confirm(host.host, "ann"));
    assertNotNull(checkpoints.rollBack(host.host, "as ann asked"));
  }

  @Test
  void whatIsConfirmedStaysAndWhatIsNotIsTakenBackInTime() throws Exception {
    apply(Duration.ofMinutes(10));
    assertThrows(BusyException.class, () -> host.apply(FIRST), "undecided");
    Decided kept = checkpoints.confirm(host.host, "bob");
    assertNotNull(kept);
    assertEquals("confirmed by bob: host.yaml stays", kept.message());
    assertFalse(checkpoints.isOpen());
    assertEquals(List.of(), host.plan(SECOND).changes());
    assertNull(checkpoints.confirm(host.host, "bob"));

    List<String> before = everything();
    apply(FIRST, Duration.ofMillis(1), Progress.silent());
    while (!checkpoints.isDue()) {
      Thread.sleep(1);
    }
    Decided late = checkpoints.confirm(host.host, "bob");
    assertNotNull(late);
    assertEquals(Decided.ROLLED_BACK, late.event(), late.toString());
    assertTrue(late.message().startsWith("not confirmed within 1 ms: host.yaml rolled back; "));
    assertEquals(String.join("\n", before), String.join("\n", everything()));
  }

  @Test
  void whereverAnApplyIsBrokenOffItIsTakenBack() throws IOException {
    List<String> before = everything();
    Goal goal = TestHost.goal(SECOND);
    int steps = host.host.plan(goal, host.host.read(goal)).changes().size();
    for (int crash = 0; crash <= steps; crash += Math.max(1, steps / 8)) {
      int at = crash;
      assertThrows(
          Crash.class,
          () ->
              apply(
                  SECOND,
                  Duration.ofMinutes(10),
                  (change, done, of) -> {
                    if (done >= Math.max(1, at)) {
                      throw new Crash();
                    }
                  }),
          "at step " + at);
      host.restart();
      assertTrue(checkpoints.isDue(), "nobody applies any more");
      Decided decided = checkpoints.settle(host.host);
      assertNotNull(decided);
      assertTrue(decided.message().startsWith("the apply was broken off: "), decided.message());
      assertEquals(List.of(), decided.left(), "at step " + at);
      assertEquals(String.join("\n", before), String.join("\n", everything()), "at step " + at);
    }
  }

  @Test
  void aCheckpointOfAnEarlierStartOfTheHostIsVoid() throws IOException {
    String remembered = Files.readString(host.state.resolve("ownership"));
    apply(Duration.ofMinutes(10));
    Checkpoints later = new Checkpoints(host.state, new Started());
    assertTrue(later.isDue());
    Decided decided = later.settle(host.host);
    assertNotNull(decided);
    assertEquals(Decided.VOID, decided.event());
    assertFalse(later.isOpen());
    assertEquals(remembered, Files.readString(host.state.resolve("ownership")));
    assertTrue(later.wasRolledBack(TestHost.goal(SECOND)), "nobody confirmed it");
  }

  /** As after a restart: another boot_id, and little time. */
  private static final class Started implements BootClock {
    @Override
    public String boot() {
      return "another";
    }

    @Override
    public long millis() {
      return 1;
    }
  }

  @Test
  void whatCouldNotBeTakenBackIsForgottenOnceSomethingElseIsApplied() throws IOException {
    apply(Duration.ofMinutes(10));
    // As one that was put aside.
    Files.move(host.state.resolve("checkpoint"), host.state.resolve("checkpoint-failed"));
    apply(FIRST, Duration.ofMinutes(10), Progress.silent());
    List<String> now = everything();
    assertNotNull(checkpoints.confirm(host.host, "bob"));
    assertNull(checkpoints.rollBack(host.host, "as bob asked"), "that is long ago");
    assertEquals(now, everything());
  }

  @Test
  void whatIsTriedAndUndoneLeavesTheWayBackThatThereWas() throws IOException {
    apply(Duration.ofMinutes(10));
    // As one that was put aside.
    Files.move(host.state.resolve("checkpoint"), host.state.resolve("checkpoint-failed"));
    Goal goal = TestHost.goal(FIRST);
    LiveState live = host.host.read(goal);
    Plan plan = host.host.plan(goal, live);
    Witness witness = checkpoints.guarding("host.yaml", "the agent");
    witness.before(goal, live, plan, host.host.ownership());
    assertTrue(checkpoints.isOpen());
    witness.after(new Outcome(Outcome.Result.UNDONE, plan, null, List.of(), plan));
    assertFalse(checkpoints.isOpen());
    Decided decided = checkpoints.rollBack(host.host, "as ann asked");
    assertNotNull(decided, "nothing was applied that stays");
    assertEquals(List.of(), decided.left());
    assertEquals(List.of(), host.plan(FIRST).changes());
  }

  @Test
  void aDamagedCheckpointIsInNobodysWay() throws IOException {
    for (String file : Set.of("about.json", "live.json", "ownership")) {
      apply(Duration.ofMillis(1));
      Path damaged = host.state.resolve("checkpoint").resolve(file);
      Files.writeString(damaged, "{");
      while (!checkpoints.isDue()) {
        Thread.onSpinWait();
      }
      Decided decided = checkpoints.settle(host.host);
      assertNotNull(decided);
      assertEquals(Decided.NOT_ROLLED_BACK, decided.event());
      assertTrue(decided.message().contains("what was applied stays"), decided.message());
      assertFalse(checkpoints.isOpen());
      host.applied(FIRST);
    }
  }
}
