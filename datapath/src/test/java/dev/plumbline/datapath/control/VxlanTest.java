// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.control;

import static dev.plumbline.datapath.control.TunnelHosts.ping;
import static dev.plumbline.datapath.control.TunnelHosts.pingLost;
import static dev.plumbline.datapath.control.TunnelHosts.transfer;
import static dev.plumbline.datapath.control.TunnelHosts.tunnel;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.plumbline.datapath.config.PortConfig.TunnelType;
import dev.plumbline.datapath.testing.RequiresEbpf;
import dev.plumbline.netlink.testing.KernelTest;
import dev.plumbline.netlink.testing.Sh;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** VXLAN tunnels between switches of several hosts, and to the kernel's own. */
@KernelTest
@RequiresEbpf
@Timeout(120)
class VxlanTest {
  @TempDir Path directory;

  @Test
  void guestsOfTwoHostsReachEachOther() throws Exception {
    try (TunnelHosts hosts = new TunnelHosts(directory, 2)) {
      hosts.open(1, Map.of("t", tunnel(TunnelType.VXLAN, 42, "192.0.2.2")));
      hosts.open(2, Map.of("t", tunnel(TunnelType.VXLAN, 42, "192.0.2.1")));
      ping("g1", "10.0.0.2", "");
      ping("g2", "fd00::1", "");
      ping("g1", "10.0.0.2", "-s 3200");
      transfer("g1", "g2", "10.0.0.2");
      transfer("g2", "g1", "10.0.0.1");
      SwitchStatus.Port port = hosts.port(1, "t");
      assertEquals(1450, port.mtu());
      assertTrue(port.rxPackets() > 10 && port.txPackets() > 10, port.toString());
    }
  }

  @Test
  void underlayMayBeIpv6() throws Exception {
    try (TunnelHosts hosts = new TunnelHosts(directory, 2)) {
      hosts.open(1, Map.of("t", tunnel(TunnelType.VXLAN, 42, "2001:db8::2")));
      hosts.open(2, Map.of("t", tunnel(TunnelType.VXLAN, 42, "2001:db8::1")));
      ping("g1", "10.0.0.2", "");
      assertEquals(1430, hosts.port(1, "t").mtu());
    }
  }

  @Test
  void tagsOfTrunksCrossTheTunnel() throws Exception {
    try (TunnelHosts hosts = new TunnelHosts(directory, 2)) {
      hosts.open(
          1, Map.of("t", tunnel(TunnelType.VXLAN, 42, "192.0.2.2"), "v1", TunnelHosts.guest(1, 7)));
      hosts.open(
          2, Map.of("t", tunnel(TunnelType.VXLAN, 42, "192.0.2.1"), "v2", TunnelHosts.guest(2, 7)));
      ping("g1", "10.0.0.2", "");
      transfer("g1", "g2", "10.0.0.2");
      hosts
          .at(2)
          .configure(
              TunnelHosts.config(
                  2,
                  Map.of(
                      "t",
                      tunnel(TunnelType.VXLAN, 42, "192.0.2.1"),
                      "v2",
                      TunnelHosts.guest(2, 8))));
      pingLost("g1", "10.0.0.2", "");
    }
  }

  /** None of the three sends what another one has sent. */
  @Test
  void nobodyRelaysInAMesh() throws Exception {
    try (TunnelHosts hosts = new TunnelHosts(directory, 3)) {
      hosts.open(1, Map.of("t", tunnel(TunnelType.VXLAN, 42, "192.0.2.2", "192.0.2.3")));
      hosts.open(2, Map.of("t", tunnel(TunnelType.VXLAN, 42, "192.0.2.1", "192.0.2.3")));
      hosts.open(3, Map.of("t", tunnel(TunnelType.VXLAN, 42, "192.0.2.1", "192.0.2.2")));
      ping("g1", "10.0.0.2", "");
      ping("g2", "10.0.0.3", "");
      ping("g3", "10.0.0.1", "");
      // Its own guest is silent now: whatever host 3 sends from here on is another's.
      Sh.run("ip -n g3 link set eth0 down && sleep 0.3");
      long before = hosts.sentByTunnels(3);
      // A broadcast ping that nobody answers: flooded by both remotes, and by host 3 to none.
      Sh.run("ip netns exec g1 ping -b -q -c 5 -i 0.2 -W 1 10.0.0.255 || true");
      ping("g1", "10.0.0.2", "");
      assertTrue(hosts.port(3, "t").rxPackets() > 5);
      assertEquals(before, hosts.sentByTunnels(3));
      assertNull(hosts.at(3).failure());
    }
  }

  @Test
  void keysKeepTunnelsBetweenTheSameHostsApart() throws Exception {
    try (TunnelHosts hosts = new TunnelHosts(directory, 2)) {
      hosts.open(
          1,
          Map.of(
              "v1", TunnelHosts.guest(1, 10),
              "a", TunnelHosts.access(tunnel(TunnelType.VXLAN, 1, "192.0.2.2"), 10),
              "b", TunnelHosts.access(tunnel(TunnelType.VXLAN, 2, "192.0.2.2"), 20)));
      hosts.open(
          2,
          Map.of(
              "v2", TunnelHosts.guest(2, 10),
              "a", TunnelHosts.access(tunnel(TunnelType.VXLAN, 1, "192.0.2.1"), 20),
              "b", TunnelHosts.access(tunnel(TunnelType.VXLAN, 2, "192.0.2.1"), 10)));
      pingLost("g1", "10.0.0.2", "");
      hosts
          .at(2)
          .configure(
              TunnelHosts.config(
                  2,
                  Map.of(
                      "v2", TunnelHosts.guest(2, 10),
                      "a", TunnelHosts.access(tunnel(TunnelType.VXLAN, 1, "192.0.2.1"), 10),
                      "b", TunnelHosts.access(tunnel(TunnelType.VXLAN, 2, "192.0.2.1"), 20))));
      ping("g1", "10.0.0.2", "");
    }
  }

