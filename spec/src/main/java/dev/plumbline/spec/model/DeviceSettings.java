// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.spec.model;

import dev.plumbline.spec.value.MacAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What every device has, made or found.
 *
 * @param namespace name of a network namespace; empty: the host's own
 * @param device name of the device in its namespace, 1 to 15 bytes; in the file its key by default
 * @param mtu bytes, 68 to 65535
 * @param up administrative state; not named: up for a device that is made, untouched for one that
 *     is there already
 * @param addresses those that the device is to have, beside what others give it; null: not named
 * @param txQueueLength packets
 */
public record DeviceSettings(
    String namespace,
    String device,
    @Nullable Integer mtu,
    @Nullable MacAddress mac,
    @Nullable Boolean up,
    @Nullable List<AddressSetting> addresses,
    @Nullable Integer txQueueLength) {

  public DeviceSettings {
    addresses = addresses == null ? null : List.copyOf(addresses);
  }

  /** A device in the host's own namespace of which nothing else is named. */
  public static DeviceSettings named(String device) {
    return new DeviceSettings("", device, null, null, null, null, null);
  }

  /** The addresses, none if they are not named. */
  public List<AddressSetting> addressesOrNone() {
    return addresses == null ? List.of() : addresses;
  }
}
