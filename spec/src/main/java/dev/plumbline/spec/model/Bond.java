// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.spec.model;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Several devices as one.
 *
 * @param bridge key of the bridge it is a port of; see {@link DesiredState#portsOf}
 * @param vlan its VLANs in that bridge; only with {@code bridge}
 * @param members references
 */
public record Bond(
    DeviceSettings settings,
    @Nullable String bridge,
    @Nullable VlanMode vlan,
    List<String> members,
    BondMode mode,
    BondOptions options)
    implements DeviceKind {
  public Bond {
    members = List.copyOf(members);
  }
}
