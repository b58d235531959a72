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
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the kernel can change in place is changed in place: counted by the kernel's own events. */
@KernelTest
class InPlaceTest {
  private TestHost host;

  @BeforeEach
  void open() throws IOException {
    host = new TestHost();
  }

  @AfterEach
  void close() throws IOException {
    host.close();
  }

  /** Applies a second file and counts what the kernel says was deleted on the way. */
  private Deletions changed(String yaml) throws IOException {
    try (Deletions deletions = new Deletions()) {
      Plan plan = host.applied(yaml);
      assertEquals(plan.changes().size(), plan.count(Action.MODIFY), plan.toString());
      deletions.count();
      return deletions;
    }
  }

  @Test
  void aPortMovesBetweenBridges() throws IOException {
    host.applied(
        """
        veths: {v: {peer: {device: vp}}}
        bridges: {a: {datapath: kernel, ports: {v: {}}}, b: {datapath: kernel}}
        """);
    String index = Sh.run("cat /sys/class/net/v/ifindex");
    Deletions deletions =
        changed(
            """
            veths: {v: {peer: {device: vp}}}
            bridges: {a: {datapath: kernel}, b: {datapath: kernel, ports: {v: {}}}}
            """);
    assertEquals(0, deletions.links());
    assertEquals(index, Sh.run("cat /sys/class/net/v/ifindex"));
    assertTrue(Sh.run("ip link show v").contains("master b"));
  }

  @Test
  void aDeviceIsRenamedAndKeepsItsAddressesAndRoutes() throws IOException {
    String file =
        """
        bridges: {br: {datapath: kernel, device: %1$s, addresses: [10.0.0.1/24, "fd00::1/64"]}}
        routes: [{to: 10.9.0.0/16, via: 10.0.0.2}, {to: "fd09::/16", via: "fd00::2"}]
        """;
    host.applied(file.formatted("old"));
    try (Deletions deletions = new Deletions()) {
      host.applied(file.formatted("new"));
      deletions.count();
      assertEquals(0, deletions.links());
    }
    assertTrue(Sh.run("ip addr show new").contains("fd00::1/64"));
    assertTrue(Sh.run("ip route").contains("10.9.0.0/16 via 10.0.0.2 dev new"));
    assertTrue(Sh.run("ip -6 route").contains("fd09::/16 via fd00::2 dev new"));
  }

  @Test
  void twoDevicesSwapTheirNames() throws IOException {
    host.applied(
        """
        bridges: {x: {datapath: kernel, device: a, mtu: 1400}, y: {datapath: kernel, device: b}}
        """);
    String index = Sh.run("cat /sys/class/net/a/ifindex");
    Deletions deletions =
        changed(
            """
            bridges: {x: {datapath: kernel, device: b, mtu: 1400}, y: {datapath: kernel, device: a}}
            """);
    assertEquals(0, deletions.links());
    assertEquals(index, Sh.run("cat /sys/class/net/b/ifindex"));
  }

  @Test
  void aVethsPeerMovesToAnotherNamespace() throws IOException {
    String file =
        """
        namespaces: {red: {}, blue: {}}
        veths: {v: {addresses: [10.0.0.1/24], peer: {device: eth0, namespace: %s, addresses: [10.0.0.2/24]}}}
        """;
    host.applied(file.formatted("red"));
    String index = Sh.run("cat /sys/class/net/v/ifindex");
    try (Deletions deletions = new Deletions()) {
      host.applied(file.formatted("blue"));
      deletions.count();
      assertEquals(0, deletions.links());
      assertEquals(0, deletions.addresses());
    }
    assertEquals(index, Sh.run("cat /sys/class/net/v/ifindex"));
    assertTrue(Sh.run("ip -n blue addr show eth0").contains("10.0.0.2/24"));
    assertTrue(Sh.run("ip -n blue link show eth0").contains(",UP"));
  }

  @Test
  void aPortWithSettingsOfItsOwnMovesToAnotherNamespace() throws IOException {
    host.applied(
        """
        namespaces: {red: {}}
        veths: {v: {peer: {device: vp}}}
        bridges: {b: {datapath: kernel, ports: {v: {isolated: true, priority: 9}}}}
        """);
    changed(
        """
            namespaces: {red: {}}
            veths: {v: {namespace: red, peer: {device: vp}}}
            bridges: {b: {datapath: kernel}}
            """);
    assertTrue(Sh.run("ip -n red link show v").contains(",UP"));
  }

