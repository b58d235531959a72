// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.kind;

import static dev.plumbline.reconciler.kind.DeviceField.How.RECREATE;
import static dev.plumbline.reconciler.kind.DeviceField.data;

import dev.plumbline.netlink.route.Vrf;

/** The kernel's VRF device (drivers/net/vrf.c), which has no way to change its table. */
final class VrfKind {
  static final DeviceKind KIND =
      DeviceKind.named(Vrf.KIND, data("table", Vrf.TABLE, Text.LONG).on(RECREATE))
          .stayingInNamespace();

  private VrfKind() {}
}
