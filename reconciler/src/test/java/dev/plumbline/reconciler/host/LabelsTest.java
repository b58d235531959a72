// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.plumbline.netlink.testing.KernelTest;
import dev.plumbline.netlink.testing.Sh;
import dev.plumbline.reconciler.apply.Applier;
import dev.plumbline.reconciler.apply.Progress;
import dev.plumbline.reconciler.apply.Snapshot;
import dev.plumbline.reconciler.embedded.SwitchAccess;
import dev.plumbline.reconciler.live.LiveState;
import dev.plumbline.reconciler.live.Sockets;
import dev.plumbline.reconciler.plan.Action;
import dev.plumbline.reconciler.plan.Goal;
import dev.plumbline.reconciler.plan.Ownership;
import dev.plumbline.reconciler.plan.Plan;
import dev.plumbline.reconciler.plan.Planner;
import java.io.IOException;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * The kernel renames the labels of IPv4 addresses along with their device, and a plan knows how.
 */
@KernelTest
class LabelsTest {
  private TestHost host;

  @BeforeEach
  void open() throws IOException {
    host = new TestHost();
  }

  @AfterEach
  void close() throws IOException {
    host.close();
  }

  private static String file(String device, String... addresses) {
    return "bridges: {br: {datapath: kernel, device: "
        + device
        + ", addresses: ["
        + String.join(", ", addresses)
        + "]}}\n";
  }

  private static String labelled(String address, String label) {
    return "{address: " + address + ", label: \"" + label + "\"}";
  }

  /** Addresses with their labels, in the kernel's order. */
  private static String labels(String device) {
    return Sh.run("ip -o -4 addr show " + device)
        .lines()
        .map(line -> line.replaceAll(".*inet (\\S+) .* (\\S+)\\\\.*", "$1 $2"))
        .collect(Collectors.joining(", "));
  }

  private static List<String> ofAddresses(Plan plan) {
    return plan.changes().stream()
        .filter(change -> change.address().contains("addresses["))
        .map(change -> change.action().label() + " " + change.id().key())
        .toList();
  }

  @Test
  void aSuffixGoesAlongAndNothingIsMadeAnew() throws IOException {
    String[] addresses = {
      "10.3.0.1/24", labelled("10.1.0.1/24", "one:web"), labelled("10.2.0.1/24", "one:7")
    };
    host.applied(file("one", addresses[0]));
    host.applied(file("one", addresses));
    for (int i = 1; i < addresses.length; i++) {
      addresses[i] = addresses[i].replace("one", "two");
    }
    String before = labels("one");
    Plan plan = host.applied(file("two", addresses));
    assertTrue(before.startsWith("10.3"), before);
    assertEquals(List.of(), ofAddresses(plan));
    assertEquals(1, plan.changes().stream().filter(c -> c.action() == Action.MODIFY).count());
    assertTrue(labels("two").contains("10.1.0.1/24 two:web"), labels("two"));
    assertTrue(labels("two").contains("10.2.0.1/24 two:7"), labels("two"));
  }

  @Test
  void thoseThatTheKernelGivesAreTakenWhereTheFileNamesNone() throws IOException {
    String[] addresses = {"10.1.0.1/24", "10.1.0.2/24", "10.2.0.1/24"};
    host.applied(file("one", addresses));
    Plan plan = host.applied(file("averylongname12", addresses));
    assertEquals(List.of(), ofAddresses(plan));
    assertEquals(
        "10.1.0.1/24 averylongname12, 10.2.0.1/24 averylongname:2, 10.1.0.2/24 averylongname:3",
        labels("averylongname12"));
  }

  @Test
  void theOneOfTheFirstAddressIsLostAndThatOneIsMadeAnew() throws IOException {
    host.applied(file("one", labelled("10.1.0.1/24", "one:x"), labelled("10.2.0.1/24", "one:y")));
    String first = labels("one").startsWith("10.1") ? "10.1.0.1/24" : "10.2.0.1/24";
    Plan plan =
        host.applied(
            file("two", labelled("10.1.0.1/24", "two:x"), labelled("10.2.0.1/24", "two:y")));
    assertEquals(List.of("recreate " + first), ofAddresses(plan));
  }

  @Test
  void somebodyElsesComeBackInOneRoundWhenTheRenameIsUndone() throws IOException {
    host.applied(file("one", "10.1.0.1/24"));
    Sh.run("ip addr add 10.1.0.2/24 dev one label one");
    Sh.run("ip addr add 10.1.0.3/24 dev one label one:3");
    Sh.run("ip addr add 10.0.0.9/24 dev one label one");
    Sh.run("ip addr add 10.0.0.1/32 dev one label other:5");
    String before = sorted(labels("one"));

    Goal goal = TestHost.goal(file("two", "10.1.0.1/24"));
    LiveState live = host.host.read(goal);
    Plan plan = host.host.plan(goal, live);
    try (Sockets sockets = Sockets.open()) {
      assertNull(new Applier(sockets, SwitchAccess.NONE, Progress.silent()).apply(plan, live));
      LiveState now = host.host.read(goal);
      Plan back = wayBack(live, now, plan);
      assertNull(new Applier(sockets, SwitchAccess.NONE, Progress.silent()).apply(back, now));
      assertEquals(List.of(), wayBack(live, host.host.read(goal), plan).changes());
      // Those without a suffix got one, and one is not called like the device: 10.1.0.3 is right.
      assertEquals(
          List.of("10.0.0.1/32", "10.0.0.9/24", "10.1.0.2/24"),
          back.changes().stream()
              .filter(change -> change.action() != Action.MODIFY)
              .map(change -> change.id().key())
              .sorted()
              .toList());
    }
    assertEquals(before, sorted(labels("one")));
  }

  private static Plan wayBack(LiveState before, LiveState now, Plan plan) {
    return Planner.plan(Snapshot.of(plan).goal(before, now), now, Ownership.NONE);
  }

  private static String sorted(String labels) {
    return List.of(labels.split(", ", -1)).stream().sorted().collect(Collectors.joining(", "));
  }

  @Test
  void twoDevicesThatSwapNamesSwapTheirLabels() throws IOException {
    String file =
        """
        bridges:
          a: {datapath: kernel, device: %1$s, addresses: [10.1.0.1/24, {address: 10.1.0.2/24, label: "%1$s:x"}]}
          b: {datapath: kernel, device: %2$s, addresses: [10.2.0.1/24, {address: 10.2.0.2/24, label: "%2$s:y"}]}
        """;
    host.applied(file.formatted("one", "two"));
    Plan plan = host.applied(file.formatted("two", "one"));
    assertEquals(List.of(), ofAddresses(plan));
    assertEquals("10.1.0.1/24 two, 10.1.0.2/24 two:x", labels("two"));
    assertEquals("10.2.0.1/24 one, 10.2.0.2/24 one:y", labels("one"));
  }

  @Test
  void theReaderTellsTheKernelsOrder() throws IOException {
    Sh.run("ip link add name br type bridge; ip addr add 10.9.0.1/24 dev br");
    Sh.run("ip addr add 10.1.0.1/24 dev br; ip addr add 10.9.0.2/24 dev br");
    LiveState live = host.host.read(TestHost.goal(""));
    String read =
        live.resources().stream()
            .filter(each -> each.has("position") && each.id().device().equals("br"))
            .sorted((a, b) -> a.get("position").compareTo(b.get("position")))
            .map(each -> each.id().key() + " " + each.get("label"))
            .collect(Collectors.joining(", "));
    assertEquals(labels("br"), read);
  }
}
