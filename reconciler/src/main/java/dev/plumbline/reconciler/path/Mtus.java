// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.path;

import dev.plumbline.spec.value.IpFamily;
import org.jspecify.annotations.Nullable;

/** What fits through devices. A packet is as long as its sender's device lets it be. */
final class Mtus {
  private final Topology topology;
  private final Notes notes;

  Mtus(Topology topology, Notes notes) {
    this.topology = topology;
    this.notes = notes;
  }

  /** Named, or what the kernel gives a device that is made without. */
  int of(Device device) {
    if (device.hasMtu()) {
      return Integer.parseInt(device.resource().get("mtu"));
    }
    Device parent =
        device.parent().isEmpty() ? null : topology.device(device.namespace(), device.parent());
    return switch (device.kind()) {
      case "vlan" -> parent == null ? Device.USUAL_MTU : of(parent);
      case "vxlan" ->
          parent == null
              ? Device.USUAL_MTU
              : of(parent) - overhead("vxlan", remote(device), true, -1, false);
      case "geneve" -> Device.USUAL_MTU - overhead("geneve", remote(device), true, -1, false);
      case "gre" -> Device.USUAL_MTU - overhead("gre", IpFamily.IPV4, false, key(device), false);
      case "gretap" -> Device.USUAL_MTU - overhead("gre", IpFamily.IPV4, true, key(device), false);
      case "ip6gre" -> Device.USUAL_MTU - overhead("gre", IpFamily.IPV6, false, key(device), false);
      case "ip6gretap" ->
          Device.USUAL_MTU - overhead("gre", IpFamily.IPV6, true, key(device), false);
      default -> Device.USUAL_MTU;
    };
  }

  private static IpFamily remote(Device tunnel) {
    return tunnel.resource().get("remote").indexOf(':') < 0 ? IpFamily.IPV4 : IpFamily.IPV6;
  }

  private static long key(Device device) {
    String key = device.resource().get("key");
    return key.isEmpty() ? -1 : Long.parseLong(key);
  }

  /** Whether the kernel gives it an MTU by the route to its remote, when it is made. */
  private static boolean isOfUnderlay(Device device) {
    return device.is("geneve") || device.kind().contains("gre");
  }

  /** The bytes that a tunnel adds to a packet of IP in it. */
  static int overhead(String type, IpFamily outer, boolean ethernet, long key, boolean checksum) {
    int ip = outer == IpFamily.IPV6 ? 40 : 20;
    int frame = ethernet ? 14 : 0;
    return type.equals("gre")
        ? ip + 4 + (key >= 0 ? 4 : 0) + (checksum ? 4 : 0) + frame
        : ip + 8 + 8 + frame;
  }

  /** Notes what does not fit. */
  void check(Device device, Packet packet) {
    if (packet.kind() != Packet.Kind.IP) {
      return;
    }
    int mtu = of(device);
    if (!device.hasMtu() && isOfUnderlay(device)) {
      notes.unknown(
          "the MTU of "
              + device.place()
              + ": taken for "
              + mtu
              + " (the kernel makes it by the way to its remote; `mtu` says it)");
    }
    Encapsulation inside = packet.inside();
    if (inside != null && !device.hasMtu() && device.kind().isEmpty()) {
      notes.usualMtu(device);
    }
    if (packet.length() <= mtu) {
      return;
    }
    if (inside == null) {
      notes.found(
          Finding.Kind.MTU,
          "packets of up to "
              + packet.length()
              + " bytes come to "
              + device.place()
              + ", whose MTU is "
              + mtu
              + ": it drops larger ones");
      return;
    }
    Packet innermost = innermost(packet);
    int room = mtu - (packet.length() - innermost.length());
    notes.tooBig(
        inside.tunnel(),
        room,
        "a packet of "
            + innermost.length()
            + " bytes has "
            + packet.length()
            + " in tunnel "
            + inside.tunnel()
            + ", and "
            + device.place()
            + " has an MTU of "
            + mtu
            + ": senders need one of at most "
            + room);
  }

  private static Packet innermost(Packet packet) {
    Packet at = packet;
    @Nullable Encapsulation inside = at.inside();
    while (inside != null) {
      at = inside.inner();
      inside = at.inside();
    }
    return at;
  }
}
