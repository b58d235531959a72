// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.control;

import static dev.plumbline.datapath.control.TunnelHosts.ping;
import static dev.plumbline.datapath.control.TunnelHosts.summed;
import static dev.plumbline.datapath.control.TunnelHosts.transfer;
import static dev.plumbline.datapath.control.TunnelHosts.tunnel;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.plumbline.datapath.config.PortConfig.TunnelType;
import dev.plumbline.datapath.testing.RequiresEbpf;
import dev.plumbline.netlink.testing.KernelTest;
import dev.plumbline.netlink.testing.RequiresKind;
import dev.plumbline.netlink.testing.Sh;
import dev.plumbline.netlink.testing.ThrowawayHost;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * Guests and underlay have the same MTU, so that full frames do not fit into a tunnel. On a
 * throwaway host; in user-mode Linux too only what is another kernel's matter.
 */
@ExtendWith(ThrowawayHost.class)
@RequiresEbpf
@Timeout(300)
class TunnelMtuTest {
  private static final String TOLD = "was too big for its tunnel, and its sender was told";

  @TempDir Path directory;

  private TunnelHosts hosts(TunnelType type, String underlay, boolean checksum) throws Exception {
    TunnelHosts hosts = new TunnelHosts(directory, 2);
    hosts.open(1, Map.of("t", summed(tunnel(type, 5, underlay + "2"), checksum)));
    hosts.open(2, Map.of("t", summed(tunnel(type, 5, underlay + "1"), checksum)));
    ping("g1", "10.0.0.2", "");
    return hosts;
  }

  private static void everythingArrives(TunnelHosts hosts, int mtu) throws Exception {
    assertEquals(mtu, hosts.port(1, "t").mtu());
    // What the first host's guest says of itself may reach the second before that has its tunnel.
    Map<String, Long> before = hosts.at(2).status().drops();
    ping("g1", "10.0.0.2", "-s 3200");
    transfer("g1", "g2", "10.0.0.2");
    transfer("g2", "g1", "fd00::1");
    SwitchStatus status = hosts.at(1).status();
    long told = status.drops().getOrDefault(TOLD, 0L);
    assertTrue(told > 0, "nobody was told");
    assertEquals(
        List.of(told),
        status.ports().stream()
            .filter(port -> port.port().equals("t"))
            .map(port -> port.seldom().get("tooBigTold"))
            .toList());
    assertEquals(Map.of(), since(Map.of(), status.drops()));
    assertEquals(Map.of(), since(before, hosts.at(2).status().drops()));
    // The guest has learnt it, and says so itself now.
    String refused = Sh.run("ip netns exec g1 ping -c 2 -W 2 -M do -s 1472 10.0.0.2 2>&1 || true");
    assertTrue(refused.contains("mtu=" + mtu) || refused.contains("mtu = " + mtu), refused);
  }

  private static Map<String, Long> since(Map<String, Long> before, Map<String, Long> drops) {
    return drops.entrySet().stream()
        .filter(one -> !one.getKey().equals(TOLD))
        .filter(one -> !one.getValue().equals(before.get(one.getKey())))
        .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
  }

  @Test
  void vxlanOverIpv4() throws Exception {
    try (TunnelHosts hosts = hosts(TunnelType.VXLAN, "192.0.2.", false)) {
      everythingArrives(hosts, 1450);
    }
  }

  /** The kernel does not fragment it outside: the inner packets are cut. */
  @Test
  void vxlanOverIpv6() throws Exception {
    try (TunnelHosts hosts = hosts(TunnelType.VXLAN, "2001:db8::", false)) {
      everythingArrives(hosts, 1430);
    }
  }

  @KernelTest
  @RequiresKind("geneve")
  @Test
  void geneveOverIpv4() throws Exception {
    try (TunnelHosts hosts = hosts(TunnelType.GENEVE, "192.0.2.", false)) {
      everythingArrives(hosts, 1450);
    }
  }

  @KernelTest
  @RequiresKind("geneve")
  @Test
  void geneveOverIpv6() throws Exception {
    try (TunnelHosts hosts = hosts(TunnelType.GENEVE, "2001:db8::", false)) {
      everythingArrives(hosts, 1430);
    }
  }

  @Test
  void greOverIpv4() throws Exception {
    try (TunnelHosts hosts = hosts(TunnelType.GRE, "192.0.2.", false)) {
      everythingArrives(hosts, 1458);
    }
  }

  @Test
  void greOverIpv6() throws Exception {
    try (TunnelHosts hosts = hosts(TunnelType.GRE, "2001:db8::", false)) {
      everythingArrives(hosts, 1438);
    }
  }

  /** All of it goes by Java. */
  @Test
  void greWithChecksums() throws Exception {
    try (TunnelHosts hosts = hosts(TunnelType.GRE, "192.0.2.", true)) {
      everythingArrives(hosts, 1454);
      assertTrue(hosts.port(1, "t").seldom().get("sentByHost") > 0, "it goes by the host's stack");
    }
  }

  @Test
  void geneveNeedsTheKernelsDriver() throws Exception {
    try (TunnelHosts hosts = new TunnelHosts(directory, 2)) {
      hosts.open(1, Map.of("t", tunnel(TunnelType.GENEVE, 5, "192.0.2.2")));
      SwitchStatus.Port port = hosts.port(1, "t");
      if (port.up()) {
        System.err.println("this kernel has a geneve driver: its absence is not tested");
        Assumptions.abort("this kernel has a geneve driver");
      }
      assertEquals("this kernel has no geneve driver", port.problem());
      assertFalse(port.up());
    }
  }
}
