// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.plumbline.netlink.testing.KernelTest;
import dev.plumbline.netlink.testing.RequiresKind;
import dev.plumbline.netlink.testing.Sh;
import dev.plumbline.reconciler.plan.Plan;
import dev.plumbline.reconciler.plan.Waiting;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What can not be done yet waits and says for what; the rest is done. */
@KernelTest
class WaitingTest {
  private TestHost host;

  @BeforeEach
  void open() throws IOException {
    host = new TestHost();
  }

  @AfterEach
  void close() throws IOException {
    host.close();
  }

  /** What waits, each with what it waits for, sorted. */
  private static List<String> waiting(Plan plan) {
    return plan.waiting().stream().map(WaitingTest::line).toList();
  }

  private static String line(Waiting waiting) {
    return waiting.address() + " for " + waiting.waitsFor();
  }

  @Test
  @RequiresKind("vlan")
  void aVlanOverADeviceThatIsDownComesUpWithIt() throws IOException {
    Sh.run("ip link add p type veth peer name q; ip link set q up");
    String file = "vlans: {p.7: {parent: p, id: 7, addresses: [10.7.0.1/24]}}\n";
    Plan plan = host.applied(file);
    assertEquals("vlans.p.7.up", plan.waiting().get(0).address());
    Sh.run("ip link set p up");
    assertEquals(List.of(), host.plan(file).changes());
    assertEquals(List.of(), host.plan(file).waiting());
    assertTrue(Sh.run("ip link show p.7").contains(",UP"));
  }

  @Test
  void whatIsInANamespaceThatNobodyDeclaresWaitsForIt() throws IOException {
    String file =
        """
        veths: {v: {peer: {device: eth0, namespace: web, addresses: [10.0.0.2/24]}}}
        bridges:
          br: {datapath: kernel, ports: {v: {}}}
          inner: {datapath: kernel, namespace: web, addresses: [10.1.0.1/24]}
        routes:
          - {to: 10.9.0.0/16, via: 10.0.0.1, namespace: web}
          - {to: 10.8.0.0/16, type: blackhole, namespace: web}
        rules: [{from: 10.9.0.0/16, table: 7, priority: 10, namespace: web}]
        """;
    Plan plan = host.applied(file);
    assertEquals("br", TestHost.devices().replaceAll(" +", " "));
    assertEquals(
        List.of(
            "bridges.inner for namespace web",
            "bridges.inner.addresses[10.1.0.1/24] for namespace web",
            "routes[10.8.0.0/16 table 254 metric 0 in web] for namespace web",
            "routes[10.9.0.0/16 table 254 metric 0 in web] for namespace web",
            "rules[ipv4 10: from 10.9.0.0/16 table 7 in web] for namespace web",
            "veths.v for namespace web",
            "veths.v.peer for namespace web",
            "veths.v.peer.addresses[10.0.0.2/24] for namespace web"),
        waiting(plan));
    Sh.run("ip netns add web");
    assertEquals(List.of(), waiting(host.applied(file)));
    assertTrue(Sh.run("ip link show v").contains("master br"));
    assertTrue(Sh.run("ip -n web addr").contains("10.0.0.2/24"));
    assertTrue(Sh.run("ip -n web route").contains("10.9.0.0/16 via 10.0.0.1 dev eth0"));
    // It is somebody else's, and stays.
    host.applied("");
    assertEquals("web", Sh.run("ip netns list").replaceAll(" .*", "").trim());
    assertTrue(!Sh.run("ip -n web link").contains("inner"));
  }

  @Test
  void aDeviceStaysAsItIsUntilTheNamespaceThatItMovesToIsThere() throws IOException {
    String file = "veths: {v: {mtu: %d, peer: {device: vp, %s addresses: [10.0.0.2/24]}}}";
    host.applied(file.formatted(1500, ""));
    Plan plan = host.applied(file.formatted(1400, "namespace: web,"));
    assertEquals(
        List.of(
            "veths.v.peer for namespace web",
            "veths.v.peer.addresses[10.0.0.2/24] for namespace web"),
        waiting(plan));
    assertTrue(Sh.run("ip link show v").contains("mtu 1400"));
    assertTrue(Sh.run("ip addr show vp").contains("10.0.0.2/24"));
    String index = Sh.run("cat /sys/class/net/v/ifindex");
    Sh.run("ip netns add web");
    assertEquals(List.of(), waiting(host.applied(file.formatted(1400, "namespace: web,"))));
    assertTrue(Sh.run("ip -n web addr show vp").contains("10.0.0.2/24"));
    assertEquals(index, Sh.run("cat /sys/class/net/v/ifindex"), "it was moved, not made anew");
  }

