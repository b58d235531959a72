// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.control;

import dev.plumbline.netlink.testing.ThrowawayHost;
import org.junit.jupiter.api.extension.ExtendWith;

/** The same without eBPF, where Java tracks connections. */
@ExtendWith(ThrowawayHost.class)
class PacketPortFilterTest extends PortFilterTest {
  @Override
  SwitchOptions options() {
    return super.options().withoutEbpf();
  }

  /** Nothing forwards then, and what is known of them goes with the process. */
  @Override
  boolean outlivesProcesses() {
    return false;
  }
}
