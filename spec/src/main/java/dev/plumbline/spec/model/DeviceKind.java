// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.spec.model;

/** An object that makes or sets a device. */
public sealed interface DeviceKind
    permits Interface, Veth, Vlan, Dummy, Bridge, Bond, InternalPort, Tunnel, Vrf {
  /** The device's own settings. */
  DeviceSettings settings();
}