  @Test
  void aTunnelIsMadeAnewInAnotherNamespaceAndOutlivesTheOneItComesFrom() throws Exception {
    host.applied(
        """
        namespaces: {red: {}}
        tunnels: {vx: {namespace: red, type: vxlan, key: 9, remote: 10.0.0.1}}
        """);
    String file = "tunnels: {vx: {type: vxlan, key: 9, remote: 10.0.0.1}}";
    assertEquals(1, host.applied(file).count(Action.RECREATE));
    // The kernel empties a namespace some time after it has gone.
    Thread.sleep(500);
    assertTrue(host.plan(file).isEmpty(), () -> Sh.run("ip -d link show"));
  }

  /** The kernel takes it without a word, and leaves the device over its parent. */
  @Test
  void aVxlanDeviceIsMadeAnewWithoutItsParent() throws IOException {
    String file =
        """
        bridges: {b0: {datapath: kernel}, b1: {datapath: kernel}}
        tunnels: {vx: {type: vxlan, key: 9, remote: 10.0.0.1%s}}
        """;
    host.applied(file.formatted(", parent: b0"));
    assertEquals(0, host.applied(file.formatted(", parent: b1")).count(Action.RECREATE));
    assertEquals(1, host.applied(file.formatted("")).count(Action.RECREATE));
    assertFalse(Sh.run("ip -d link show vx").contains(" dev b1 "));
  }

  @Test
  @RequiresKind({"bond", "dummy"})
  void twoBondsSwapTheirMembers() throws IOException {
    String file =
        """
        dummies: {d0: {}, d1: {}}
        bonds:
          a: {members: [%s], mode: active-backup, miimon: 100ms}
          b: {members: [%s], mode: active-backup, miimon: 100ms}
        """;
    host.applied(file.formatted("d0", "d1"));
    Deletions deletions = changed(file.formatted("d1", "d0"));
    assertEquals(0, deletions.links());
    assertTrue(Sh.run("ip link show d0").contains("master b"));
    assertTrue(Sh.run("ip link show d1").contains("master a"));
  }

  @Test
  @RequiresKind({"bond", "dummy"})
  void aBondsModeChangesAndItsMembersComeBack() throws IOException {
    String file =
        """
        dummies: {d0: {}, d1: {}}
        bonds: {a: {members: [d0, d1], mode: %s, miimon: 100ms, addresses: [10.0.0.1/24, "fd00::1/64"]}}
        routes: [{to: 10.9.0.0/16, via: 10.0.0.2}]
        """;
    host.applied(file.formatted("active-backup"));
    try (Deletions deletions = new Deletions()) {
      host.applied(file.formatted("802.3ad"));
      deletions.count();
      assertEquals(0, deletions.links());
    }
    assertTrue(Sh.run("ip -d link show a").contains("mode 802.3ad"));
    assertTrue(Sh.run("ip link show d1").contains("master a"));
    assertTrue(Sh.run("ip route").contains("10.9.0.0/16 via 10.0.0.2"));
  }

  @Test
  void oneAddressIsReplacedAndTheOthersStay() throws IOException {
    String file =
        """
        bridges: {br: {datapath: kernel, addresses: [%s, 10.1.0.1/24, 10.2.0.1/24, "fd00::1/64"]}}
        """;
    host.applied(file.formatted("10.0.0.1/24"));
    try (Deletions deletions = new Deletions()) {
      host.applied(file.formatted("10.0.0.9/24"));
      deletions.count();
      assertEquals(1, deletions.addresses());
      assertEquals(0, deletions.links());
    }
  }

