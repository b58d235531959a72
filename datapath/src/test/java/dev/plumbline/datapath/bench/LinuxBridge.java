// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.bench;

import java.io.IOException;
import java.nio.file.Files;
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

  /**
   * By nftables: in the bridge's own family where the kernel tracks connections there
   * (nf_conntrack_bridge), else in that of IPv4, to which br_netfilter takes the frames.
   */
  @Override
  boolean filter(boolean isOn) throws Exception {
    if (!isOn) {
      inHost("nft flush ruleset");
      inHost("sh -c 'echo 0 > /proc/sys/net/bridge/bridge-nf-call-iptables || :'");
      return true;
    }
    try {
      rules("bridge", "ether type arp accept;");
    } catch (IOException e) {
      inHost("nft flush ruleset");
      inHost("sh -c 'echo 1 > /proc/sys/net/bridge/bridge-nf-call-iptables'");
      rules("ip", "");
      System.err.println("  bridge: no connections in nftables' bridge family; by br_netfilter");
    }
    return true;
  }

  private void rules(String family, String more) throws Exception {
    Path file = directory.resolve("nft");
    Files.writeString(
        file,
        "table "
            + family
            + " guests {\nchain through {\ntype filter hook forward priority 0; policy drop;\n"
            + "ct state established,related accept;\n"
            + more
            + "\nct state new meta l4proto tcp accept;\nct state new udp dport 9 accept;\n}\n}\n");
    inHost("nft -f " + file);
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
