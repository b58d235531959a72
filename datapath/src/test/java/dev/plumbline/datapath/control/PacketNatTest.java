// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.control;

/** The same without eBPF, where Java translates. */
class PacketNatTest extends NatTest {
  @Override
  SwitchOptions options() {
    return super.options().withoutEbpf();
  }
}
