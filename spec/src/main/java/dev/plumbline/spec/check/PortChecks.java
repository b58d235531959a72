// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.spec.check;

import dev.plumbline.spec.check.Scope.DeviceId;
import dev.plumbline.spec.check.Scope.Role;
import dev.plumbline.spec.check.Scope.Use;
import dev.plumbline.spec.model.Bridge;
import dev.plumbline.spec.model.Devices.Device;
import java.util.List;

/**
 * A device is the port or member of one thing only, in its own namespace, and has no addresses
 * then.
 */
final class PortChecks {
  private PortChecks() {}

  static void run(Scope scope) {
    scope.uses().forEach((id, uses) -> severalUses(scope, id, uses));
    for (Device device : scope.devices.all()) {
      List<Use> uses = scope.usesOf(DeviceId.of(device));
      if (!uses.isEmpty() && !device.settings().addressesOrNone().isEmpty()) {
        addresses(scope, device, uses.get(0));
      }
    }
    scope.uses().forEach((id, uses) -> uses.forEach(use -> namespace(scope, id, use)));
  }

  private static void severalUses(Scope scope, DeviceId id, List<Use> uses) {
    Use first = uses.get(0);
    for (Use use : uses.subList(1, uses.size())) {
      String message =
          first.user().equals(use.user())
              ? id + " is listed twice as " + as(use)
              : first.role() == Role.BRIDGE_PORT && use.role() == Role.BRIDGE_PORT
                  ? id + " is a port of two bridges, " + first.user() + " and " + use.user()
                  : id + " is " + as(use) + " and " + as(first) + " at once";
      scope.error(use.at(), use.user(), message, "one of them");
    }
  }

  private static String as(Use use) {
    String role = use.role() == Role.BRIDGE_PORT ? "a port" : "a member";
    return role + " of " + use.user();
  }

  private static void addresses(Scope scope, Device device, Use use) {
    String at = device.address() + ".addresses";
    if (use.role() == Role.BOND_MEMBER) {
      scope.error(
          at,
          device.address(),
          "it is a member of " + use.user() + " and cannot have addresses",
          "them at " + use.user());
    } else if (use.role() == Role.BRIDGE_PORT) {
      Bridge bridge = scope.bridge(use.user().substring("bridges.".length()));
      boolean embedded = bridge != null && bridge.isEmbedded();
      boolean sure = scope.isSure(use.user(), "datapath");
      if ((embedded || !sure) && device.kind().equals("internalPorts")) {
        return;
      }
      String key = use.user().substring("bridges.".length());
      String place =
          embedded
              ? "them at an entry of `internalPorts` with bridge: " + key
              : "them at " + use.user();
      scope.error(
          at,
          device.address(),
          "it is a port of " + use.user() + ", so that its addresses would answer nobody",
          sure ? place : null);
    }
  }

  private static void namespace(Scope scope, DeviceId id, Use use) {
    Device user = scope.device(use.user());
    boolean elsewhere = user != null && !user.namespace().equals(id.namespace());
    if (user != null && elsewhere && scope.isPlaced(user) && scope.isPlaced(id)) {
      scope.error(
          use.at(),
          use.user(),
          id + " is in another namespace than " + use.user(),
          user.namespace().isEmpty()
              ? "both in the host's own"
              : "both in `" + user.namespace() + "`");
    }
  }
}
