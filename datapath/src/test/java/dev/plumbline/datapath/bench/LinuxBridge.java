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

  /** VXLAN's, for every kind: not every kernel has gretap. */
  @Override
  Overlay newOverlay(String tunnel) throws Exception {
    return Overlay.open(
        tunnel + "-" + name,
        (host, remote) -> {
          String there = "ip -n " + host + " link ";
          shell(there + "add br0 type bridge stp_state 0 mcast_snooping 0");
          shell(there + "add vx0 type vxlan id 7 dstport 4789 dev u0 remote " + remote);
          for (String port : new String[] {"v", "vx0"}) {
            shell(there + "set " + port + " master br0 up");
          }
          shell(there + "set br0 up");
        });
  }

  @Override
  boolean hasUpcalls() {
    return false;
  }
}
