// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.plumbline.netlink.testing.KernelTest;
import dev.plumbline.netlink.testing.RequiresKind;
import dev.plumbline.netlink.testing.Sh;
import dev.plumbline.reconciler.plan.Action;
import dev.plumbline.reconciler.plan.Plan;
import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Files applied to the real kernel: what is made, and that nothing is left to do. */
@KernelTest
class ApplyTest {
  private TestHost host;

  @BeforeEach
  void open() throws IOException {
    host = new TestHost();
  }

  @AfterEach
  void close() throws IOException {
    host.close();
  }

  @Test
  void portsOfABridgeAreInTheirVlans() throws IOException {
    TestHost.assumeBridgeVlans();
    host.applied(
        """
        veths: {r: {peer: {device: rp}}, b: {peer: {device: bp}}, n: {peer: {device: np}}}
        bridges:
          br0:
            datapath: kernel
            ports:
              r: {vlan: {access: 10}}
              b: {vlan: {trunk: [10, "20-29"]}}
              n: {vlan: {native: 5, trunk: [10]}}
            vlan: {access: 10}
            addresses: [10.0.0.1/24]
        """);
    assertTrue(Sh.run("bridge vlan show dev r").contains("10 PVID Egress Untagged"));
    assertFalse(Sh.run("bridge vlan show dev b").contains("PVID"));
    assertTrue(Sh.run("bridge vlan show dev b").contains("29"));
    assertTrue(Sh.run("bridge vlan show dev n").contains("5 PVID Egress Untagged"));
    Plan plan =
        host.applied(
            """
            veths: {r: {peer: {device: rp}}, b: {peer: {device: bp}}, n: {peer: {device: np}}}
            bridges:
              br0:
                datapath: kernel
                ports:
                  r: {vlan: {access: 11}}
                  b: {vlan: {trunk: [10, "20-29"]}}
                  n: {vlan: {native: 5, trunk: [10]}}
                vlan: {access: 10}
                addresses: [10.0.0.1/24]
            """);
    assertEquals(1, plan.changes().size());
    assertEquals("bridges.br0.ports.r.vlan", plan.changes().get(0).address());
    String vlans = Sh.run("bridge vlan show dev r");
    assertTrue(vlans.contains("11 PVID Egress Untagged") && !vlans.contains("10 PVID"), vlans);
  }

  @Test
  void aBridgeWithGuestsInNamespacesIsMadeAndRemoved() throws IOException {
    String file =
        """
        namespaces: {red: {}, blue: {sysctl: {net.ipv4.ip_forward: 1}}}
        veths:
          r: {peer: {device: eth0, namespace: red, addresses: [10.0.0.2/24, "fd00::2/64"]}}
          b: {peer: {device: eth0, namespace: blue, addresses: [10.0.0.3/24]}, mtu: 1400}
        bridges:
          br0:
            datapath: kernel
            ports: {r: {}, b: {pathCost: 7}}
            macTable: {aging: 60s}
            stp: {enabled: true, forwardDelay: 4s, priority: 4096}
            addresses: [10.0.0.1/24, "fd00::1/64"]
        routes:
          - {to: default, via: 10.0.0.1, namespace: red}
          - {to: default, via: "fd00::1", namespace: red}
          - {to: 10.9.0.0/16, via: 10.0.0.2, metric: 50, mtu: 1300}
          - {to: 10.8.0.0/16, type: blackhole}
          - {to: "fd08::/16", type: unreachable}
        rules:
          - {from: 10.1.0.0/16, table: 100, priority: 1000}
          - {to: "fd09::/16", table: 100, priority: 1001}
        """;
    Plan plan = host.applied(file);
    assertEquals(plan.changes().size(), plan.count(Action.CREATE));
    assertTrue(Sh.run("ip -d link show br0").contains("ageing_time 6000"));
    assertTrue(Sh.run("ip netns exec red ip route").contains("default via 10.0.0.1"));
    assertTrue(Sh.run("ip rule").contains("from 10.1.0.0/16 lookup 100"));
    assertEquals("1", Sh.run("ip netns exec blue cat /proc/sys/net/ipv4/ip_forward").strip());

    host.applied("");
    assertEquals(
        "1: lo", Sh.run("ip -br link").isBlank() ? "" : Sh.run("ip -o link").substring(0, 5));
    assertEquals("", Sh.run("ip netns list").strip());
    assertFalse(Sh.run("ip rule").contains("10.1.0.0"));
  }

