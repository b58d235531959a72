// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.plumbline.netlink.testing.KernelTest;
import dev.plumbline.netlink.testing.Sh;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code plumbline import live}: what `show` says, as the file that a host is adopted with. */
@KernelTest
class ImportLiveTest {
  @TempDir private Path directory;

  @Test
  void whatThereIsNothingToSayOfIsLeftAloneAndTheRestIsPlannedEmpty() throws IOException {
    String unused =
        Sh.run(
            "set -e; ip link add br0 type bridge; ip link set br0 up; ip netns add web; ip link add"
                + " vm1 type veth peer name eth0 netns web; ip link set vm1 master br0 up; ip"
                + " tuntap add tap0 mode tap; ip link set tap0 master br0; ip tuntap add tap1 mode"
                + " tap; ip link set tap1 up mtu 1400; ip addr add 10.0.0.1/24 dev br0; ip addr add"
                + " 10.0.0.7/24 valid_lft 3600 preferred_lft 3600 dev br0; ip route add 10.9.0.0/16"
                + " via 10.0.0.2 proto dhcp");
    ImportRun run = new ImportRun(directory);
    String yaml = run.imported("live", "--state=" + directory.resolve("state"));
    assertTrue(
        yaml.startsWith("# interfaces, left alone as there is nothing to say of them: tap0\n"),
        yaml);
    assertTrue(yaml.contains("\n      tap0: {}\n") || yaml.contains("tap0: {}, vm1: {}"), yaml);
    assertTrue(
        yaml.contains(
            "\n  # the file has no section that makes a tun\n  tap1: {mtu: 1400, up: true}\n"),
        yaml);
    int note = yaml.indexOf("it is leased; whoever leased it renews it\n");
    assertTrue(note > yaml.indexOf("\nbridges:\n") && note < yaml.indexOf("\n  br0:"), yaml);
    assertTrue(yaml.contains("# route 10.9.0.0/16 table 254 metric 0: protocol dhcp"), yaml);
    assertFalse(yaml.contains("left out"), yaml);
    run.planIsEmpty();
  }

  @Test
  void noPingIsLostWhenAHostMadeByHandIsAdopted() throws IOException {
    String unused =
        Sh.run(
            "set -e; ip netns add router; ip netns add vm1; ip link add br0 type bridge ageing_time"
                + " 60000; ip link add eth1 type veth peer name eth0 netns router; ip link add vm1"
                + " type veth peer name eth0 netns vm1; ip link set eth1 master br0 up; ip link set"
                + " vm1 master br0 up; ip link set br0 up; ip addr add 10.0.0.1/24 dev br0; ip"
                + " route add default via 10.0.0.13; ip route add 10.9.0.0/16 via 10.0.0.13 metric"
                + " 50; ip rule add from 10.9.0.0/16 table 100 priority 1000; ip -n router link set"
                + " eth0 up; ip -n router link set lo up; ip -n router addr add 10.0.0.13/24 dev"
                + " eth0; ip -n router addr add 192.0.2.1/32 dev lo; ip -n vm1 link set eth0 up; ip"
                + " -n vm1 addr add 10.0.0.11/24 dev eth0");
    ImportRun run = new ImportRun(directory);
    try (Pings toHost = Pings.start("router", "-I 192.0.2.1 10.0.0.1");
        Pings toGuest = Pings.start("router", "10.0.0.11")) {
      String yaml = run.imported("live", "--state=" + directory.resolve("state"));
      assertFalse(yaml.contains("left out"), yaml);
      run.planIsEmpty();
      String said = run.run(ExitCode.DONE, "apply", directory.resolve("imported.yaml"), "--yes");
      assertTrue(said.contains("Nothing to do"), said);
      // From here on it is plumbline's.
      Path more = run.write("more.yaml", yaml.replace("10.0.0.1/24]", "10.0.0.1/24, 10.0.0.2/24]"));
      said = run.run(ExitCode.DONE, "apply", more, "--yes");
      assertTrue(said.contains("Applied"), said);
      Sh.ping("vm1", "10.0.0.2");
      assertEquals(0, toHost.lost(), toHost::toString);
      assertEquals(0, toGuest.lost(), toGuest::toString);
      System.err.println("a host made by hand to plumbline: " + toHost + "; " + toGuest);
    }
  }

  @Test
  void itReadsTheHostAndNoFile() {
    String said = ImportRun.refused("import", "live", "interfaces");
    assertTrue(said.contains("`import live` reads this host, and no file"), said);
  }
}
