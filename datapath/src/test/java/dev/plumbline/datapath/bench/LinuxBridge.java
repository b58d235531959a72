// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.bench;

import java.nio.file.Path;

/** The kernel's bridge, which is not asked to snoop or to call iptables. */
final class LinuxBridge extends Contender {
  LinuxBridge(int number, Path directory) {
    super("bridge", number, directory);
  }

  @Override
  void start() throws Exception {
    inHost("ip link add br0 type bridge stp_state 0 mcast_snooping 0");
    inHost(
        "sh -c 'for each in /proc/sys/net/bridge/bridge-nf-call-*; do"
            + " [ ! -e $each ] || echo 0 > $each; done'");
    for (String guest : Guests.NAMES) {
      inHost("ip link set v" + guest + " master br0");
    }
  }

  @Override
  boolean hasUpcalls() {
    return false;
  }
}
