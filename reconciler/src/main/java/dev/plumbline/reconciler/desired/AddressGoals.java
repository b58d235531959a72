// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.desired;

import dev.plumbline.reconciler.resource.AddressText;
import dev.plumbline.reconciler.resource.ResourceId;
import dev.plumbline.spec.model.AddressSetting;
import dev.plumbline.spec.model.Devices;
import dev.plumbline.spec.value.IpFamily;
import dev.plumbline.spec.value.Prefix;

/** Addresses of every device. */
final class AddressGoals {
  private AddressGoals() {}

  static void collect(Goals goals) {
    for (Devices.Device device : goals.state().devices().all()) {
      for (AddressSetting address : device.settings().addressesOrNone()) {
        address(goals, device, address);
      }
    }
  }

  private static void address(Goals goals, Devices.Device device, AddressSetting setting) {
    Prefix prefix = setting.prefix();
    String key =
        setting.peer() == null
            ? AddressText.of(prefix)
            : AddressText.of(
                prefix.address().toString(), new Prefix(setting.peer(), prefix.length()));
    goals
        .addOwned(
            device.address() + ".addresses[" + prefix + "]",
            ResourceId.addressOn(device.namespace(), device.name(), key))
        .set("broadcast", setting.broadcast())
        .set("label", setting.label())
        // IPv6 addresses have the scope that they have: the kernel ignores any other silently.
        .set("scope", prefix.family() == IpFamily.IPV6 ? null : setting.scope())
        .set("metric", setting.metric())
        .set("validLifetime", setting.validLifetime())
        .set("preferredLifetime", setting.preferredLifetime())
        .set("noPrefixRoute", setting.noPrefixRoute())
        .set("noDad", setting.noDad());
  }
}