  @Test
  void anAddressIsReplacedWhileItsNetworkStaysConnected(@TempDir Path directory)
      throws IOException, InterruptedException {
    String file =
        """
        namespaces: {far: {}}
        veths:
          v: {addresses: [10.0.0.%s/24], peer: {device: w, namespace: far, addresses: [10.0.0.254/24]}}
        routes: [{to: 10.9.0.0/16, via: 10.0.0.254}]
        """;
    host.applied(file.formatted("1"));
    Sh.run("ip route add 10.8.0.0/16 via 10.0.0.254 proto static");
    Path asked = directory.resolve("asked");
    Path refused = directory.resolve("refused");
    // Asks the kernel for the way to a neighbour, some ten thousand times a second.
    List<Process> asking =
        ProcessBuilder.startPipeline(
            List.of(
                new ProcessBuilder("yes", "route get 10.0.0.254"),
                new ProcessBuilder("ip", "-force", "-batch", "-")
                    .redirectOutput(asked.toFile())
                    .redirectError(refused.toFile())));
    for (int i = 2; i < 12; i++) {
      try (Deletions deletions = new Deletions()) {
        Plan plan = host.applied(file.formatted(i));
        assertEquals(2, plan.changes().size(), plan.toString());
        deletions.count();
        assertEquals(1, deletions.addresses());
      }
    }
    asking.forEach(Process::destroy);
    for (Process each : asking) {
      each.waitFor();
    }
    long answers = lines(asked, "dev v");
    long without = lines(refused, "unreachable");
    System.err.println("ten addresses replaced: " + answers + " answers, " + without + " refusals");
    assertTrue(answers > 200, answers + " answers"); // one slow CPU gives that, this one 100,000
    assertTrue(
        without <= Math.max(3, answers / 1000), without + " of " + answers + " without a way");
    assertTrue(Sh.run("ip route").contains("10.8.0.0/16 via 10.0.0.254 dev v proto static"));
    assertEquals("0", Sh.run("cat /proc/sys/net/ipv4/conf/v/promote_secondaries").trim());
    Sh.ping("", "10.0.0.254");
  }

  private static long lines(Path file, String with) throws IOException {
    try (Stream<String> lines = Files.lines(file)) {
      return lines.filter(line -> line.contains(with)).count();
    }
  }

  @Test
  void secondaryAddressesOutliveTheirPrimary() throws IOException {
    host.applied(
        "bridges: {br: {datapath: kernel, addresses: [10.0.0.1/24, 10.0.0.2/24, 10.0.0.3/24]}}");
    try (Deletions deletions = new Deletions()) {
      host.applied("bridges: {br: {datapath: kernel, addresses: [10.0.0.2/24, 10.0.0.3/24]}}");
      deletions.count();
      assertEquals(1, deletions.addresses());
    }
    String addresses = Sh.run("ip addr show br");
    assertTrue(addresses.contains("10.0.0.2/24") && addresses.contains("10.0.0.3/24"), addresses);
    assertTrue(!addresses.contains("10.0.0.1/24"), addresses);
  }

  @Test
  void settingsOfABridgeAndItsPortsChange() throws IOException {
    String file =
        """
        veths: {v: {mtu: %1$d, peer: {device: vp, mac: "02:00:00:00:00:0%2$d"}}}
        bridges:
          br:
            datapath: kernel
            ports: {v: {pathCost: %1$d, hairpin: %3$s, learning: %3$s}}
            macTable: {aging: %1$dms}
            stp: {enabled: %3$s, forwardDelay: 1%2$ds, maxAge: 1%2$ds}
        """;
    host.applied(file.formatted(1400, 1, "true"));
    Deletions deletions = changed(file.formatted(1440, 2, "false"));
    assertEquals(0, deletions.links());
  }

  @Test
  void aTunnelsEndsChange() throws IOException {
    String file =
        """
        veths: {u: {addresses: [192.168.1.1/24, 192.168.1.9/24], peer: {device: w}}}
        tunnels: {vx: {type: vxlan, key: 7, local: %s, remote: %s, ttl: %d}}
        """;
    host.applied(file.formatted("192.168.1.1", "192.168.1.2", 3));
    Deletions deletions = changed(file.formatted("192.168.1.9", "192.168.1.3", 4));
    assertEquals(0, deletions.links());
  }

  @Test
  @RequiresKind({"gretap", "gre"})
  void aGreTunnelKeepsWhatDoesNotChange() throws IOException {
    String file =
        """
        veths: {u: {addresses: [192.168.1.1/24], peer: {device: w}}}
        tunnels:
          g: {type: gre, key: 5, local: 192.168.1.1, remote: %1$s, ttl: %2$d}
          t: {type: gretap, key: 6, local: 192.168.1.1, remote: %1$s, ttl: 9, tos: %2$d}
        """;
    host.applied(file.formatted("192.168.1.2", 8));
    Deletions deletions = changed(file.formatted("192.168.1.3", 12));
    assertEquals(0, deletions.links());
    assertTrue(Sh.run("ip -d link show g").contains("key 0.0.0.5"));
  }

