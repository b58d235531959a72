// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.port;

import dev.plumbline.netlink.route.Link;
import dev.plumbline.netlink.route.Veth;
import dev.plumbline.netlink.wire.LinkLayerAddress;
import org.jspecify.annotations.Nullable;

/**
 * A device of the switch's own network namespace, as it was when it was last heard of.
 *
 * @param ifindex its index, another one each time the device is made
 * @param isUp administratively
 * @param hasCarrier whether frames can pass; false while it is down
 * @param mtu bytes behind the Ethernet header; 0: not said
 * @param kind the driver that made it, such as "veth"; null for a physical device and lo
 * @param mac in the low 48 bits, first byte highest; 0 if it has no address of 6 bytes
 * @param isPromiscuous whether somebody has set that it takes all frames
 * @param hasPeerElsewhere a veth whose peer is in another namespace
 * @param master index of the bridge, bond or VRF that it belongs to; 0: none
 */
public record Device(
    String name,
    int ifindex,
    boolean isUp,
    boolean hasCarrier,
    int mtu,
    @Nullable String kind,
    long mac,
    boolean isPromiscuous,
    boolean hasPeerElsewhere,
    int master) {

  static Device of(Link link) {
    return new Device(
        link.name(),
        link.index(),
        link.isUp(),
        link.isUp() && link.isLowerUp(),
        (int) Math.min(link.mtu(), Integer.MAX_VALUE),
        link.kind(),
        mac(link.address()),
        (link.flags() & Link.PROMISC) != 0,
        Veth.KIND.equals(link.kind()) && link.linkNamespaceId() != null,
        link.master());
  }

  /** The same, up and taking all frames. */
  Device claimed() {
    return new Device(
        name, ifindex, true, hasCarrier, mtu, kind, mac, true, hasPeerElsewhere, master);
  }

  private static long mac(@Nullable LinkLayerAddress address) {
    if (address == null || address.length() != 6) {
      return 0;
    }
    long mac = 0;
    for (byte one : address.bytes()) {
      mac = mac << 8 | (one & 0xff);
    }
    return mac;
  }
}
