// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.control;

import static dev.plumbline.datapath.control.TunnelHosts.ping;
import static dev.plumbline.datapath.control.TunnelHosts.pingLost;
import static dev.plumbline.datapath.control.TunnelHosts.transfer;
import static dev.plumbline.datapath.control.TunnelHosts.tunnel;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.plumbline.datapath.config.PortConfig.TunnelPort;
import dev.plumbline.datapath.config.PortConfig.TunnelType;
import dev.plumbline.netlink.testing.Sh;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What tunnels of every encapsulation do between switches of several hosts. */
abstract class TunnelCases {
  @TempDir Path directory;

  private final TunnelType type;
  private final long key;
  private final int mtu;
  private final int mtuOverIpv6;
  private final int mtuOver1400;

  /**
   * For one encapsulation.
   *
   * @param key of tunnels where no other is asked for
   * @param mtu of the port on an underlay of 1,500 bytes over IPv4
   * @param mtuOverIpv6 the same over IPv6
   * @param mtuOver1400 on a path of 1,400 bytes over IPv4
   */
  TunnelCases(TunnelType type, long key, int mtu, int mtuOverIpv6, int mtuOver1400) {
    this.type = type;
    this.key = key;
    this.mtu = mtu;
    this.mtuOverIpv6 = mtuOverIpv6;
    this.mtuOver1400 = mtuOver1400;
  }

  private TunnelPort plain(String... remotes) {
    return keyed(key, remotes);
  }

  private TunnelPort keyed(long asked, String... remotes) {
    return tunnel(type, asked, remotes);
  }

  @Test
  void guestsOfTwoHostsReachEachOther() throws Exception {
    try (TunnelHosts hosts = new TunnelHosts(directory, 2)) {
      hosts.open(1, Map.of("t", plain("192.0.2.2")));
      hosts.open(2, Map.of("t", plain("192.0.2.1")));
      ping("g1", "10.0.0.2", "");
      ping("g2", "fd00::1", "");
      ping("g1", "10.0.0.2", "-s 3200");
      transfer("g1", "g2", "10.0.0.2");
      transfer("g2", "g1", "10.0.0.1");
      SwitchStatus.Port port = hosts.port(1, "t");
      assertEquals(mtu, port.mtu());
      assertTrue(port.rxPackets() > 10 && port.txPackets() > 10, port.toString());
    }
  }

  @Test
  void underlayMayBeIpv6() throws Exception {
    try (TunnelHosts hosts = new TunnelHosts(directory, 2)) {
      hosts.open(1, Map.of("t", plain("2001:db8::2")));
      hosts.open(2, Map.of("t", plain("2001:db8::1")));
      ping("g1", "10.0.0.2", "");
      assertEquals(mtuOverIpv6, hosts.port(1, "t").mtu());
    }
  }

  @Test
  void tagsOfTrunksCrossTheTunnel() throws Exception {
    try (TunnelHosts hosts = new TunnelHosts(directory, 2)) {
      hosts.open(1, Map.of("t", plain("192.0.2.2"), "v1", TunnelHosts.guest(1, 7)));
      hosts.open(2, Map.of("t", plain("192.0.2.1"), "v2", TunnelHosts.guest(2, 7)));
      ping("g1", "10.0.0.2", "");
      transfer("g1", "g2", "10.0.0.2");
      hosts
          .at(2)
          .configure(
              TunnelHosts.config(
                  2, Map.of("t", plain("192.0.2.1"), "v2", TunnelHosts.guest(2, 8))));
      pingLost("g1", "10.0.0.2", "");
    }
  }

  /** None of the three sends what another one has sent. */
  @Test
  void nobodyRelaysInAMesh() throws Exception {
    try (TunnelHosts hosts = new TunnelHosts(directory, 3)) {
      hosts.open(1, Map.of("t", plain("192.0.2.2", "192.0.2.3")));
      hosts.open(2, Map.of("t", plain("192.0.2.1", "192.0.2.3")));
      hosts.open(3, Map.of("t", plain("192.0.2.1", "192.0.2.2")));
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
              "a", TunnelHosts.access(keyed(1, "192.0.2.2"), 10),
              "b", TunnelHosts.access(keyed(2, "192.0.2.2"), 20)));
      hosts.open(
          2,
          Map.of(
              "v2", TunnelHosts.guest(2, 10),
              "a", TunnelHosts.access(keyed(1, "192.0.2.1"), 20),
              "b", TunnelHosts.access(keyed(2, "192.0.2.1"), 10)));
      pingLost("g1", "10.0.0.2", "");
      hosts
          .at(2)
          .configure(
              TunnelHosts.config(
                  2,
                  Map.of(
                      "v2", TunnelHosts.guest(2, 10),
                      "a", TunnelHosts.access(keyed(1, "192.0.2.1"), 10),
                      "b", TunnelHosts.access(keyed(2, "192.0.2.1"), 20))));
      ping("g1", "10.0.0.2", "");
    }
  }

  @Test
  void withoutARouteThePortIsDownAndSaysWhy() throws Exception {
    try (TunnelHosts hosts = new TunnelHosts(directory, 2)) {
      hosts.open(1, Map.of("t", plain("198.51.100.2")));
      hosts.open(2, Map.of("t", plain("192.0.2.1")));
      SwitchStatus.Port port = hosts.port(1, "t");
      assertFalse(port.up());
      assertTrue(String.valueOf(port.problem()).contains("ENETUNREACH"), port.toString());
      Sh.run("ip -n h2 addr add 198.51.100.2/32 dev u0");
      Sh.run("ip -n h1 route add 198.51.100.0/24 via 192.0.2.2 mtu 1400");
      hosts
          .at(2)
          .configure(
              TunnelHosts.config(
                  2, Map.of("t", TunnelHosts.from(plain("192.0.2.1"), "198.51.100.2"))));
      ping("g1", "10.0.0.2", "-w 60");
      assertEquals(mtuOver1400, hosts.port(1, "t").mtu());
    }
  }
}
