// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.control;

import dev.plumbline.datapath.config.PortConfig.TunnelType;
import dev.plumbline.datapath.testing.RequiresEbpf;
import dev.plumbline.netlink.testing.KernelTest;
import dev.plumbline.netlink.testing.RequiresKind;
import org.junit.jupiter.api.Timeout;

/** Geneve tunnels between switches of several hosts. */
@KernelTest
@RequiresEbpf
@RequiresKind("geneve")
@Timeout(300)
class GeneveTest extends TunnelCases {
  GeneveTest() {
    super(TunnelType.GENEVE, 42, 1450, 1430, 1350);
  }
}
