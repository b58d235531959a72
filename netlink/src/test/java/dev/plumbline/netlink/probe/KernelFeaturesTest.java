// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.netlink.probe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.plumbline.netlink.route.RouteSocket;
import dev.plumbline.netlink.testing.KernelTest;
import dev.plumbline.netlink.testing.Sh;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

@KernelTest
final class KernelFeaturesTest {
  private static final List<String> ALL =
      List.of(
          "bridge",
          "veth",
          "vxlan",
          "macvlan",
          "bond",
          "vlan",
          "gre",
          "gretap",
          "ip6gre",
          "ip6gretap",
          "geneve",
          "dummy",
          "vrf");

  @Test
  void aKindIsMissingIfAndOnlyIfIproute2HearsThatItIsUnknown() throws IOException {
    try (KernelFeatures features = KernelFeatures.open()) {
      List<String> missing =
          ALL.stream()
              .filter(
                  kind ->
                      Sh.run(
                              "ip link add name t-$(echo "
                                  + kind
                                  + " | cut -c1-12) type "
                                  + kind
                                  + " 2>&1; true")
                          .contains("Unknown device type"))
              .toList();
      // Whatever iproute2 could make is in the way of nothing: the probes have a namespace of their
      // own.
      assertEquals(missing, features.missing(ALL));
      assertFalse(features.missing(ALL).contains("bridge"));
    }
  }

  @Test
  void aKindThatNeedsAParentOrAnIdIsNotMissing() throws IOException {
    try (KernelFeatures features = KernelFeatures.open()) {
      assertTrue(features.supports("macvlan"));
      assertTrue(features.supports("vxlan"));
      assertTrue(features.supports("tun"));
      assertFalse(features.supports("nosuchkind"));
      assertEquals("this kernel has no nosuchkind driver", KernelFeatures.sentence("nosuchkind"));
    }
  }

  @Test
  void probesLeaveNothingBehind() throws IOException {
    try (KernelFeatures features = KernelFeatures.open();
        RouteSocket socket = RouteSocket.open()) {
      List<String> before = socket.links().stream().map(link -> link.name()).toList();
      assertEquals(features.missing(ALL), features.missing(ALL));
      features.supportsAddressProtocol();
      features.supportsBridgeVlanFiltering();
      assertEquals(before, socket.links().stream().map(link -> link.name()).toList());
      assertTrue(socket.addresses().stream().noneMatch(address -> address.protocol() == 112));
    }
  }

  @Test
  void whatBridgesCanDoIsWhatIproute2CanMakeThemDo() throws IOException {
    try (KernelFeatures features = KernelFeatures.open()) {
      String refused = Sh.run("ip link add name br0 type bridge vlan_filtering 1 2>&1; true");
      assertEquals(refused.isEmpty(), features.supportsBridgeVlanFiltering());
      Sh.run("ip link add name br1 type bridge");
      assertEquals(
          Sh.run("ip -d link show br1").contains("mcast_snooping"),
          features.supportsMulticastSnooping());
    }
  }
}
