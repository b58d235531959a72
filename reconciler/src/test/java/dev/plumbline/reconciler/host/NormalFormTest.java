// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.plumbline.netlink.testing.KernelTest;
import dev.plumbline.netlink.testing.RequiresKind;
import dev.plumbline.netlink.testing.Sh;
import dev.plumbline.reconciler.apply.Outcome;
import dev.plumbline.reconciler.plan.Plan;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Whatever form the kernel gives values back in, a second plan is empty. */
@KernelTest
class NormalFormTest {
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
  void ofAddresses() throws IOException {
    host.applied(
        """
        bridges:
          br:
            datapath: kernel
            addresses:
              - 10.0.0.1/32
              - "fd00::1/128"
              - "fe80::1/64"
              - "FD00:0:0:0::0002/64"
              - {address: 10.1.0.1/24, broadcast: 10.1.0.255, label: "br:x"}
              - {address: 10.2.0.1/24, scope: link, metric: 77}
              - {address: 10.3.0.1/24, noPrefixRoute: true}
              - {address: "fd03::1/64", noPrefixRoute: true, noDad: true}
              - {address: 10.4.0.1/32, peer: 10.4.0.2}
              - {address: "fd05::1/64", validLifetime: 3600s, preferredLifetime: 0s}
              - {address: 10.6.0.1/24, validLifetime: 3600s, preferredLifetime: 1800s}
        """);
    String addresses = Sh.run("ip addr show br");
    assertTrue(addresses.contains("inet 10.4.0.1 peer 10.4.0.2/32"), addresses);
    assertTrue(addresses.contains("br:x"), addresses);
  }

  @Test
  void ofRoutes() throws IOException {
    host.applied(
        """
        bridges: {br: {datapath: kernel, addresses: [10.0.0.1/24, "fd00::1/64"]}}
        routes:
          - {to: default, via: 10.0.0.2}
          - {to: default, via: "fd00::2"}
          - {to: "::/0", via: "fd00::3", metric: 7}
          - {to: 10.1.2.3, via: 10.0.0.2}
          - {to: "fd01::1", via: "fd00::2"}
          - {to: 10.2.0.0/16, dev: br}
          - {to: "fd02::/16", dev: br, metric: 5}
          - {to: 10.3.0.0/16, via: 10.0.0.2, table: 1000, mtu: 1300, advmss: 1200, initcwnd: 20}
          - {to: "fd03::/16", via: "fe80::9", dev: br, mtu: 1400, hopLimit: 9}
          - {to: 10.4.0.0/16, type: prohibit}
          - {to: 10.20.0.0/16, dev: lo, type: local, table: local}
          - {to: 10.21.0.0/16, dev: lo, type: local}
          - {to: "fd20::/16", dev: lo, type: local, table: local}
          - {to: 10.22.0.255, dev: br, type: broadcast, table: local}
          - {to: 224.5.0.0/16, dev: br, type: multicast}
          - {to: "ff15::/16", dev: br, type: multicast, table: 77}
          - {to: "fd04::/16", type: blackhole, metric: 9}
          - {to: 10.5.0.0/16, via: 10.99.0.1, dev: br, onlink: true}
          - {to: 10.6.0.0/16, via: 10.0.0.3, source: 10.0.0.1, scope: global}
          - to: 10.7.0.0/16
            nextHops: [{via: 10.0.0.2, weight: 2}, {via: 10.0.0.3}]
          - to: "fd07::/16"
            nextHops: [{via: "fd00::3"}, {via: "fd00::2", weight: 3}]
          - to: 10.8.0.0/16
            nextHops: [{via: 10.98.0.1, dev: br, onlink: true}, {dev: br}]
        rules:
          - {from: 10.1.0.0/16, table: 1000, priority: 100}
          - {from: 0.0.0.0/0, table: 1000, priority: 99}
          - {from: "::/0", to: "fd01::/16", table: 1000, priority: 99}
          - {to: "fd01::/16", action: blackhole, priority: 101}
          - {fwmark: 16, fwmask: 255, iif: br, table: 1000, priority: 102, family: ipv4}
          - {from: 10.0.0.0/8, invert: true, tos: 16, table: 5, priority: 103}
          - {ipProto: 6, destinationPort: 80-90, sourcePort: 7, table: 5, priority: 104, family: ipv6}
          - {uidRange: 0-99, suppressPrefixLength: 0, table: 254, priority: 105, family: ipv4}
        """);
    Plan plan = host.plan("bridges: {br: {datapath: kernel}}");
    assertTrue(plan.changes().size() > 20, plan.toString());
    host.applied("");
    assertEquals("", Sh.run("ip route show table all proto 112").strip());
    assertEquals("", Sh.run("ip -6 route show table all proto 112").strip());
  }

