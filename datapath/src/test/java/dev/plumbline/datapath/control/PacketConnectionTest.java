// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.control;

import dev.plumbline.netlink.testing.KernelTest;

/** The same without eBPF, where Java tracks connections. */
@KernelTest
class PacketConnectionTest extends ConnectionTest {
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
