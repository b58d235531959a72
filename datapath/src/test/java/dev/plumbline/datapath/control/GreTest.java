// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.control;

import dev.plumbline.datapath.config.PortConfig.TunnelType;
import dev.plumbline.datapath.testing.RequiresEbpf;
import dev.plumbline.netlink.testing.KernelTest;
import org.junit.jupiter.api.Timeout;

/** GRE tunnels between switches of several hosts. */
@KernelTest
@RequiresEbpf
@Timeout(120)
class GreTest extends TunnelCases {
  GreTest() {
    super(TunnelType.GRE, -1, 1462, 1442, 1362);
  }
}