  @Test
  void ofDevices() throws IOException {
    host.applied(
        """
        veths:
          v: {mtu: 9000, mac: "02:AB:CD:EF:00:01", txQueueLength: 77, peer: {device: w, up: false}}
          a: {mtu: 1400, peer: {device: b, mtu: 1600}}
        bridges:
          br:
            datapath: kernel
            mac: "02:ab:cd:ef:00:02"
            ports: {v: {}, a: {priority: 9, isolated: true}}
            macTable: {aging: 1005ms}
            stp: {enabled: true, forwardDelay: 2500ms, helloTime: 1s, maxAge: 6s, priority: 8192}
            groupForwardMask: 16384
          small: {datapath: kernel, mtu: 1280, ports: {w: {}}}
        tunnels:
          x: {type: vxlan, key: 16777215, remote: "fd00::9", local: "fd00::1", df: set, ttl: 3}
          y: {type: vxlan, key: 5, parent: v, remote: 239.1.1.1, tos: 4}
        """);
  }

  @Test
  @RequiresKind({"bond", "dummy", "vlan"})
  void ofBondsAndVlans() throws IOException {
    host.applied(
        """
        dummies: {d0: {}, d1: {}, d2: {}, d3: {}}
        bonds:
          b0:
            members: [d0, d1]
            mode: active-backup
            miimon: 50ms
            upDelay: 100ms
            downDelay: 200ms
            primary: d0
            primaryReselect: better
            failOverMac: active
            gratuitousArps: 3
          b1:
            members: [d2]
            mode: 802.3ad
            miimon: 100ms
            lacpRate: fast
            adSelect: bandwidth
            xmitHashPolicy: layer3+4
            minLinks: 1
          b2: {members: [d3], mode: active-backup, arpInterval: 500ms, arpIpTargets: [10.0.0.9], miimon: 0s}
        vlans:
          b0.5: {parent: b0, id: 5, mtu: 1400}
          b0.6: {parent: b0, id: 6, protocol: 802.1ad}
        """);
    assertTrue(Sh.run("ip -d link show b0").contains("primary d0"));
  }

  @Test
  @RequiresKind({"gre", "gretap", "ip6gretap", "geneve", "vrf"})
  void ofTunnelsThatAreModules() throws IOException {
    host.applied(
        """
        veths: {u: {addresses: [192.168.1.1/24, "fd00::1/64"], peer: {device: w}}}
        tunnels:
          g: {type: gre, remote: 192.168.1.2, local: 192.168.1.1, key: 4294967295, addresses: [10.0.0.1/30]}
          g6: {type: gre, remote: "fd00::2", local: "fd00::1", ttl: 9}
          t: {type: gre, remote: 192.168.1.3, bridge: br, key: 5, checksum: true}
          t6: {type: gretap, remote: "fd00::3", local: "fd00::1"}
          n: {type: geneve, key: 77, remote: 192.168.1.2, ttl: 5, bridge: br}
        bridges: {br: {datapath: kernel}}
        vrfs: {red: {table: 10}}
        routes: [{to: 10.9.0.0/16, dev: g}]
        """);
    host.applied("");
    assertEquals("", TestHost.devices());
  }

  @Test
  void whatIsMissingWaitsAndTheRestIsDone() throws IOException {
    String file =
        """
        veths: {v: {peer: {device: w}}}
        bridges: {br: {datapath: kernel, ports: {v: {}, tap7: {}}, addresses: [10.0.0.1/24]}}
        interfaces: {eth9: {mtu: 1400, addresses: [10.9.0.1/24]}}
        routes: [{to: 10.10.0.0/16, via: 10.9.0.2}, {to: 10.11.0.0/16, via: 10.0.0.2}]
        """;
    Outcome outcome = host.apply(file);
    assertEquals(Outcome.Result.APPLIED, outcome.result());
    List<String> waiting =
        outcome.remaining().waiting().stream().map(each -> each.address()).sorted().toList();
    assertEquals(
        List.of(
            "bridges.br.ports.tap7",
            "interfaces.eth9",
            "interfaces.eth9.addresses[10.9.0.1/24]",
            "routes[10.10.0.0/16 table 254 metric 0]"),
        waiting);
    assertTrue(Sh.run("ip route").contains("10.11.0.0/16"));
    Sh.run("ip link add eth9 type veth peer name tap7");
    Sh.run("ip link set eth9 up");
    host.applied(file);
    assertEquals(List.of(), host.plan(file).waiting());
    assertTrue(Sh.run("ip route").contains("10.10.0.0/16 via 10.9.0.2"));
    assertTrue(Sh.run("ip link show tap7").contains("master br"));
  }
}