  @Test
  void tunnelsThatNothingTellsApartAreRefused() throws Exception {
    try (TunnelHosts hosts = new TunnelHosts(directory, 1)) {
      Switch one = hosts.open(1, Map.of());
      IllegalArgumentException refused =
          assertThrows(
              IllegalArgumentException.class,
              () ->
                  one.configure(
                      TunnelHosts.config(
                          1,
                          Map.of(
                              "a", tunnel(TunnelType.VXLAN, 1, "192.0.2.2"),
                              "b", tunnel(TunnelType.VXLAN, 1, "192.0.2.3", "192.0.2.2")))));
      assertEquals(
          "tunnels br0.a and br0.b have the same type, remote 192.0.2.2, key and local address:"
              + " nothing tells their frames apart",
          refused.getMessage());
      assertEquals(1, one.config().bridges().get("br0").ports().size());
      assertEquals("", Sh.run("ip -n h1 -br link show type vxlan"));
    }
  }

  @Test
  void theDeviceIsAdoptedAndGoesWithTheLastTunnel() throws Exception {
    try (TunnelHosts hosts = new TunnelHosts(directory, 2)) {
      var first = Map.of("t", tunnel(TunnelType.VXLAN, 42, "192.0.2.2"));
      hosts.open(1, Map.copyOf(first));
      hosts.open(2, Map.of("t", tunnel(TunnelType.VXLAN, 42, "192.0.2.1")));
      ping("g1", "10.0.0.2", "");
      String index = Sh.run("ip -n h1 -o link show pl-vxlan-4789 | cut -d: -f1");
      hosts.leave(1);
      ping("g1", "10.0.0.2", "");
      hosts.open(1, Map.copyOf(first));
      assertTrue(hosts.at(1).status().adopted());
      ping("g1", "10.0.0.2", "");
      assertEquals(index, Sh.run("ip -n h1 -o link show pl-vxlan-4789 | cut -d: -f1"));
      // Somebody deletes it: it is made again.
      Sh.run("ip -n h1 link del pl-vxlan-4789");
      ping("g1", "10.0.0.2", "-w 10");
      hosts.at(1).configure(TunnelHosts.config(1, Map.of()));
      assertEquals("", Sh.run("ip -n h1 -br link show type vxlan"));
    }
  }

  @Test
  void aUdpPortThatIsTakenIsAProblemUntilItIsFree() throws Exception {
    try (TunnelHosts hosts = new TunnelHosts(directory, 2)) {
      Sh.run("ip -n h1 link add vx0 type vxlan id 9 dstport 4789 remote 192.0.2.9 dev u0");
      Sh.run("ip -n h1 link set vx0 up");
      hosts.open(1, Map.of("t", tunnel(TunnelType.VXLAN, 42, "192.0.2.2")));
      hosts.open(2, Map.of("t", tunnel(TunnelType.VXLAN, 42, "192.0.2.1")));
      SwitchStatus.Port port = hosts.port(1, "t");
      assertFalse(port.up());
      assertEquals("UDP port 4789 is held by device vx0", port.problem());
      Sh.run("ip -n h1 link del vx0");
      ping("g1", "10.0.0.2", "-w 10");
      assertNull(hosts.port(1, "t").problem());
    }
  }

  @Test
  void withoutARouteThePortIsDownAndSaysWhy() throws Exception {
    try (TunnelHosts hosts = new TunnelHosts(directory, 2)) {
      hosts.open(1, Map.of("t", tunnel(TunnelType.VXLAN, 42, "198.51.100.2")));
      hosts.open(2, Map.of("t", tunnel(TunnelType.VXLAN, 42, "192.0.2.1")));
      SwitchStatus.Port port = hosts.port(1, "t");
      assertFalse(port.up());
      assertTrue(String.valueOf(port.problem()).contains("ENETUNREACH"), port.toString());
      Sh.run("ip -n h2 addr add 198.51.100.2/32 dev u0");
      Sh.run("ip -n h1 route add 198.51.100.0/24 via 192.0.2.2 mtu 1400");
      hosts
          .at(2)
          .configure(
              TunnelHosts.config(
                  2,
                  Map.of(
                      "t",
                      TunnelHosts.from(
                          tunnel(TunnelType.VXLAN, 42, "192.0.2.1"), "198.51.100.2"))));
      ping("g1", "10.0.0.2", "-w 10");
      assertEquals(1350, hosts.port(1, "t").mtu());
    }
  }

  @Test
  void theKernelsOwnVxlanIsTheOtherEnd() throws Exception {
    try (TunnelHosts hosts = new TunnelHosts(directory, 2)) {
      hosts.open(1, Map.of("t", tunnel(TunnelType.VXLAN, 42, "192.0.2.2")));
      Sh.run("ip -n h2 link add br0 type bridge && ip -n h2 link set br0 up");
      Sh.run("ip -n h2 link add vx0 type vxlan id 42 dstport 4789 remote 192.0.2.1 dev u0");
      Sh.run("ip -n h2 link set vx0 master br0 up && ip -n h2 link set v2 master br0");
      ping("g1", "10.0.0.2", "");
      ping("g2", "10.0.0.1", "-s 3200");
      transfer("g1", "g2", "10.0.0.2");
      transfer("g2", "g1", "fd00::1");
    }
  }
}
