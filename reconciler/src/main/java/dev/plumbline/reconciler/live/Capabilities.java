// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.live;

import java.util.Set;
import java.util.TreeSet;

/**
 * What this kernel can do, found by trying.
 *
 * @param missingKinds kinds of device that it has no driver for
 * @param addressProtocol whether addresses carry a protocol number (IFA_PROTO, Linux 5.18), which
 *     is plumbline's mark on them
 * @param liveRename whether a device that is up can be renamed (Linux 6.2)
 * @param bridgeVlans whether its bridge filters VLANs (CONFIG_BRIDGE_VLAN_FILTERING)
 */
public record Capabilities(
    Set<String> missingKinds, boolean addressProtocol, boolean liveRename, boolean bridgeVlans) {

  /** A kernel that can do everything. */
  public static final Capabilities ALL = new Capabilities(Set.of(), true, true, true);

  public Capabilities {
    missingKinds = Set.copyOf(new TreeSet<>(missingKinds));
  }
}
