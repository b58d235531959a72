// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.control;

import dev.plumbline.netlink.testing.KernelTest;

/** The same without eBPF, where Java translates. */
@KernelTest
class PacketNatTest extends NatTest {
  @Override
  SwitchOptions options() {
    return super.options().withoutEbpf();
  }
}
