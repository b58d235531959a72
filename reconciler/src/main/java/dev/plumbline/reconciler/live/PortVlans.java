// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.live;

import dev.plumbline.netlink.route.BridgeVlan;
import dev.plumbline.netlink.route.RouteSocket;
import dev.plumbline.reconciler.resource.VlansText.Flags;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** VLANs of the kernel's bridges and their ports; they mean something where a bridge filters. */
public final class PortVlans {
  private PortVlans() {}

  /** Asks for those of a namespace: by the device's index. */
  public static Map<Integer, SortedMap<Integer, Flags>> read(RouteSocket socket)
      throws IOException {
    Map<Integer, SortedMap<Integer, Flags>> byDevice = new HashMap<>();
    for (BridgeVlan vlan : socket.bridgeVlans()) {
      SortedMap<Integer, Flags> vlans =
          byDevice.computeIfAbsent(vlan.index(), index -> new TreeMap<>());
      for (int id = vlan.first(); id <= vlan.last(); id++) {
        vlans.put(id, new Flags(vlan.pvid(), vlan.untagged()));
      }
    }
    return byDevice;
  }
}