  @Test
  @RequiresKind("geneve")
  void aGeneveTunnelGetsAnotherRemote() throws IOException {
    String file = "tunnels: {gn: {type: geneve, key: 5, remote: %s, mtu: 1400}}";
    host.applied(file.formatted("192.168.1.2"));
    Deletions deletions = changed(file.formatted("192.168.1.3"));
    assertEquals(0, deletions.links());
  }

  @Test
  @RequiresKind({"vlan", "dummy"})
  void whatTheKernelCanNotChangeIsMadeAnewWithAllThatIsOnIt() throws IOException {
    String file =
        """
        dummies: {d: {}}
        vlans: {d.x: {parent: d, id: %d, addresses: [10.0.0.1/24]}}
        routes: [{to: 10.9.0.0/16, via: 10.0.0.2}]
        """;
    host.applied(file.formatted(5));
    Plan plan = host.applied(file.formatted(6));
    assertEquals(1, plan.count(Action.RECREATE));
    assertTrue(Sh.run("ip -d link show d.x").contains("id 6"));
    assertTrue(Sh.run("ip route").contains("10.9.0.0/16 via 10.0.0.2"));
  }

  @Test
  @RequiresKind({"vrf", "dummy"})
  void aDeviceEntersAVrfAndKeepsItsAddresses() throws IOException {
    host.applied("dummies: {d: {addresses: [10.0.0.1/24, \"fd00::1/64\"]}}");
    host.applied(
        """
        dummies: {d: {addresses: [10.0.0.1/24, "fd00::1/64"]}}
        vrfs: {blue: {table: 100, members: [d]}}
        routes: [{to: default, via: 10.0.0.2, table: 100}]
        """);
    assertTrue(Sh.run("ip route show vrf blue").contains("default via 10.0.0.2"));
    assertTrue(Sh.run("ip addr show d").contains("fd00::1/64"));
    host.applied("dummies: {d: {addresses: [10.0.0.1/24, \"fd00::1/64\"]}}");
    assertTrue(Sh.run("ip addr show d").contains("fd00::1/64"));
  }

  /** The kernel keeps it with the way that is left (fib_sync_down_dev). */
  @Test
  void aRouteOfTwoWaysOutlivesThatOneGoesDown() throws Exception {
    String devices =
        """
        veths:
          v: {addresses: [10.1.0.1/24], peer: {device: w}}
          x: {addresses: [10.2.0.1/24], peer: {device: y}}
        """;
    host.applied(
        devices
            + """
            routes:
              - to: 10.9.0.0/16
                nextHops: [{via: 10.1.0.2}, {via: 10.2.0.2}]
            """);
    host.applied(devices.replace("v: {", "v: {up: false, "));
    assertEquals("", Sh.run("ip route show 10.9.0.0/16").strip());
  }

  /** A kernel that counts in 1/250 s keeps 1.98 s of 1.99 s. */
  @Test
  void timesBetweenTwoOfTheKernelsOwnConverge() throws Exception {
    for (String time : new String[] {"1999ms", "1990ms", "1010ms", "2s"}) {
      host.applied(
          "bridges: {br: {datapath: kernel, stp: {enabled: true, helloTime: " + time + "}}}");
    }
  }

  @Test
  void aSysctlThatIsWrittenTheOtherWayIsTheSame() throws Exception {
    host.applied("namespaces: {web: {sysctl: {net/ipv4/ip_forward: 1}}}");
    assertEquals(
        List.of(), host.plan("namespaces: {web: {sysctl: {net.ipv4.ip_forward: 1}}}").changes());
    host.applied("namespaces: {web: {sysctl: {net.ipv4.ip_forward: 0}}}");
    host.applied("namespaces: {web: {sysctl: {net/ipv4/ip_forward: 1}}}");
    assertEquals("1", Sh.run("ip netns exec web cat /proc/sys/net/ipv4/ip_forward").strip());
  }
}
