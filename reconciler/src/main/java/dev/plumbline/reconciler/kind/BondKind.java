// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.kind;

import static dev.plumbline.reconciler.kind.DeviceField.How.NEEDS_DOWN;
import static dev.plumbline.reconciler.kind.DeviceField.How.NEEDS_EMPTY;
import static dev.plumbline.reconciler.kind.DeviceField.data;

import dev.plumbline.netlink.route.Bond;
import dev.plumbline.spec.value.IpAddress;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The kernel's bond (drivers/net/bonding). What needs it down or empty is in the kernel's
 * bond_options.c as BOND_OPTFLAG_IFDOWN and BOND_OPTFLAG_NOSLAVES.
 */
final class BondKind {
  private static final Text<Integer> MODE =
      Text.names(
          Map.of(
              0, "balance-rr",
              1, "active-backup",
              2, "balance-xor",
              3, "broadcast",
              4, "802.3ad",
              5, "balance-tlb",
              6, "balance-alb"));
  private static final Text<Integer> HASH =
      Text.names(
          Map.of(
              0, "layer2",
              1, "layer3+4",
              2, "layer2+3",
              3, "encap2+3",
              4, "encap3+4",
              5, "vlan+srcmac"));
  private static final Text<Long> ARP_VALIDATE =
      Text.longNames(
          Map.of(
              0, "none",
              1, "active",
              2, "backup",
              3, "all",
              4, "filter",
              5, "filter_active",
              6, "filter_backup"));
  private static final Text<List<InetAddress>> ADDRESSES =
      Text.of(
          list -> String.join(",", list.stream().map(a -> IpAddress.of(a).toString()).toList()),
          text -> {
            List<InetAddress> list = new ArrayList<>();
            for (String each : text.isEmpty() ? new String[0] : text.split(",", -1)) {
              list.add(IpAddress.parse(each).toInetAddress());
            }
            return list;
          });

  static final DeviceKind KIND =
      DeviceKind.named(
              Bond.KIND,
              data("mode", Bond.MODE, MODE).on(NEEDS_EMPTY),
              data("miimon", Bond.MIIMON, Text.millis(Long::valueOf)),
              data("upDelay", Bond.UPDELAY, Text.millis(Long::valueOf)).byDefault("0s"),
              data("downDelay", Bond.DOWNDELAY, Text.millis(Long::valueOf)).byDefault("0s"),
              data("peerNotifyDelay", Bond.PEER_NOTIF_DELAY, Text.millis(Long::valueOf))
                  .byDefault("0s"),
              data("primary", Bond.PRIMARY, Text.DEVICE).byDefault(""),
              data(
                      "primaryReselect",
                      Bond.PRIMARY_RESELECT,
                      Text.names(Map.of(0, "always", 1, "better", 2, "failure")))
                  .byDefault("always"),
              data(
                      "failOverMac",
                      Bond.FAIL_OVER_MAC,
                      Text.names(Map.of(0, "none", 1, "active", 2, "follow")))
                  .on(NEEDS_EMPTY)
                  .byDefault("none"),
              data("xmitHashPolicy", Bond.XMIT_HASH_POLICY, HASH).byDefault("layer2"),
              data("lacpRate", Bond.AD_LACP_RATE, Text.names(Map.of(0, "slow", 1, "fast")))
                  .on(NEEDS_DOWN)
                  .byDefault("slow"),
              data(
                      "adSelect",
                      Bond.AD_SELECT,
                      Text.names(Map.of(0, "stable", 1, "bandwidth", 2, "count")))
                  .on(NEEDS_DOWN)
                  .byDefault("stable"),
              data("minLinks", Bond.MIN_LINKS, Text.LONG).byDefault("0"),
              data("arpInterval", Bond.ARP_INTERVAL, Text.millis(Long::valueOf)).byDefault("0s"),
              data("arpIpTargets", Bond.ARP_IP_TARGET, ADDRESSES).byDefault(""),
              data("arpValidate", Bond.ARP_VALIDATE, ARP_VALIDATE).byDefault("none"),
              data("allSlavesActive", Bond.ALL_SLAVES_ACTIVE, Text.BOOLEAN).byDefault("false"),
              data("resendIgmp", Bond.RESEND_IGMP, Text.LONG).byDefault("1"),
              data("gratuitousArps", Bond.NUM_PEER_NOTIF, Text.INT).byDefault("1"))
          .stayingInNamespace();

  private BondKind() {}
}
