// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.plumbline.netlink.namespace.NetNamespace;
import dev.plumbline.netlink.testing.Sh;
import dev.plumbline.netlink.testing.ThrowawayHost;
import dev.plumbline.reconciler.apply.Outcome;
import dev.plumbline.reconciler.apply.Outcome.Result;
import dev.plumbline.reconciler.apply.Progress;
import dev.plumbline.reconciler.apply.Unheld;
import dev.plumbline.reconciler.live.LiveState;
import dev.plumbline.reconciler.plan.Change;
import dev.plumbline.reconciler.plan.Goal;
import dev.plumbline.reconciler.plan.Plan;
import dev.plumbline.reconciler.plan.PlannedCheck;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Checks of a host whose cable leads to another one, with addresses and a service of its own. On a
 * throwaway host, but not in user-mode Linux too: nothing of it is another kernel's matter.
 */
@ExtendWith(ThrowawayHost.class)
class CheckTest {
  private static final String HOST =
      """
      interfaces: {cable: {up: true, addresses: [10.0.0.1/24, "2001:db8::1/64"]}}
      """;
  private static final String ROUTED = HOST + "routes: [{to: 10.9.0.0/16, via: 10.0.0.2}]\n";

  private TestHost host;
  private ServerSocket service;

  @BeforeEach
  void open() throws Exception {
    Sh.run(
        "set -e; ip netns add far; ip link add cable type veth peer name far0 netns far;"
            + " ip netns exec far sysctl -qw net.ipv4.ip_forward=0; ip -n far link set lo up; ip -n far link set far0 up;"
            + " ip -n far addr add 10.0.0.2/24 dev far0;"
            + " ip -n far addr add 2001:db8::2/64 dev far0 nodad;"
            + " ip -n far addr add 10.9.0.1/32 dev lo;"
            // The kernel gives up a neighbour sooner than after three seconds.
            + " sysctl -qw net.ipv4.neigh.cable.mcast_solicit=1;"
            + " sysctl -qw net.ipv4.neigh.cable.retrans_time_ms=100;"
            // A cable that is not found to be up yet is another a moment later, by itself.
            + " ip link set cable addrgenmode none up;"
            + " for i in $(seq 1200); do"
            + " ip -br link show cable | grep -q ' UP ' && exit 0; sleep 0.05; done; exit 1");
    try (NetNamespace far = NetNamespace.named("far")) {
      service = far.run(() -> new ServerSocket(443, 50, InetAddress.getByName("::")));
    }
    host = new TestHost();
  }

  @AfterEach
  void close() throws IOException {
    host.close();
    service.close();
  }

  /** All but what runs by itself: timers, and an IPv6 address that is found to be unique. */
  private static String everything() {
    return Sh.run("ip -o -d link; ip -o addr; ip -4 route show table all; ip -6 route; ip rule")
        .replaceAll("\\w+_timer +\\S+|tentative ?|valid_lft.*|expires \\S+", "");
  }

  private Unheld only(Outcome outcome) {
    assertEquals(1, outcome.unheld().size(), outcome.unheld()::toString);
    return outcome.unheld().get(0);
  }

  @Test
  void whatIsReachedHoldsFromEveryPlace() throws IOException {
    // A new address of IPv6 is tentative for a second or two, and nothing is sent from it before.
    Outcome outcome =
        host.apply(
            """
            namespaces: {web: {}}
            interfaces: {cable: {up: true, addresses: [10.0.0.1/24, "2001:db8::1/64"]}}
            veths:
              v: {addresses: [10.1.0.1/24], peer: {device: eth0, namespace: web, addresses: [10.1.0.2/24]}}
            routes: [{to: 10.9.0.0/16, via: 10.0.0.2}]
            checks:
              near: {ping: 10.0.0.2, within: 1m}
              routed: {ping: 10.9.0.1, from: 10.0.0.1, within: 1m}
              service: {tcp: "10.9.0.1:443", within: 1m}
              six: {ping: "2001:db8::2", from: "2001:db8::1", within: 1m}
              sixService: {tcp: "[2001:db8::2]:443", from: cable, within: 1m}
              inside: {ping: 10.1.0.1, namespace: web, from: eth0, within: 1m}
            """);
    assertEquals(Result.APPLIED, outcome.result(), outcome::toString);
    assertEquals(6, outcome.plan().checks().size());
  }

