// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.plumbline.netlink.namespace.NetNamespace;
import dev.plumbline.netlink.testing.KernelTest;
import dev.plumbline.netlink.testing.RequiresKind;
import dev.plumbline.netlink.testing.Sh;
import dev.plumbline.reconciler.apply.Progress;
import dev.plumbline.reconciler.live.LiveState;
import dev.plumbline.reconciler.plan.Change;
import dev.plumbline.reconciler.plan.Goal;
import dev.plumbline.reconciler.plan.Plan;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What plumbline made goes when it leaves the file; what it did not make stays as it was. */
@KernelTest
class OwnershipTest {
  private TestHost host;

  @BeforeEach
  void open() throws IOException {
    host = new TestHost();
  }

  @AfterEach
  void close() throws IOException {
    host.close();
  }

  private static void foreign() {
    Sh.run("ip netns add theirs");
    Sh.run("ip link add fbr type bridge");
    Sh.run("ip link add fv type veth peer name fw");
    Sh.run("ip link set fv master fbr mtu 1400 up");
    Sh.run("ip link set fbr up");
    Sh.run("ip link set fw up");
    Sh.run("ip addr add 10.50.0.1/24 dev fw");
    Sh.run("ip route add 10.60.0.0/16 via 10.50.0.2");
    Sh.run("ip rule add from 10.70.0.0/16 lookup 77 priority 700");
  }

  /** All there is, but for what changes by itself: carrier, and what IPv6 adds to it. */
  private static String everything() {
    String all =
        Sh.run("ip -o link") + Sh.run("ip -o addr") + Sh.run("ip route") + Sh.run("ip rule");
    return all.replaceAll("state \\S+|NO-CARRIER,|,LOWER_UP|,M-DOWN|tentative|linkdown", "")
        .replaceAll("(?m)^[0-9]+: \\S+ +inet6 fe80.*\\R", "")
        .replaceAll(" +", " ");
  }

  @Test
  void nothingForeignIsTouched() throws IOException {
    foreign();
    String before = everything();
    host.applied(
        """
        namespaces: {ours: {}}
        bridges: {br: {datapath: kernel, addresses: [10.1.0.1/24]}}
        veths: {v: {peer: {device: w, namespace: ours}}}
        routes: [{to: 10.2.0.0/16, via: 10.1.0.2}]
        rules: [{from: 10.3.0.0/16, table: 5, priority: 500}]
        """);
    host.applied("");
    assertEquals(before, everything());
    assertTrue(Sh.run("ip netns list").contains("theirs"));
    assertFalse(Sh.run("ip netns list").contains("ours"));
  }

  @Test
  void marksOutliveTheLossOfEveryFile() throws IOException {
    foreign();
    String before = everything();
    host.applied(
        """
        namespaces: {ours: {}}
        bridges: {br: {datapath: kernel, addresses: [10.1.0.1/24]}}
        routes: [{to: 10.2.0.0/16, via: 10.1.0.2}]
        rules: [{from: 10.3.0.0/16, table: 5, priority: 500}]
        interfaces: {fw: {addresses: [10.50.0.9/24]}}
        """);
    Files.deleteIfExists(host.state.resolve("ownership"));
    host.restart();
    host.applied("");
    assertEquals(before, everything());
    assertFalse(Sh.run("ip netns list").contains("ours"));
  }

  @Test
  void settingsOfADeviceThatWasThereAreSetBack() throws IOException {
    foreign();
    String before = everything();
    host.applied(
        """
        interfaces: {fv: {mtu: 1300, up: false}, fw: {addresses: [10.51.0.1/24]}}
        bridges: {br: {datapath: kernel, ports: {fv: {}}}}
        """);
    assertTrue(Sh.run("ip link show fv").contains("master br"));
    host.restart();
    host.applied("");
    assertEquals(before, everything());
  }

  @Test
  void aSettingThatSomebodyElseHasTakenOverIsLeftAlone() throws IOException {
    foreign();
    host.applied("interfaces: {fv: {mtu: 1300}}");
    Sh.run("ip link set fv mtu 1350");
    host.applied("");
    assertTrue(Sh.run("ip link show fv").contains("mtu 1350"));
  }

