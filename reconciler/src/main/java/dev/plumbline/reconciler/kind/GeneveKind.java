// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.kind;

import static dev.plumbline.reconciler.kind.DeviceField.How.RECREATE;
import static dev.plumbline.reconciler.kind.DeviceField.data;

import dev.plumbline.netlink.route.Geneve;
import java.util.Map;

/** The kernel's Geneve device (RFC 8926; drivers/net/geneve.c). */
final class GeneveKind {
  static final DeviceKind KIND =
      DeviceKind.named(
              Geneve.KIND,
              data("key", Geneve.ID, Text.LONG).on(RECREATE),
              Endpoint.field("remote", Geneve.REMOTE, Geneve.REMOTE6),
              data("port", Geneve.PORT, Text.INT).on(RECREATE),
              data("ttl", Geneve.TTL, Text.INT).byDefault("0"),
              data("tos", Geneve.TOS, Text.INT).byDefault("0"),
              data("df", Geneve.DF, Text.names(Map.of(0, "unset", 1, "set", 2, "inherit")))
                  .byDefault("unset"),
              data("checksum", Geneve.UDP_CSUM, Text.BOOLEAN).on(RECREATE))
          .stayingInNamespace()
          .conflictingBy(
              device -> device.get("key") + " " + device.get("remote") + " " + device.get("port"))
          .refusing(Endpoint::isOfOtherFamily);

  private GeneveKind() {}
}