  @Test
  void aMistakenRouteIsUndoneAndTheHostIsBitForBitAsBefore() throws IOException {
    String checked = ROUTED + "checks: {routed: {ping: 10.9.0.1, within: %s}}\n";
    host.applied(checked.formatted("1m"));
    String before = everything();
    String state = host.host.ownership().toString();
    long start = System.nanoTime();
    Outcome outcome =
        host.apply(checked.formatted("1500ms").replace("via: 10.0.0.2", "via: 10.0.0.9"));
    long millis = (System.nanoTime() - start) / 1_000_000;
    assertEquals(Result.UNDONE, outcome.result(), outcome::toString);
    Unheld unheld = only(outcome);
    assertEquals("checks.routed", unheld.address());
    assertTrue(unheld.place().startsWith("host.yaml:"), unheld.place());
    assertEquals("ping 10.9.0.1", unheld.what());
    assertTrue(
        unheld.why().matches("(no answer|.*EHOSTUNREACH).* \\(\\d+ tries in 1500ms\\)"),
        unheld.why());
    assertFalse(unheld.before(), "it held before");
    assertTrue(millis >= 1500, "it had its time: " + millis);
    assertEquals(before, everything());
    assertEquals(state, host.host.ownership().toString());
    assertEquals(List.of(), host.plan(checked.formatted("1m")).changes());
  }

  @Test
  void theKernelsOwnWordsAreTold() throws IOException {
    String web = ROUTED + "namespaces: {web: {}}\n";
    host.applied(web);
    // Nothing is to be done, so that all are waited for.
    Outcome outcome =
        host.apply(
            web
                + """
                checks:
                  holds: {ping: 10.0.0.2}
                  refused: {tcp: "10.0.0.2:444", within: 3s}
                  dropped: {tcp: "10.9.9.9:443", within: 3s}
                  unrouted: {ping: 203.0.113.1, within: 3s}
                  nobody: {tcp: "10.0.0.77:443", within: 5s}
                  elsewhere: {ping: 10.0.0.2, namespace: nowhere, within: 3s}
                  source: {ping: 10.0.0.2, from: 10.0.0.5, within: 3s}
                  device: {ping: 10.0.0.2, from: gone0, within: 3s}
                  inWeb: {ping: 10.0.0.2, namespace: web, within: 3s}
                """);
    assertEquals(Result.UNDONE, outcome.result(), outcome::toString);
    String all = String.join("\n", outcome.unheld().stream().map(Unheld::toString).toList());
    assertEquals(8, outcome.unheld().size(), all);
    for (String line :
        new String[] {
          "refused .*: connect: ECONNREFUSED \\(Connection refused\\) \\(",
          "dropped .*: no answer \\(",
          "unrouted .*: connect: ENETUNREACH \\(Network is unreachable\\) \\(",
          "nobody .*: .*connect: EHOSTUNREACH \\(No route to host\\)",
          "elsewhere .* in namespace nowhere: .*no network namespace nowhere \\(",
          "source .* from 10.0.0.5: bind: EADDRNOTAVAIL \\(",
          "device .* from gone0: bind to device gone0: ENODEV \\(",
          "inWeb .* in namespace web: connect: ENETUNREACH ",
        }) {
      assertTrue(all.matches("(?s).*checks\\." + line + ".*"), () -> line + " is not in\n" + all);
    }
  }

  @Test
  void oneThatHasFailedEndsTheOthersAndWhatFailedBeforeIsSaid() throws IOException {
    String before = everything();
    long start = System.nanoTime();
    Outcome outcome =
        host.apply(
            ROUTED
                + """
                checks:
                  refused: {tcp: "10.0.0.2:444", within: 300ms}
                  long: {ping: 10.9.9.9, within: 2m}
                """);
    assertTrue(System.nanoTime() - start < 60_000_000_000L, "long before the other's time");
    assertEquals(Result.UNDONE, outcome.result(), outcome::toString);
    assertFalse(outcome.isBrokenOff());
    assertEquals(1, outcome.failed().size(), outcome::toString);
    assertEquals("checks.refused", outcome.failed().get(0).address());
    assertTrue(outcome.failed().get(0).before());
    Unheld other = outcome.unheld().get(1);
    assertTrue(other.why().endsWith("then not waited for any longer)"), other.why());
    assertEquals(before, everything());
  }

