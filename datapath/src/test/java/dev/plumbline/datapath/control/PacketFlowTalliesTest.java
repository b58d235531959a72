// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.control;

/** The same where each frame comes up, and the process counts itself. */
class PacketFlowTalliesTest extends FlowTalliesTest {
  @Override
  SwitchOptions options() {
    return super.options().withoutEbpf();
  }
}
