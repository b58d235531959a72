// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.control;

import dev.plumbline.netlink.testing.KernelTest;

/** The same where the process does it itself: a meter that it begins with is full. */
@KernelTest
class PacketMeterTest extends MeterTest {
  @Override
  SwitchOptions options() {
    return super.options().withoutEbpf();
  }

  @Override
  boolean forwardsAlone() {
    return false;
  }
}