  @Test
  void whatDidNotTakeHasToHoldItsChecksAllTheSame() throws IOException {
    String before = everything();
    Goal goal = TestHost.goal(ROUTED + "checks: {a: {tcp: \"10.0.0.2:444\", within: 300ms}}");
    LiveState live = host.host.read(goal);
    Plan plan = host.host.plan(goal, live);
    // As if all of it were still to be done afterwards.
    Outcome outcome = host.host.apply(goal, live, plan, Progress.silent(), left -> plan);
    assertEquals(Result.UNDONE, outcome.result(), outcome::toString);
    assertEquals("checks.a", only(outcome).address());
    assertEquals(before, everything());
    Plan unchecked = plan.withoutChecks();
    Outcome other = host.host.apply(goal, live, unchecked, Progress.silent(), left -> unchecked);
    assertEquals(Result.NOT_CONVERGED, other.result(), other::toString);
  }

  @Test
  void aWishBeforeTheFirstStepKeepsItFromBeingTaken() throws IOException {
    String before = everything();
    Goal goal = TestHost.goal(ROUTED + "checks: {a: {ping: 10.9.9.9, within: 2m}}");
    LiveState live = host.host.read(goal);
    host.host.checkWhile(() -> false);
    Outcome outcome =
        host.host.apply(
            goal,
            live,
            host.host.plan(goal, live),
            (change, done, of) -> {
              throw new AssertionError("a step: " + change);
            });
    assertTrue(outcome.isBrokenOff(), outcome::toString);
    assertFalse(only(outcome).before(), "nobody has found that out");
    assertEquals(before, everything());
  }

  @Test
  void whatBeginsToHoldWhileItIsTriedHolds() throws IOException {
    Goal goal =
        TestHost.goal(
            ROUTED
                + "checks: {a: {ping: 10.9.0.7, within: 2m}, b: {tcp: \"10.9.0.7:443\", within: 2m}}");
    LiveState live = host.host.read(goal);
    // It is too early once, at least: the first tries are made as soon as the steps are taken.
    Outcome outcome =
        host.host.apply(
            goal,
            live,
            host.host.plan(goal, live),
            new Progress() {
              @Override
              public void step(Change change, int done, int of) {}

              @Override
              public void checking(List<PlannedCheck> checks) {
                assertEquals(2, checks.size());
                try {
                  new ProcessBuilder("sh", "-c", "sleep 1; ip -n far addr add 10.9.0.7/32 dev lo")
                      .start();
                } catch (IOException e) {
                  throw new java.io.UncheckedIOException(e);
                }
              }
            });
    assertEquals(Result.APPLIED, outcome.result(), outcome::toString);
  }

  @Test
  void whereNothingIsToBeDoneChecksAreTriedAndNothingIsUndone() throws IOException {
    host.applied(ROUTED);
    String before = everything();
    Outcome fine = host.apply(ROUTED + "checks: {a: {ping: 10.9.0.1, within: 1m}}");
    assertEquals(Result.NOTHING_TO_DO, fine.result());
    Outcome outcome = host.apply(ROUTED + "checks: {a: {tcp: \"10.9.0.1:444\", within: 200ms}}");
    assertEquals(Result.UNDONE, outcome.result());
    assertEquals("checks.a", only(outcome).address());
    assertEquals(before, everything());
  }

  @Test
  void somebodysWishEndsThemAtOnceAndAllIsUndone() throws IOException {
    String before = everything();
    Goal goal = TestHost.goal(ROUTED + "checks: {a: {ping: 10.9.9.9, within: 2m}}");
    LiveState live = host.host.read(goal);
    host.host.checkWhile(() -> !Sh.run("ip route").contains("10.9.0.0/16"));
    long start = System.nanoTime();
    Outcome outcome = host.host.apply(goal, live, host.host.plan(goal, live), Progress.silent());
    assertEquals(Result.UNDONE, outcome.result(), outcome::toString);
    assertTrue(outcome.isBrokenOff());
    assertTrue(only(outcome).why().contains("then broken off"), outcome::toString);
    assertTrue(System.nanoTime() - start < 60_000_000_000L, "long before its time");
    assertEquals(before, everything());
  }
}
