// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.cli;

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
  void itReadsTheHostAndNoFile() {
    String said = ImportRun.refused("import", "live", "interfaces");
    assertTrue(said.contains("`import live` reads this host, and no file"), said);
  }
}
