// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.spec.model;

import dev.plumbline.spec.value.VlanId;

/**
 * A kernel VLAN device.
 *
 * @param parent reference to the device below
 */
public record Vlan(DeviceSettings settings, String parent, VlanId id, VlanProtocol protocol)
    implements DeviceKind {}