  @Test
  void tunnelsOfTheKernelAreMadeAndTheirRemotesKept() throws IOException {
    host.applied(
        """
        veths: {u: {addresses: [192.168.1.1/24], peer: {device: v}}}
        tunnels:
          vx0: {type: vxlan, key: 42, local: 192.168.1.1, remotes: [192.168.1.2, 192.168.1.3]}
          vx1: {type: vxlan, key: 43, remote: 192.168.1.2, port: 4790, bridge: br0}
        bridges: {br0: {datapath: kernel}}
        """);
    String fdb = Sh.run("bridge fdb show dev vx0");
    assertTrue(fdb.contains("dst 192.168.1.2") && fdb.contains("dst 192.168.1.3"), fdb);
    assertTrue(Sh.run("ip -d link show vx1").contains("master br0"));
    Plan plan =
        host.applied(
            """
            veths: {u: {addresses: [192.168.1.1/24], peer: {device: v}}}
            tunnels:
              vx0: {type: vxlan, key: 42, local: 192.168.1.1, remotes: [192.168.1.3, 192.168.1.4]}
              vx1: {type: vxlan, key: 43, remote: 192.168.1.5, port: 4790, bridge: br0}
            bridges: {br0: {datapath: kernel}}
            """);
    assertEquals(1, plan.count(Action.CREATE));
    assertEquals(1, plan.count(Action.MODIFY));
    assertEquals(1, plan.count(Action.DELETE));
    fdb = Sh.run("bridge fdb show dev vx0");
    assertFalse(fdb.contains("dst 192.168.1.2"), fdb);
    assertTrue(Sh.run("ip -d link show vx1").contains("remote 192.168.1.5"));
  }

  @Test
  @RequiresKind({"bond", "dummy", "vlan"})
  void aBondUnderAVlanUnderABridgeIsMadeInOneApply() throws IOException {
    host.applied(
        """
        dummies: {d0: {}, d1: {}}
        bonds:
          bond0: {members: [d0, d1], mode: active-backup, miimon: 100ms, primary: d1}
        vlans: {bond0.7: {parent: bond0, id: 7}}
        bridges: {br7: {datapath: kernel, ports: {bond0.7: {}}, addresses: [10.7.0.1/24]}}
        """);
    String bond = Sh.run("ip -d link show bond0");
    assertTrue(bond.contains("mode active-backup") && bond.contains("primary d1"), bond);
    assertTrue(Sh.run("ip link show bond0.7").contains("master br7"));
    host.applied("");
    assertEquals("", Sh.run("ip -br link show type bond").strip());
  }

  @Test
  @RequiresKind({"bond", "dummy", "vlan"})
  void aBridgeOverABondOverAVlanOverADummyIsMadeAndRemovedInOneApplyEach() throws IOException {
    String before = TestHost.devices();
    host.applied(
        """
        dummies: {d0: {}}
        vlans: {d0.7: {parent: d0, id: 7}}
        bonds: {bond0: {members: [d0.7], mode: active-backup, miimon: 100ms}}
        bridges: {br7: {datapath: kernel, ports: {bond0: {}}, addresses: [10.7.0.1/24]}}
        """);
    assertTrue(Sh.run("ip -d link show d0.7").matches("(?s).*d0.7@d0.* master bond0 .* id 7 .*"));
    assertTrue(Sh.run("ip link show bond0").contains("master br7"));
    assertTrue(Sh.run("ip -br addr show br7").matches("br7 +\\S+ .*10.7.0.1/24.*\\s*"));
    host.applied("");
    assertEquals(before, TestHost.devices());
  }

  @Test
  @RequiresKind({"bond", "dummy"})
  void aBondPrefersAMemberByTheNameThatItGets() throws IOException {
    String bond = "bonds: {bond0: {members: [d0], mode: active-backup%s}}\n";
    host.applied("dummies: {d0: {}}\n" + bond.formatted(""));
    host.applied("dummies: {d0: {device: d0x}}\n" + bond.formatted(", primary: d0"));
    String shown = Sh.run("ip -d link show bond0");
    assertTrue(shown.contains("primary d0x"), shown);
  }

  @Test
  @RequiresKind({"bond", "dummy"})
  void aMemberThatWasDownComesUpWithItsBondAndARouteOverItNeedNotWait() throws IOException {
    Sh.run("ip link add d0 type dummy");
    host.applied(
        """
        interfaces: {d0: {txQueueLength: 500}}
        bonds: {bond0: {members: [d0], mode: active-backup}}
        routes: [{to: 10.8.0.0/16, dev: d0}]
        """);
    assertTrue(Sh.run("ip route").contains("10.8.0.0/16 dev d0"));
  }
}
