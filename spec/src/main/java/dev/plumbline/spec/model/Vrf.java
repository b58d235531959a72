// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.spec.model;

import java.util.List;

/**
 * A virtual routing domain: its members route by its table (ip-link(8), vrf).
 *
 * @param table 1 to 2^32 - 1
 * @param members references
 */
public record Vrf(DeviceSettings settings, long table, List<String> members) implements DeviceKind {
  public Vrf {
    members = List.copyOf(members);
  }
}
