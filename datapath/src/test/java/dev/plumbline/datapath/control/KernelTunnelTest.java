// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.control;

import static dev.plumbline.datapath.control.TunnelHosts.ping;
import static dev.plumbline.datapath.control.TunnelHosts.pingLost;
import static dev.plumbline.datapath.control.TunnelHosts.summed;
import static dev.plumbline.datapath.control.TunnelHosts.transfer;
import static dev.plumbline.datapath.control.TunnelHosts.tunnel;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.plumbline.datapath.config.PortConfig.TunnelPort;
import dev.plumbline.datapath.config.PortConfig.TunnelType;
import dev.plumbline.datapath.testing.RequiresEbpf;
import dev.plumbline.netlink.testing.KernelTest;
import dev.plumbline.netlink.testing.RequiresKind;
import dev.plumbline.netlink.testing.Sh;
import dev.plumbline.netlink.testing.ThrowawayHost;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Tunnels between the switch and the kernel's own devices, which are ports of a bridge of the
 * kernel's on the other host. On a throwaway host; in user-mode Linux too only what is another
 * kernel's matter.
 */
@ExtendWith(ThrowawayHost.class)
@RequiresEbpf
@Timeout(300)
class KernelTunnelTest {
  private static final String IPV4 = "local 192.0.2.2 remote 192.0.2.1";
  private static final String IPV6 = "local 2001:db8::2 remote 2001:db8::1";

  @TempDir Path directory;

  /** Host 2's end, as {@code ip link add t0 type} takes it. */
  private TunnelHosts hosts(TunnelPort ours, String theirs) throws Exception {
    TunnelHosts hosts = new TunnelHosts(directory, 2);
    hosts.open(1, Map.of("t", ours));
    Sh.run("ip -n h2 link add br0 type bridge && ip -n h2 link set br0 up");
    Sh.run("ip -n h2 link add t0 type " + theirs);
    Sh.run("ip -n h2 link set t0 master br0 up && ip -n h2 link set v2 master br0");
    for (String guest : new String[] {"g1", "g2"}) {
      Sh.run("ip -n " + guest + " link set eth0 mtu 1400"); // the kernel's end tells nobody
    }
    return hosts;
  }

  private void guestsReachEachOther(TunnelPort ours, String theirs) throws Exception {
    try (TunnelHosts hosts = hosts(ours, theirs)) {
      pingsAndTransfers();
      assertEquals(Map.of(), hosts.at(1).status().drops());
    }
  }

  private static void pingsAndTransfers() throws Exception {
    ping("g1", "10.0.0.2", "");
    ping("g1", "10.0.0.2", "-s 3200");
    ping("g2", "10.0.0.1", "-s 3200");
    ping("g1", "fd00::2", "-s 3200");
    ping("g2", "fd00::1", "-s 3200");
    transfer("g1", "g2", "10.0.0.2");
    transfer("g2", "g1", "10.0.0.1");
    transfer("g1", "g2", "fd00::2");
    transfer("g2", "g1", "fd00::1");
  }

  @KernelTest
  @RequiresKind("gretap")
  @ParameterizedTest
  @CsvSource({"-1,''", "0,key 0", "4294967295,key 4294967295"})
  void greOverIpv4(long key, String options) throws Exception {
    TunnelPort ours = tunnel(TunnelType.GRE, key, "192.0.2.2");
    guestsReachEachOther(ours, "gretap " + IPV4 + " " + options);
  }

  @KernelTest
  @RequiresKind("ip6gretap")
  @ParameterizedTest
  @CsvSource({"-1,''", "7,key 7 encaplimit none"})
  void greOverIpv6(long key, String options) throws Exception {
    TunnelPort ours = tunnel(TunnelType.GRE, key, "2001:db8::2");
    guestsReachEachOther(ours, "ip6gretap " + IPV6 + " " + options);
  }

  @KernelTest
  @RequiresKind({"gretap", "ip6gretap"})
  @ParameterizedTest
  @ValueSource(strings = {"192.0.2.2", "2001:db8::2"})
  void greWithChecksums(String remote) throws Exception {
    String theirs = remote.contains(":") ? "ip6gretap " + IPV6 : "gretap " + IPV4;
    TunnelPort ours = summed(tunnel(TunnelType.GRE, 7, remote), true);
    try (TunnelHosts hosts = hosts(ours, theirs + " key 7 csum")) {
      // Without a wire in between, the kernel leaves GRE's checksum to a NIC that is not there.
      pingLost("g2", "10.0.0.1", "");
      assertTrue(hosts.at(1).status().drops().containsKey("came by GRE with a wrong checksum"));
      Sh.run("ip netns exec h2 ethtool -K u0 tx off > /dev/null");
      pingsAndTransfers();
    }
  }

  /** RFC 2890, 2.1: the field is there or not; its value is another matter. */
  @KernelTest
  @RequiresKind({"gretap", "ip6gretap"})
  @ParameterizedTest
  @CsvSource({"-1,192.0.2.2", "0,2001:db8::2"})
  void greWithoutAKeyIsNotGreWithKeyZero(long key, String remote) throws Exception {
    String theirs = remote.contains(":") ? "ip6gretap " + IPV6 : "gretap " + IPV4;
    TunnelPort ours = tunnel(TunnelType.GRE, key, remote);
    try (TunnelHosts hosts = hosts(ours, theirs + (key < 0 ? " key 0" : ""))) {
      pingLost("g1", "10.0.0.2", "");
      pingLost("g2", "10.0.0.1", "");
      assertEquals(0, hosts.port(1, "t").rxPackets());
      assertTrue(hosts.port(1, "t").txPackets() > 0);
    }
  }

  @ParameterizedTest
  @CsvSource({"0,false", "16777215,true"})
  void vxlanOverIpv4(long key, boolean checksum) throws Exception {
    TunnelPort ours = tunnel(TunnelType.VXLAN, key, "192.0.2.2");
    guestsReachEachOther(
        checksum ? summed(ours, true) : ours,
        "vxlan id " + key + " dstport 4789 " + IPV4 + (checksum ? " udpcsum" : " noudpcsum"));
  }

  @Test
  void vxlanOverIpv6() throws Exception {
    TunnelPort ours = tunnel(TunnelType.VXLAN, 42, "2001:db8::2");
    guestsReachEachOther(ours, "vxlan id 42 dstport 4789 " + IPV6);
  }

  @KernelTest
  @RequiresKind("geneve")
  @ParameterizedTest
  @CsvSource({"0,false", "16777215,true"})
  void geneveOverIpv4(long key, boolean checksum) throws Exception {
    TunnelPort ours = tunnel(TunnelType.GENEVE, key, "192.0.2.2");
    guestsReachEachOther(
        checksum ? summed(ours, true) : ours,
        "geneve id " + key + " remote 192.0.2.1" + (checksum ? " udpcsum" : " noudpcsum"));
  }

  @KernelTest
  @RequiresKind("geneve")
  @Test
  void geneveOverIpv6() throws Exception {
    TunnelPort ours = tunnel(TunnelType.GENEVE, 42, "2001:db8::2");
    guestsReachEachOther(ours, "geneve id 42 remote 2001:db8::1");
  }
}