  /** It is found by its mark; what has its name by now is somebody else's. */
  @Test
  void whoTookTheNameOfADeviceThatSomebodyMovedAwayKeepsItsSettings() throws IOException {
    String file = "namespaces: {web: {}}\nbridges: {br: {datapath: kernel%s}}\n%s\n";
    host.applied(file.formatted(", ports: {v: {}}", "veths: {v: {peer: {device: w}}}"));
    Sh.run("ip link set v netns web && ip link add v type veth peer name q");
    Sh.run("ip link set v master br");
    host.restart();
    String moved = "veths: {v: {namespace: web, peer: {device: w}}}\n";
    host.applied(file.formatted("", moved + "interfaces: {v: {up: true}}"));
    assertTrue(Sh.run("ip link show v").contains("master br"), "somebody else's port");
    assertTrue(Sh.run("ip -n web link show v").contains(",UP"));
  }

  /** Once ours has gone, nothing but its mark tells that the other one is not it. */
  @Test
  void whoTookTheNameOfADeviceThatIsDeletedElsewhereKeepsItsSettings() throws IOException {
    String file = "namespaces: {web: {}}\nbridges: {br: {datapath: kernel%s}}\n%s\n";
    host.applied(file.formatted(", ports: {v: {}}", "veths: {v: {peer: {device: w}}}"));
    Sh.run("ip link set v netns web && ip link add v type veth peer name q");
    Sh.run("ip link set v master br");
    host.restart();
    host.applied(file.formatted("", "interfaces: {v: {up: true}}"));
    assertTrue(Sh.run("ip link show v").contains("master br"), "somebody else's port");
    assertFalse(Sh.run("ip -n web link").contains(" v@"), "plumbline's own");
    host.applied(file.formatted("", ""));
    assertTrue(Sh.run("ip link show v").contains("master br"), "somebody else's port");
  }

  /** Nothing tells what became of ours, and it is not for the other one to be taken for it. */
  @Test
  void whoTookTheNameOfADeviceThatIsOutOfSightKeepsItsSettings() throws IOException {
    String file = "bridges: {br: {datapath: kernel%s}}\n%s\n";
    host.applied(file.formatted(", ports: {v: {}}", "veths: {v: {peer: {device: w}}}"));
    try (NetNamespace unnamed = NetNamespace.scratch()) {
      String place = "/proc/" + ProcessHandle.current().pid() + "/fd/" + unnamed.fd();
      Sh.run("ip link set v netns " + place + " && ip link add v type veth peer name q");
      Sh.run("ip link set v master br");
      host.restart();
      host.applied(file.formatted("", ""));
      assertTrue(Sh.run("ip link show v").contains("master br"), "somebody else's port");
    }
  }

  /** The other half's mark says whose the pair is, so that both come to be as the file has them. */
  @Test
  void halfAPairWhoseMarkSomebodyTookAwayLeavesItsBridge() throws IOException {
    String file = "bridges: {br: {datapath: kernel%s}}\nveths: {v: {peer: {device: w}}}\n";
    host.applied(file.formatted(", ports: {v: {}}"));
    Sh.run("ip link set v alias ''");
    host.restart();
    host.applied(file.formatted(""));
    String half = Sh.run("ip link show v");
    assertFalse(half.contains("master"), half);
    assertTrue(half.contains("alias plumbline:veths.v\n"), half);
  }

  @Test
  void settingsOfADeviceThatPlumblineMadeGoBackToTheKernelsDefault() throws IOException {
    host.applied("bridges: {br: {datapath: kernel, macTable: {aging: 60s}, stp: {enabled: true}}}");
    host.applied("bridges: {br: {datapath: kernel}}");
    String bridge = Sh.run("ip -d link show br");
    assertTrue(bridge.contains("ageing_time 30000") && bridge.contains("stp_state 0"), bridge);
  }

  @Test
  void settingsOfARouteThatPlumblineMadeGoWithTheFile() throws IOException {
    String file =
        """
        bridges: {br: {datapath: kernel, addresses: [10.1.0.1/24]}}
        routes: [{to: 10.2.0.0/16, via: 10.1.0.2%s}]
        """;
    host.applied(file.formatted(", mtu: 1300, source: 10.1.0.1"));
    host.applied(file.formatted(""));
    String route = Sh.run("ip route show 10.2.0.0/16").strip();
    assertFalse(route.contains("mtu") || route.contains("src"), route);
  }

  /** Of several IPv6 next hops the kernel leaves those of other devices, of IPv4 ones none. */
  @Test
  void aRouteWithSeveralNextHopsGoesWithOneOfItsDevices() throws IOException {
    String file =
        """
        bridges:
          b1: {datapath: kernel, addresses: [10.1.0.1/24, "fd01::1/64"]}
          %s
        routes:
          - {to: 10.9.0.0/16, nextHops: [{via: 10.1.0.2}, {via: 10.2.0.2}]}
          - {to: "fd09::/64", nextHops: [{via: "fd01::2"}, {via: "fd02::2"}]}
        """;
    String second = "b2: {datapath: kernel, addresses: [10.2.0.1/24, \"fd02::1/64\"]}";
    host.applied(file.formatted(second));
    host.applied("bridges: {b1: {datapath: kernel, addresses: [10.1.0.1/24, \"fd01::1/64\"]}}");
    assertEquals("", Sh.run("ip route show proto 112; ip -6 route show fd09::/64").strip());
  }