  @Test
  void aNamespaceThatLeftTheFileStaysWhileTheFileNamesWhatIsInIt() throws IOException {
    host.applied("namespaces: {web: {}}\nbridges: {b: {datapath: kernel, namespace: web}}");
    Plan plan = host.applied("bridges: {b: {datapath: kernel, namespace: web, mtu: 1400}}");
    assertEquals(
        List.of("namespaces.web for what the file still names in it to leave the file"),
        waiting(plan));
    assertTrue(Sh.run("ip -n web link show b").contains("mtu 1400"));
    host.applied("");
    assertEquals("", Sh.run("ip netns list").trim());
  }

  @Test
  @RequiresKind({"vlan", "dummy"})
  void aDeviceUnderSomebodyElsesStaysUntilThatHasGoneAndTheRestIsDone() throws IOException {
    host.applied(
        """
        tunnels: {vx: {type: vxlan, key: 42, addresses: [10.0.0.1/24]}}
        dummies: {d: {}, e: {}}
        """);
    Sh.run("ip link add link vx name vx.5 type vlan id 5");
    Sh.run("ip link add link d name d.6 type vlan id 6");
    String file =
        """
        tunnels: {vx: {type: vxlan, key: 43, addresses: [10.0.0.1/24, 10.0.1.1/24]}}
        bridges: {d: {datapath: kernel}}
        dummies: {f: {}}
        """;
    Plan plan = host.applied(file);
    assertEquals(
        List.of(
            "bridges.d for the name of device d, which waits itself",
            "dummies.d for the removal of device d.6, which plumbline did not make",
            "tunnels.vx for the removal of device vx.5, which plumbline did not make"),
        waiting(plan));
    assertTrue(TestHost.devices().contains("f") && !TestHost.devices().contains("e "));
    assertTrue(Sh.run("ip -d link show vx").contains("id 42"));
    assertTrue(Sh.run("ip addr show vx").contains("10.0.1.1/24"));
    assertTrue(Sh.run("ip link show vx.5").contains("vx.5@vx"));
    Sh.run("ip link del vx.5");
    Sh.run("ip link del d.6");
    assertEquals(List.of(), waiting(host.applied(file)));
    assertTrue(Sh.run("ip -d link show vx").contains("id 43"));
    assertTrue(Sh.run("ip -d link show d").contains("bridge"));
  }

  @Test
  @RequiresKind({"bond", "dummy"})
  void aBondComesToPreferAMemberThatIsMadeOrJoinsWithIt() throws IOException {
    String file =
        """
        dummies: {m1: {}%s}
        bonds: {b: {mode: active-backup, members: [%s], primary: %s}}
        """;
    host.applied(file.formatted("", "m1", "m1"));
    assertPrimary("m1");
    host.applied(file.formatted(", m2: {}", "m1, m2", "m2"));
    assertPrimary("m2");
    host.applied(file.formatted(", m2: {}, m3: {}", "m1, m2", "m1"));
    host.applied(file.formatted(", m2: {}, m3: {}", "m2, m3", "m3"));
    assertPrimary("m3");
    // Renamed on the way in.
    host.applied(file.formatted(", m2: {device: n2}, m3: {device: n3}, m4: {}", "m2, m4", "m4"));
    host.applied(file.formatted(", m2: {device: n2}, m3: {device: x}, m4: {}", "m3, m4", "m3"));
    assertPrimary("x");
  }

  private static void assertPrimary(String member) {
    String bond = Sh.run("ip -d link show b");
    assertTrue(bond.contains(" primary " + member + " "), bond);
  }
}
