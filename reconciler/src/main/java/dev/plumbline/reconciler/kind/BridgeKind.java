// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.kind;

import static dev.plumbline.reconciler.kind.DeviceField.data;
import static dev.plumbline.reconciler.kind.DeviceField.port;

import dev.plumbline.netlink.route.Bridge;
import dev.plumbline.netlink.route.BridgePort;
import java.util.Map;

/** The kernel's bridge (net/bridge) and the settings of its ports. */
final class BridgeKind {
  private static final Text<Integer> PROTOCOL =
      Text.names(Map.of(0x8100, "802.1Q", 0x88a8, "802.1ad"));
  private static final Text<Long> FLAG =
      Text.of(value -> String.valueOf(value != 0), text -> Boolean.parseBoolean(text) ? 1L : 0L);

  static final DeviceKind KIND =
      DeviceKind.named(
              Bridge.KIND,
              data("vlanFiltering", Bridge.VLAN_FILTERING, Text.BOOLEAN)
                  .on(DeviceField.How.INTERRUPTS)
                  .byDefault("false"),
              data("vlanProtocol", Bridge.VLAN_PROTOCOL, PROTOCOL)
                  .on(DeviceField.How.INTERRUPTS)
                  .byDefault("802.1Q"),
              data("defaultPvid", Bridge.VLAN_DEFAULT_PVID, Text.INT)
                  .on(DeviceField.How.INTERRUPTS)
                  .byDefault("1"),
              data("macTable.aging", Bridge.AGEING_TIME, Text.ticks(Long::valueOf))
                  .byDefault("300s"),
              data("stp.enabled", Bridge.STP_STATE, FLAG)
                  .on(DeviceField.How.INTERRUPTS)
                  .byDefault("false"),
              data("stp.priority", Bridge.PRIORITY, Text.INT).byDefault("32768"),
              data("stp.forwardDelay", Bridge.FORWARD_DELAY, Text.ticks(Long::valueOf))
                  .byDefault("15s"),
              data("stp.helloTime", Bridge.HELLO_TIME, Text.ticks(Long::valueOf)).byDefault("2s"),
              data("stp.maxAge", Bridge.MAX_AGE, Text.ticks(Long::valueOf)).byDefault("20s"),
              data("multicastSnooping", Bridge.MCAST_SNOOPING, Text.BOOLEAN).byDefault("true"),
              data("groupForwardMask", Bridge.GROUP_FWD_MASK, Text.INT).byDefault("0"))
          .withPorts(
              port("pathCost", BridgePort.COST, Text.LONG),
              port("priority", BridgePort.PRIORITY, Text.INT).byDefault("32"),
              port("learning", BridgePort.LEARNING, Text.BOOLEAN).byDefault("true"),
              port("flood", BridgePort.UNICAST_FLOOD, Text.BOOLEAN).byDefault("true"),
              port("multicastFlood", BridgePort.MCAST_FLOOD, Text.BOOLEAN).byDefault("true"),
              port("broadcastFlood", BridgePort.BCAST_FLOOD, Text.BOOLEAN).byDefault("true"),
              port("hairpin", BridgePort.MODE, Text.BOOLEAN).byDefault("false"),
              port("isolated", BridgePort.ISOLATED, Text.BOOLEAN).byDefault("false"),
              port("bpduGuard", BridgePort.GUARD, Text.BOOLEAN).byDefault("false"),
              port("rootBlock", BridgePort.PROTECT, Text.BOOLEAN).byDefault("false"),
              port("fastLeave", BridgePort.FAST_LEAVE, Text.BOOLEAN).byDefault("false"),
              port("neighSuppress", BridgePort.NEIGH_SUPPRESS, Text.BOOLEAN).byDefault("false"))
          .stayingInNamespace();

  private BridgeKind() {}
}
