// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.control;

import static dev.plumbline.datapath.control.TunnelHosts.ping;
import static dev.plumbline.datapath.control.TunnelHosts.pingLost;
import static dev.plumbline.datapath.control.TunnelHosts.tunnel;

import dev.plumbline.datapath.config.PortConfig;
import dev.plumbline.datapath.config.PortConfig.TunnelType;
import dev.plumbline.datapath.testing.RequiresEbpf;
import dev.plumbline.netlink.testing.ThrowawayHost;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * GRE tunnels between switches of several hosts. On a throwaway host, but not in user-mode Linux
 * too: nothing of it is another kernel's matter.
 */
@ExtendWith(ThrowawayHost.class)
@RequiresEbpf
@Timeout(300)
class GreTest extends TunnelCases {
  GreTest() {
    super(TunnelType.GRE, -1, 1462, 1442, 1362);
  }

  /** RFC 2890, 2.1: the field is there or not; its value is another matter. */
  @Test
  void withoutAKeyIsAnotherTunnelThanWithKeyZero() throws Exception {
    try (TunnelHosts hosts = new TunnelHosts(directory, 2)) {
      for (int n = 1; n <= 2; n++) {
        String other = "192.0.2." + (3 - n);
        // Host 2 has the VLANs of its tunnels the other way round.
        PortConfig without = TunnelHosts.access(tunnel(TunnelType.GRE, -1, other), n * 10);
        PortConfig zero = TunnelHosts.access(tunnel(TunnelType.GRE, 0, other), 30 - n * 10);
        hosts.open(n, Map.of("v" + n, TunnelHosts.guest(n, 10), "w", without, "z", zero));
      }
      pingLost("g1", "10.0.0.2", "");
      PortConfig without = TunnelHosts.access(tunnel(TunnelType.GRE, -1, "192.0.2.1"), 10);
      PortConfig zero = TunnelHosts.access(tunnel(TunnelType.GRE, 0, "192.0.2.1"), 20);
      hosts
          .at(2)
          .configure(
              TunnelHosts.config(
                  2, Map.of("v2", TunnelHosts.guest(2, 10), "w", without, "z", zero)));
      ping("g1", "10.0.0.2", "");
    }
  }
}
