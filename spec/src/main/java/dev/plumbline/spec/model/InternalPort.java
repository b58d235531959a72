// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.spec.model;

import org.jspecify.annotations.Nullable;

/**
 * An embedded bridge's own leg into the host or a namespace.
 *
 * @param bridge key of an embedded bridge
 */
public record InternalPort(DeviceSettings settings, String bridge, @Nullable VlanMode vlan)
    implements DeviceKind {}
