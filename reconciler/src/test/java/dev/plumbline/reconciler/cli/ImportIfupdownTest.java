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
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code plumbline import ifupdown} of what Debian's ifupdown, with bridge-utils, vlan and
 * ifenslave, has set up: the plan for it is empty.
 */
class ImportIfupdownTest {
  private static final String BRIDGE =
      """
      # The loopback network interface
      auto lo
      iface lo inet loopback

      auto eth2
      iface eth2 inet static
          address 10.2.0.5
          netmask 255.255.255.0
          mtu 1400
          dns-nameservers 10.2.0.1

      auto br0
      iface br0 inet static
          bridge_ports eth1
          bridge_stp off
          bridge_fd 0
          bridge_maxwait 0
          bridge_ageing 600
          bridge_pathcost eth1 50
          address 192.0.2.10/24
          gateway 192.0.2.1
          up ip route add 198.51.100.0/24 via 192.0.2.9 dev $IFACE metric 7
          down ip route del 198.51.100.0/24
          up ip rule add from 10.2.0.0/24 table 100 priority 1000
          up ip route add default via 10.2.0.1 table 100 || true
          up route add -net 203.0.112.0 netmask 255.255.255.0 gw 192.0.2.8
          post-up echo done > /dev/null

      iface br0 inet6 static
          address 2001:db8::10/64
          gateway 2001:db8::1
          dad-attempts 0

      auto br0:1
      iface br0:1 inet static
          address 203.0.113.5/24

      iface eth9 inet dhcp
      """;

  private static String root = "";

  @TempDir private Path directory;
  private ImportRun run = new ImportRun(Path.of(""));

  @BeforeAll
  static void unpack() {
    root = Unpacked.root("ifupdown", "ifupdown bridge-utils vlan ifenslave");
  }

  @BeforeEach
  void own() {
    run = new ImportRun(directory);
  }

  /** Lays Debian's packages over this test's own file system. */
  private void unpacked() {
    String reason = overlaid(Unpacked.of(directory, root).root());
    if (!reason.isEmpty()) {
      throw Unpacked.skipped(reason);
    }
  }

  private static String overlaid(String root) {
    for (String name : new String[] {"etc:/etc", "sbin:/usr/sbin", "lib:/usr/lib"}) {
      String below = name.substring(name.indexOf(':') + 1);
      String error =
          Sh.run(
              "mount -t overlay -o lowerdir="
                  + root
                  + "/"
                  + name
                  + " overlay "
                  + below
                  + " 2>&1 || true");
      if (!error.isEmpty()) {
        return "no overlay over " + below + ": " + error.strip();
      }
    }
    return "";
  }

  private Path up(String interfaces) throws IOException {
    unpacked();
    Path file = run.write("interfaces", interfaces);
    String unused =
        Sh.run(
            "mkdir -p "
                + directory.resolve("ifstate")
                + "; ifup -a -i "
                + file
                + " --state-dir="
                + directory.resolve("ifstate")
                + " 2>&1");
    return file;
  }

  private static void cards(int number) {
    StringBuilder commands = new StringBuilder("set -e; ip netns add far");
    for (int i = 1; i <= number; i++) {
      commands.append("; ip link add eth" + i + " type veth peer name eth" + i + " netns far");
      commands.append("; ip -n far link set eth" + i + " up");
    }
    String unused = Sh.run(commands.toString());
  }

  @Test
  @KernelTest
  void aBridgeWithAllAroundItIsPlannedEmptyAndNoPingIsLostWhenItIsAdopted() throws IOException {
    cards(2);
    Path interfaces = up(BRIDGE);
    String unused = Sh.run("ip -n far addr add 192.0.2.1/24 dev eth1");
    String yaml = run.imported("ifupdown", interfaces.toString());
    for (String comment :
        new String[] {
          ":10:5: `dns-nameservers 10.2.0.1` is not taken over",
          ":27:5: `post-up echo done > /dev/null` is not taken over: a command",
          ":16:5: `bridge-fd 0` has no effect without spanning tree",
          ":38:1: `eth9` is left out: neither `auto` nor `allow-hotplug` starts it"
        }) {
      assertTrue(yaml.contains(comment), comment + " in\n" + yaml);
    }
    run.planIsEmpty();

    Path imported = directory.resolve("imported.yaml");
    Path later = run.write("later.yaml", yaml.replace("mtu: 1400", "mtu: 1300"));
    int lost =
        ImportRun.lostWhile(
            "far",
            "192.0.2.10",
            () -> {
              String unchanged = run.run(ExitCode.DONE, "apply", imported, "--yes");
              assertTrue(unchanged.contains("Nothing to do"), unchanged);
              String changed = run.run(ExitCode.DONE, "apply", later, "--yes");
              assertTrue(changed.contains("Applied"), changed);
            });
    assertEquals(0, lost, yaml);
    assertTrue(Sh.run("ip link show eth2").contains("mtu 1300"));
  }

  @Test
  @KernelTest
  @RequiresKind("vlan")
  void vlansAndABondArePlannedEmpty() throws IOException {
    cards(3);
    Path interfaces =
        up(
            """
            auto bond0
            iface bond0 inet static
                address 10.0.0.1/24
                bond-slaves eth1 eth2
                bond-mode active-backup
                bond-miimon 100
                bond-updelay 200
                bond-primary eth1

            auto bond0.5
            iface bond0.5 inet static
                address 10.5.0.1/24

            auto vlan7
            iface vlan7 inet manual
                vlan-raw-device eth3
                up ip link set $IFACE mtu 1400
            """);
    String yaml = run.imported("ifupdown", interfaces.toString());
    assertFalse(yaml.contains("#"), yaml);
    run.planIsEmpty();
  }

  @Test
  void filesThatAFileNamesAreReadAndMistakesHaveTheirPlace() throws IOException {
    Path more = Files.createDirectory(directory.resolve("interfaces.d"));
    Files.writeString(
        more.resolve("eth5"), "auto eth5\niface eth5 inet static\n  address 10.0.0.300/24\n");
    Path file = run.write("interfaces", "source interfaces.d/*\n  address 10.0.0.1\n");
    String said = ImportRun.refused("import", "ifupdown", file.toString());
    assertTrue(said.contains(more.resolve("eth5") + ":3:3: "), said);
    assertTrue(said.contains(file + ":2:3: `address` stands in no stanza, expected `iface"), said);
  }

  @Test
  void whatItHasNoWordForIsAComment() throws IOException {
    Path file =
        run.write(
            "interfaces",
            """
            auto eth0 eth1
            allow-hotplug eth2
            mapping eth0
                script /usr/local/bin/which
            iface eth0 inet dhcp
                hostname box
            iface eth1 inet static
                address 10.1.0.1/24
                post-up iptables -t nat -A POSTROUTING -j MASQUERADE
                pre-down iptables -t nat -F
                wpa-ssid home
            iface eth2 inet ppp
                provider dsl
            """);
    String yaml = run.imported("ifupdown", file.toString());
    for (String comment :
        new String[] {
          ":3:1: `mapping eth0` is not taken over",
          ":5:1: DHCP (inet): whoever leases the address keeps it",
          ":6:5: `hostname box` is not taken over",
          ":9:5: `post-up iptables -t nat -A POSTROUTING -j MASQUERADE` is not taken over",
          ":10:5: `pre-down iptables -t nat -F` is not taken over",
          ":11:5: `wpa-ssid home` is not taken over",
          ":12:1: the method `ppp` of inet is not taken over",
          ":13:5: `provider dsl` is not taken over"
        }) {
      assertTrue(yaml.contains(comment), comment + " in\n" + yaml);
    }
  }
}
