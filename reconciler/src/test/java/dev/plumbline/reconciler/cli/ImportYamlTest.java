// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.plumbline.netlink.testing.KernelTest;
import dev.plumbline.netlink.testing.Sh;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code plumbline import netplan} and {@code nmstate}, of files in the form of their examples. */
class ImportYamlTest {
  private static final String NETPLAN =
      """
      network:
        version: 2
        renderer: networkd
        ethernets:
          uplink:
            match: {name: eth1}
            mtu: 1400
          eth2:
            addresses:
              - 10.2.0.5/24
              - 10.2.0.6/24: {label: "eth2:x"}
            routes:
              - {to: default, via: 10.2.0.1, metric: 50, on-link: true}
              - {to: 10.9.0.0/16, via: 10.2.0.9, table: 100}
            routing-policy:
              - {from: 10.2.0.0/24, table: 100, priority: 1000}
        bridges:
          br0:
            interfaces: [uplink]
            addresses: [192.0.2.10/24, "2001:db8::10/64"]
            nameservers: {addresses: [192.0.2.1]}
            parameters: {stp: false, ageing-time: 600, path-cost: {uplink: 50}}
      """;

  private static final String NMSTATE =
      """
      ---
      interfaces:
        - name: eth1
          type: ethernet
          state: up
          mtu: 1400
        - name: eth2
          type: ethernet
          state: up
          ipv4:
            enabled: true
            dhcp: false
            address: [{ip: 10.2.0.5, prefix-length: 24}]
          ipv6: {enabled: false}
        - name: br0
          type: linux-bridge
          state: up
          ipv4:
            enabled: true
            address: [{ip: 192.0.2.10, prefix-length: 24}]
          bridge:
            options:
              mac-ageing-time: 600
              stp: {enabled: false}
            port:
              - {name: eth1, stp-hairpin-mode: false, stp-path-cost: 50}
      routes:
        config:
          - {destination: 0.0.0.0/0, next-hop-address: 10.2.0.1, next-hop-interface: eth2, metric: 50}
      route-rules:
        config:
          - {ip-from: 10.2.0.0/24, route-table: 100, priority: 1000}
      dns-resolver: {config: {server: [192.0.2.1]}}
      """;

  /** What both describe, by hand. */
  private static final String HOST =
      "set -e; for i in 1 2; do ip link add eth$i type veth peer name far$i; ip link set far$i up;"
          + " ip link set eth$i up; done; ip link set eth1 mtu 1400;"
          + " ip link add br0 type bridge ageing_time 60000; ip link set eth1 master br0;"
          + " bridge link set dev eth1 cost 50; ip link set br0 up;"
          + " ip addr add 192.0.2.10/24 dev br0; ip addr add 10.2.0.5/24 dev eth2;"
          + " ip rule add from 10.2.0.0/24 table 100 priority 1000;";

  @TempDir private Path directory;

  @Test
  @KernelTest
  void aHostOfNetplanIsPlannedEmpty() throws IOException {
    String unused =
        Sh.run(
            HOST
                + " ip addr add 2001:db8::10/64 dev br0 nodad;"
                + " ip addr add 10.2.0.6/24 dev eth2 label eth2:x;"
                + " ip route add default via 10.2.0.1 dev eth2 metric 50 onlink;"
                + " ip route add 10.9.0.0/16 via 10.2.0.9 dev eth2 table 100");
    ImportRun run = new ImportRun(directory);
    Path file = run.write("netplan.yaml", NETPLAN);
    String yaml = run.imported("netplan", file.toString());
    assertTrue(
        yaml.contains(file + ":21:7: `network.bridges.br0.nameservers` is not taken over"), yaml);
    assertEquals(1, yaml.split("#", -1).length - 1, yaml);
    run.planIsEmpty();
  }

  @Test
  @KernelTest
  void aHostOfNmstateIsPlannedEmpty() throws IOException {
    String unused = Sh.run(HOST + " ip route add default via 10.2.0.1 dev eth2 metric 50");
    ImportRun run = new ImportRun(directory);
    Path file = run.write("state.yaml", NMSTATE);
    String yaml = run.imported("nmstate", file.toString());
    assertTrue(yaml.contains(file + ":33:1: `dns-resolver` is not taken over"), yaml);
    assertEquals(1, yaml.split("#", -1).length - 1, yaml);
    run.planIsEmpty();
  }

