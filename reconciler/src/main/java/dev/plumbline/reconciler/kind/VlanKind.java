// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.kind;

import static dev.plumbline.reconciler.kind.DeviceField.How.RECREATE;
import static dev.plumbline.reconciler.kind.DeviceField.data;
import static dev.plumbline.reconciler.kind.DeviceField.link;

import dev.plumbline.netlink.route.Link;
import dev.plumbline.netlink.route.Vlan;
import java.util.Map;

/** The kernel's 802.1Q device (net/8021q). A change of its id is ignored without an error. */
final class VlanKind {
  static final DeviceKind KIND =
      DeviceKind.named(
              Vlan.KIND,
              link("parent", Link.LINK, Text.DEVICE).on(RECREATE),
              data("id", Vlan.ID, Text.INT).on(RECREATE),
              data(
                      "protocol",
                      Vlan.PROTOCOL,
                      Text.names(Map.of(0x8100, "802.1Q", 0x88a8, "802.1ad")))
                  .on(RECREATE))
          .conflictingBy(device -> device.get("parent") + " " + device.get("id"));

  private VlanKind() {}
}