  /** Nothing could take the parent from it again but making it anew. */
  @Test
  void aForeignVxlanDeviceGetsNoParent() throws IOException {
    Sh.run("ip link add card type veth peer name c1; ip link add vx0 type vxlan id 5 dstport 4789");
    String file = "tunnels: {vx0: {type: vxlan, key: 5%s}}\n";
    List<String> problems = host.plan(file.formatted(", parent: card")).problems();
    assertTrue(
        problems.toString().contains("can be taken off its parent again"), problems::toString);
    String index = Sh.run("cat /sys/class/net/vx0/ifindex");
    host.applied(file.formatted(", ttl: 9"));
    host.applied("");
    assertEquals(index, Sh.run("cat /sys/class/net/vx0/ifindex"));
    // One that has a parent may get another one, and back.
    Sh.run("ip link del vx0; ip link add vx0 type vxlan id 5 dstport 4789 dev card");
    index = Sh.run("cat /sys/class/net/vx0/ifindex");
    host.applied(file.formatted(", parent: c1"));
    host.applied("");
    assertEquals(index, Sh.run("cat /sys/class/net/vx0/ifindex"));
    assertTrue(Sh.run("ip -d link show vx0").contains(" dev card "));
  }

  @Test
  void aForeignRouteOfWhichANextHopGoesIsWarnedOf() throws IOException {
    String file = "veths: {v0: {peer: {device: w0}}%s}\n";
    String both = file.formatted(", v1: {peer: {device: w1}}");
    host.applied(both);
    Sh.run(
        "set -e; ip -6 addr add fd01::1/64 dev v0 nodad; ip -6 addr add fd02::1/64 dev v1 nodad;"
            + " ip -6 route add 2001:db8:2::/48 nexthop via fd01::2 dev v0"
            + " nexthop via fd02::2 dev v1");
    Plan plan = host.plan(file.formatted(""));
    assertTrue(
        plan.warnings().toString().contains("2001:db8:2::/48"), () -> plan.warnings().toString());
    assertTrue(
        plan.warnings().toString().contains("loses its way over v1"),
        () -> plan.warnings().toString());
  }

  @Test
  void aForeignBridgeThatTheFileNamesIsUsedAndNotDeleted() throws IOException {
    foreign();
    Plan plan = host.applied("bridges: {fbr: {datapath: kernel, macTable: {aging: 60s}}}");
    assertEquals(1, plan.changes().size());
    host.applied("");
    String bridge = Sh.run("ip -d link show fbr");
    assertTrue(bridge.contains("ageing_time 30000"), bridge);
    assertTrue(Sh.run("ip link show fv").contains("master fbr"));
  }

  @Test
  void aForeignDeviceOfAnotherKindIsNotReplaced() throws IOException {
    foreign();
    Plan plan = host.plan("bridges: {fw: {datapath: kernel}}");
    assertTrue(plan.problems().size() >= 1, plan.problems().toString());
    assertTrue(plan.problems().get(0).contains("was not made by plumbline"), plan.toString());
  }

  /** A mark says that plumbline made it, and not which; docs/concepts/ownership.md tells of it. */
  @Test
  void aSecondHostThatSharesTheNamedNamespacesTakesThemForItsOwn() throws Exception {
    host.applied("namespaces: {web: {}}\nveths: {v: {peer: {device: w, namespace: web}}}\n");
    try (NetNamespace elsewhere = NetNamespace.scratch();
        TestHost second = elsewhere.run(TestHost::new)) {
      Plan plan = elsewhere.run(() -> second.plan(""));
      assertEquals(
          List.of("namespaces.web", "veths.v.peer"),
          plan.changes().stream().map(Change::address).sorted().toList());
      Plan kept = elsewhere.run(() -> second.plan("protect: [w]"));
      assertTrue(kept.problems().get(0).contains("`protect: w`"), kept.toString());
    }
    assertTrue(Sh.run("ip netns list").contains("web"));
  }

