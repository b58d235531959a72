// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.netlink.route;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.plumbline.netlink.probe.KernelFeatures;
import dev.plumbline.netlink.testing.KernelTest;
import dev.plumbline.netlink.testing.Sh;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** VLANs of bridges, where the kernel filters them. */
@KernelTest
final class BridgeVlanTest extends RouteTest {
  private int bridge;
  private int port;

  @BeforeEach
  void bridge() throws IOException {
    try (KernelFeatures features = KernelFeatures.open()) {
      if (!features.supportsBridgeVlanFiltering()) {
        String reason =
            "kernel has no bridge VLAN filtering: a test of BridgeVlanTest skipped here";
        System.err.println(reason);
        Assumptions.abort(reason);
      }
    }
    bridge =
        create(
                Bridge.named("br0")
                    .data(Bridge.VLAN_FILTERING, true)
                    .data(Bridge.VLAN_DEFAULT_PVID, 1)
                    .up())
            .index();
    port = create(Veth.named("a0", Link.named("b0")).master(bridge)).index();
  }

  private List<BridgeVlan> of(int index) throws IOException {
    return socket.bridgeVlans().stream().filter(vlan -> vlan.index() == index).toList();
  }

  @Test
  void aNewPortHasTheDefaultPvid() throws IOException {
    assertEquals(List.of(BridgeVlan.access(port, 1)), of(port));
    assertEquals(List.of(BridgeVlan.access(bridge, 1)), of(bridge));
  }

  @Test
  void rangesTagsAndPvidsAreAddedChangedAndTakenAway() throws IOException {
    executeAll(
        List.of(
            BridgeVlan.delete(BridgeVlan.tagged(port, 1)),
            BridgeVlan.add(BridgeVlan.access(port, 10)),
            BridgeVlan.add(BridgeVlan.tagged(port, 20, 30)),
            BridgeVlan.addToBridge(BridgeVlan.tagged(bridge, 20))));
    assertEquals(List.of(BridgeVlan.access(port, 10), BridgeVlan.tagged(port, 20, 30)), of(port));
    assertEquals(List.of(BridgeVlan.access(bridge, 1), BridgeVlan.tagged(bridge, 20)), of(bridge));
    // iproute2 writes an empty list of flags in one version and none in another.
    String judged =
        Sh.run("bridge -compressvlans -j vlan show dev a0").replace(",\"flags\":[]", "");
    assertEquals(
        "[{\"ifname\":\"a0\",\"vlans\":[{\"vlan\":10,\"flags\":[\"PVID\",\"Egress Untagged\"]},{\"vlan\":20,\"vlanEnd\":30}]}]",
        judged.strip());

    executeAll(
        List.of(
            BridgeVlan.add(BridgeVlan.tagged(port, 10)),
            BridgeVlan.delete(BridgeVlan.tagged(port, 22, 29))));
    assertEquals(List.of(10, 20, 30), of(port).stream().map(BridgeVlan::first).toList());
    assertEquals(false, of(port).get(0).pvid());
    socket.execute(BridgeVlan.deleteFromBridge(BridgeVlan.tagged(bridge, 20)));
    assertEquals(List.of(BridgeVlan.access(bridge, 1)), of(bridge));
  }

  @Test
  void aDeviceThatIsNoPortHasNoVlans() {
    refused("EOPNOTSUPP", BridgeVlan.add(BridgeVlan.tagged(bridge, 5)));
    assertThrows(IllegalArgumentException.class, () -> BridgeVlan.tagged(1, 4095));
    assertThrows(IllegalArgumentException.class, () -> new BridgeVlan(1, 2, 3, true, false));
  }
}
