// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.spec.check;

import dev.plumbline.spec.check.Scope.DeviceId;
import dev.plumbline.spec.model.Devices.Device;
import java.util.HashMap;
import java.util.Map;

/** Two devices of one name in one namespace. */
final class NameChecks {
  private NameChecks() {}

  static void run(Scope scope) {
    Map<DeviceId, Device> seen = new HashMap<>();
    for (Device device : scope.devices.all()) {
      if (!scope.isPlaced(device)) {
        continue;
      }
      Device first = seen.putIfAbsent(DeviceId.of(device), device);
      if (first != null) {
        String at = device.address() + ".device";
        scope.error(
            at,
            device.address(),
            "the device " + DeviceId.of(device) + " is that of " + first.address() + " already",
            "another name, or another namespace");
      }
      if (device.name().equals("lo") && !device.made() && device.settings().mac() != null) {
        scope.error(
            device.address() + ".mac",
            device.address(),
            "the kernel lets nobody take a MAC address back from lo",
            "lo without one");
      }
      if (device.name().equals("lo") && device.made()) {
        scope.error(
            device.address(),
            device.address(),
            "every namespace has its own `lo` already",
            "its settings under `interfaces`");
      }
    }
  }
}
