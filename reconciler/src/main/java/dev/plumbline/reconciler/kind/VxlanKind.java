// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.kind;

import static dev.plumbline.reconciler.kind.DeviceField.How.RECREATE;
import static dev.plumbline.reconciler.kind.DeviceField.data;

import dev.plumbline.netlink.route.Vxlan;
import java.util.Map;

/** The kernel's VXLAN device (RFC 7348; drivers/net/vxlan). */
final class VxlanKind {
  static final DeviceKind KIND =
      DeviceKind.named(
              Vxlan.KIND,
              data("key", Vxlan.ID, Text.LONG).on(RECREATE),
              Endpoint.field("local", Vxlan.LOCAL, Vxlan.LOCAL6).byDefault(""),
              Endpoint.field("remote", Vxlan.GROUP, Vxlan.GROUP6).byDefault(""),
              data("parent", Vxlan.LINK, Text.DEVICE).byDefault(""),
              data("port", Vxlan.PORT, Text.INT).on(RECREATE),
              data("ttl", Vxlan.TTL, Text.INT).byDefault("0"),
              data("tos", Vxlan.TOS, Text.INT).byDefault("0"),
              data("df", Vxlan.DF, Text.names(Map.of(0, "unset", 1, "set", 2, "inherit")))
                  .byDefault("unset"),
              data("checksum", Vxlan.UDP_CSUM, Text.BOOLEAN).on(RECREATE),
              data("learning", Vxlan.LEARNING, Text.BOOLEAN).byDefault("true"))
          .stayingInNamespace()
          .conflictingBy(device -> device.get("key") + " " + device.get("port"))
          .refusing(
              (device, field, value) ->
                  Endpoint.isOfOtherFamily(device, field, value) || losesParent(field, value));

  /** The kernel takes it without a word, and leaves the device over its parent. */
  private static boolean losesParent(String field, String value) {
    return field.equals("parent") && value.isEmpty();
  }

  private VxlanKind() {}
}