  @Test
  void kindsOfNetplanAreTakenOverAndTheRestIsSaid() throws IOException {
    ImportRun run = new ImportRun(directory);
    Path base = run.write("10-base.yaml", "network: {ethernets: {eth0: {dhcp4: true}}}\n");
    Path more =
        run.write(
            "20-more.yaml",
            """
            network:
              ethernets: {eth0: {wakeonlan: true}}
              vlans: {eth0.5: {link: eth0, id: 5, addresses: [10.5.0.1/24]}}
              bonds:
                bond0:
                  interfaces: [eth1, eth2]
                  parameters: {mode: 802.3ad, mii-monitor-interval: 100, lacp-rate: fast, learn-packet-interval: 5}
              tunnels:
                vx7: {mode: vxlan, id: 7, local: 192.0.2.1, remote: 192.0.2.2, port: 4789}
                he: {mode: sit, remote: 192.0.2.3}
              dummy-devices: {lo1: {addresses: [10.255.0.1/32]}}
              virtual-ethernets: {v0: {peer: v1, mtu: 1400}, v1: {peer: v0, addresses: [10.7.0.1/24]}}
              vrfs: {red: {table: 100, interfaces: [lo1]}}
              wifis: {wlan0: {}}
            """);
    String yaml = run.imported("netplan", base.toString(), more.toString());
    for (String part :
        new String[] {
          base + ":1:30: `dhcp4`: whoever leases the address keeps it",
          more + ":2:22: `network.ethernets.eth0.wakeonlan: true` is not taken over",
          "eth0.5: {parent: eth0, id: 5, addresses: [10.5.0.1/24]}",
          "bond0: {mode: 802.3ad, members: [eth1, eth2], miimon: 100ms, lacpRate: fast}",
          "`network.bonds.bond0.parameters.learn-packet-interval: 5` is not taken over",
          "vx7: {type: vxlan, port: 4789, local: 192.0.2.1, remote: 192.0.2.2, key: 7}",
          "tunnels.he is left out, for it is refused",
          "lo1: {addresses: [10.255.0.1/32]}",
          "v0: {mtu: 1400, peer: {device: v1, addresses: [10.7.0.1/24]}}",
          "red: {table: 100, members: [lo1]}",
          "`network.wifis` is not taken over",
        }) {
      assertTrue(yaml.contains(part), part + " in\n" + yaml);
    }
  }

  @Test
  void kindsOfNmstateAreTakenOverAndTheRestIsSaid() throws IOException {
    ImportRun run = new ImportRun(directory);
    Path file =
        run.write(
            "state.yml",
            """
            interfaces:
              - name: bond9
                type: bond
                state: up
                link-aggregation: {mode: 802.3ad, port: [eth1, eth2], options: {miimon: 140, tlb_dynamic_lb: true}}
              - {name: bond9.5, type: vlan, state: up, vlan: {base-iface: bond9, id: 5}}
              - {name: vx7, type: vxlan, vlan: null, vxlan: {id: 7, remote: 192.0.2.2, base-iface: eth3, destination-port: 4789}}
              - {name: red, type: vrf, vrf: {port: [bond9.5], route-table-id: 100}}
              - {name: v0, type: veth, veth: {peer: v1}}
              - {name: v1, type: veth, mtu: 1400, veth: {peer: v0}}
              - {name: mv0, type: mac-vlan}
              - {name: old, type: dummy, state: absent}
              - name: ovs0
                type: ovs-bridge
                bridge:
                  options: {fail-mode: secure, rstp: false}
                  port:
                    - {name: eth5, vlan: {mode: access, tag: 10}}
                    - {name: leg0, vlan: {mode: trunk, trunk-tags: [{id: 20}, {id-range: {min: 30, max: 39}}]}}
              - {name: leg0, type: ovs-interface, ipv4: {enabled: true, dhcp: true}}
            """);
    String yaml = run.imported("nmstate", file.toString());
    for (String part :
        new String[] {
          "bond9: {mode: 802.3ad, members: [eth1, eth2], miimon: 140ms}",
          "the option `tlb_dynamic_lb: true` is not taken over",
          "bond9.5: {parent: bond9, id: 5}",
          "vx7: {type: vxlan, key: 7, port: 4789, parent: eth3, remote: 192.0.2.2}",
          "red: {table: 100, members: [bond9.5]}",
          "v0: {peer: {device: v1, mtu: 1400}}",
          "`mv0` is left out: the file has no section for a mac-vlan",
          "`old` is absent: left out",
          "ovs0: {ports: {eth5: {vlan: {access: 10}}}}",
          "`interfaces.bridge.options.fail-mode: secure` is not taken over",
          "leg0: {bridge: ovs0, vlan: {trunk: [20, 30-39]}}",
          "`dhcp`: whoever leases the address keeps it",
        }) {
      assertTrue(yaml.contains(part), part + " in\n" + yaml);
    }
  }

  @Test
  void mistakesHaveTheirPlace() throws IOException {
    ImportRun run = new ImportRun(directory);
    Path plan =
        run.write(
            "a.yaml", "network:\n  ethernets:\n    eth0: {addresses: [10.0.0.300/24], mtu: []}\n");
    String said = ImportRun.refused("import", "netplan", plan.toString());
    assertTrue(said.contains(plan + ":3:24: "), said);
    Path broken = run.write("b.yaml", "interfaces: [\n");
    said = ImportRun.refused("import", "nmstate", broken.toString());
    assertTrue(said.contains(broken + ":2:1: not YAML: "), said);
    said = ImportRun.refused("import", "nmstate");
    assertTrue(said.contains("`nmstatectl show | plumbline import nmstate -`"), said);
  }
}