  @Test
  void whatIsProtectedIsNotTouchedEvenWhereTheFileNamesIt() throws IOException {
    foreign();
    Plan plan = host.plan("protect: [\"f*\"]\ninterfaces: {fv: {mtu: 1300}}");
    assertEquals(1, plan.problems().size());
    assertTrue(plan.problems().get(0).contains("`protect: f*`"), plan.toString());
    assertEquals(
        List.of(), host.plan("protect: [\"f*\"]\ninterfaces: {fv: {mtu: 1400}}").problems());
  }

  @Test
  void aNamespaceWithAForeignDeviceInItWaitsForItToLeave() throws IOException {
    host.applied("namespaces: {ours: {}}");
    Sh.run("ip link add guest type bridge");
    Sh.run("ip -n ours link add guest type bridge");
    Plan plan = host.plan("");
    assertEquals(List.of(), plan.changes());
    assertTrue(plan.waiting().get(0).waitsFor().contains("guest"), plan.toString());
    Sh.run("ip -n ours link del guest");
    host.applied("");
    assertEquals("", Sh.run("ip netns list").strip());
  }

  @Test
  void aForeignPortOutlivesTheBridgeThatIsDeleted() throws IOException {
    foreign();
    host.applied("bridges: {br: {datapath: kernel}}");
    Sh.run("ip link set fv master br");
    host.applied("");
    String port = Sh.run("ip link show fv");
    assertTrue(port.contains("fv@fw") && !port.contains("master"), port);
  }

  @Test
  @RequiresKind({"bond", "dummy"})
  void theMembersOfABondComeOutOfItAsTheyWentIn() throws IOException {
    Sh.run("ip link add f0 type dummy");
    Sh.run("ip link set f0 up");
    Sh.run("ip addr add fd00::7/64 dev f0 nodad");
    host.applied("bonds: {b: {members: [f0], mode: active-backup, miimon: 100ms}}");
    assertTrue(Sh.run("ip link show f0").contains("master b"));
    Files.deleteIfExists(host.state.resolve("ownership"));
    host.restart();
    host.applied("");
    String member = Sh.run("ip addr show f0");
    assertTrue(member.contains(",UP") && member.contains("fd00::7/64"), member);
  }

  @Test
  void sysctlsOfANamespaceAreSetBack() throws IOException {
    Sh.run("ip netns add theirs");
    host.applied("namespaces: {theirs: {sysctl: {net.ipv4.ip_forward: 1}}}");
    assertEquals("1", Sh.run("ip netns exec theirs cat /proc/sys/net/ipv4/ip_forward").strip());
    host.applied("");
    assertEquals("0", Sh.run("ip netns exec theirs cat /proc/sys/net/ipv4/ip_forward").strip());
    assertTrue(Sh.run("ip netns list").contains("theirs"));
  }

  @Test
  void twoProcessesRememberTogether() throws IOException {
    foreign();
    try (Host other = Host.open(host.state)) {
      host.applied("interfaces: {fv: {mtu: 1300}}");
      Goal goal = TestHost.goal("interfaces: {fv: {mtu: 1300}, fw: {mtu: 1200}}");
      LiveState live = other.read(goal);
      other.apply(goal, live, other.plan(goal, live), Progress.silent());
      host.applied("");
    }
    assertTrue(Sh.run("ip link show fv").contains("mtu 1400"));
    assertTrue(Sh.run("ip link show fw").contains("mtu 1500"));
  }

  @Test
  void sysctlsOfANewNamespaceAreSetBackToo() throws IOException {
    host.applied("namespaces: {ours: {sysctl: {net.ipv4.ip_default_ttl: 17}}}");
    host.applied("namespaces: {ours: {}}");
    assertEquals("64", Sh.run("ip netns exec ours cat /proc/sys/net/ipv4/ip_default_ttl").strip());
  }

  @Test
  void sysctlsOfADeviceComeAfterItAndAreSetAgainOnANewOne() throws IOException {
    String file =
        """
        namespaces: {ours: {sysctl: {net.ipv4.conf.eth0.rp_filter: 2}}}
        veths: {%s: {peer: {device: eth0, namespace: ours}}}
        """;
    host.applied(file.formatted("v"));
    Sh.run("ip link del v");
    host.applied(file.formatted("v"));
    host.applied(file.formatted("w"));
    assertEquals(
        "2", Sh.run("ip netns exec ours cat /proc/sys/net/ipv4/conf/eth0/rp_filter").strip());
    Plan plan = host.plan("namespaces: {ours: {sysctl: {net.ipv4.conf.eth9.rp_filter: 2}}}");
    assertEquals("device ours/eth9", plan.waiting().get(0).waitsFor());
  }
}
