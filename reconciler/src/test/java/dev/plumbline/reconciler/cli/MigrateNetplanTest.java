// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.plumbline.netlink.testing.KernelTest;
import dev.plumbline.netlink.testing.RequiresKind;
import dev.plumbline.netlink.testing.Sh;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A host that Debian's netplan describes and systemd-networkd has built goes over to plumbline as
 * docs/migrate-netplan.md says, with a ping each 10 ms: none is lost.
 */
@KernelTest
class MigrateNetplanTest {
  private static final String NETWORKD = "/lib/systemd/systemd-networkd";

  /** netplan's example bridge.yaml, with what guests and routes take. */
  private static final String BRIDGE =
      """
      network:
        version: 2
        renderer: networkd
        ethernets:
          enp3s0: {}
          vm1: {}
        bridges:
          br0:
            interfaces: [enp3s0, vm1]
            addresses: [10.10.10.2/24]
            parameters: {stp: false, forward-delay: 0}
            routes:
              - {to: default, via: 10.10.10.1}
              - {to: 198.51.100.0/24, via: 10.10.10.9, metric: 50}
            routing-policy:
              - {from: 10.9.0.0/16, table: 100, priority: 1000}
      """;

  /** netplan's example bridge_vlan.yaml, with addresses instead of DHCP. */
  private static final String BRIDGE_ON_A_VLAN =
      """
      network:
        version: 2
        renderer: networkd
        ethernets:
          vm1: {}
          enp3s0:
            addresses: [10.10.0.2/24]
        bridges:
          br0:
            addresses: [10.10.10.2/24]
            interfaces: [vlan15, vm1]
            routes: [{to: default, via: 10.10.10.1}]
        vlans:
          vlan15:
            accept-ra: no
            id: 15
            link: enp3s0
      """;

  private static String root = "";

  @TempDir private Path directory;

  @BeforeAll
  static void unpack() {
    root = Unpacked.root("netplan", "netplan.io libnetplan0 libyaml-0-2");
  }

  /** A guest's wire, and a router behind the card enp3s0. */
  private static void wires(String router) {
    String unused =
        Sh.run(
            "set -e; ip netns add router; ip netns add vm1;"
                + " ip link add enp3s0 type veth peer name eth0 netns router;"
                + " ip link add vm1 type veth peer name eth0 netns vm1; ip link set vm1 up;"
                + " ip -n router link set lo up; ip -n router link set eth0 up;"
                + " ip -n vm1 link set eth0 up; ip -n vm1 addr add 10.10.10.11/24 dev eth0; "
                + router
                + " ip -n router addr add 192.0.2.1/32 dev lo");
  }

  @Test
  void aBridge() throws Exception {
    wires("ip -n router addr add 10.10.10.1/24 dev eth0;");
    noPingIsLost(BRIDGE, "ip rule show priority 1000 | grep -q 10.9.0.0");
  }

  @Test
  @RequiresKind("vlan")
  void aBridgeOnAVlan() throws Exception {
    wires(
        "ip -n router link add v15 link eth0 type vlan id 15; ip -n router link set v15 up;"
            + " ip -n router addr add 10.10.10.1/24 dev v15;");
    noPingIsLost(
        BRIDGE_ON_A_VLAN,
        "ip -br link show vlan15 | grep -q UP && ip address show enp3s0 | grep -q 10.10.0.2/24"
            + " && test $(ip -o link show up master br0 | wc -l) = 2");
  }

  private void noPingIsLost(String netplan, String built) throws Exception {
    if (!Files.exists(Path.of(NETWORKD))) {
      throw Unpacked.skipped("no systemd-networkd");
    }
    ImportRun run = new ImportRun(directory);
    try (Unpacked debian = Unpacked.of(directory, root)) {
      debian.alone();
      Path file = configured(debian, netplan);
      Process networkd = debian.start("networkd", NETWORKD);
      debian.until(built + " && ip route show default | grep -q 'dev br0 proto static'");
      String yaml = run.imported("netplan", file.toString());
      assertFalse(yaml.contains("left out"), yaml);
      run.planIsEmpty();
      try (Pings toHost = Pings.start("router", "-I 192.0.2.1 10.10.10.2");
          Pings toGuest = Pings.start("router", "10.10.10.11")) {
        Path imported = directory.resolve("imported.yaml");
        String said = run.run(ExitCode.DONE, "apply", imported, "--yes");
        assertTrue(said.contains("Nothing to do"), said);
        Unpacked.stop(networkd);
        Files.delete(file);
        configured(debian, "");
        run.planIsEmpty();
        // From here on it is plumbline's.
        Path more =
            run.write("more.yaml", yaml.replace("10.10.10.2/24]", "10.10.10.2/24, 10.10.10.3/24]"));
        said = run.run(ExitCode.DONE, "apply", more, "--yes");
        assertTrue(said.contains("Applied"), said);
        Sh.ping("vm1", "10.10.10.3");
        // Somebody else may need it, for a lease: it leaves alone what no file of its own names.
        Process again = debian.start("networkd-again", NETWORKD);
        debian.until("grep -q 'Enumeration completed' " + directory + "/networkd-again.log");
        run.run(ExitCode.DONE, "plan", more, "--detailed-exitcode");
        for (Pings pings : List.of(toHost, toGuest)) {
          assertEquals(0, pings.lost(), () -> pings + "\n" + yaml);
        }
        System.err.println("netplan to plumbline: " + toHost + "; " + toGuest);
        Unpacked.stop(again);
      }
    }
  }

  /** What netplan makes of its file for systemd-networkd is all that this has. */
  private Path configured(Unpacked debian, String netplan) throws IOException {
    Path etc = Files.createDirectories(directory.resolve("etc/netplan"));
    Path file = etc.resolve("10-host.yaml");
    if (!netplan.isEmpty()) {
      Files.writeString(file, netplan);
    }
    String unused =
        Sh.run(
            ("set -e; chmod -R go= D/etc; GENERATE --root-dir D;"
                    + " rm -rf /run/systemd/network; mkdir -p /run/systemd;"
                    + " if test -d D/run/systemd/network; then"
                    + " cp -r D/run/systemd/network /run/systemd/; fi;"
                    + " chmod -R a+rX /run/systemd")
                .replace("GENERATE", debian.command("/usr/libexec/netplan/generate"))
                .replaceAll("\\bD\\b", directory.toString()));
    return file;
  }
}
