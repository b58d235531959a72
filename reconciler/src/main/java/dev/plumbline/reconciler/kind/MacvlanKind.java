// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.kind;

import static dev.plumbline.reconciler.kind.DeviceField.How.RECREATE;
import static dev.plumbline.reconciler.kind.DeviceField.data;
import static dev.plumbline.reconciler.kind.DeviceField.link;

import dev.plumbline.netlink.route.Link;
import dev.plumbline.netlink.route.Macvlan;
import java.util.Map;

/** The kernel's macvlan: read, so that what rests on a device is known; the file makes none yet. */
final class MacvlanKind {
  static final DeviceKind KIND =
      DeviceKind.named(
          Macvlan.KIND,
          link("parent", Link.LINK, Text.DEVICE).on(RECREATE),
          data(
              "mode",
              Macvlan.MODE,
              Text.longNames(
                  Map.of(1, "private", 2, "vepa", 4, "bridge", 8, "passthru", 16, "source"))));

  private MacvlanKind() {}
}
