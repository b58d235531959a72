// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.control;

import static dev.plumbline.datapath.control.TunnelHosts.ping;
import static dev.plumbline.datapath.control.TunnelHosts.tunnel;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.plumbline.datapath.config.PortConfig.TunnelType;
import dev.plumbline.datapath.testing.RequiresEbpf;
import dev.plumbline.netlink.testing.Sh;
import dev.plumbline.netlink.testing.ThrowawayHost;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * VXLAN tunnels between switches of several hosts. On a throwaway host, but not in user-mode Linux
 * too: nothing of it is another kernel's matter.
 */
@ExtendWith(ThrowawayHost.class)
@RequiresEbpf
@Timeout(300)
class VxlanTest extends TunnelCases {
  VxlanTest() {
    super(TunnelType.VXLAN, 42, 1450, 1430, 1350);
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
      ping("g1", "10.0.0.2", "-w 60");
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
      ping("g1", "10.0.0.2", "-w 60");
      assertNull(hosts.port(1, "t").problem());
    }
  }
}
