// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.spec.check;

import dev.plumbline.spec.model.AddressSetting;
import dev.plumbline.spec.model.Bond;
import dev.plumbline.spec.model.Bridge;
import dev.plumbline.spec.model.Devices.Device;
import dev.plumbline.spec.model.Tunnel;
import dev.plumbline.spec.model.TunnelType;
import dev.plumbline.spec.value.IpAddress;
import dev.plumbline.spec.value.IpFamily;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * MTUs of devices that stand on others. Only where both are known: the upper one is written, and
 * the lower one is written or is of a kind that has 1500 when it is made.
 */
final class MtuChecks {
  private static final int USUAL_MTU = 1500;

  private MtuChecks() {}

  static void run(Scope scope) {
    scope
        .state
        .vlans()
        .forEach(
            (key, vlan) -> {
              Integer mtu = vlan.settings().mtu();
              Device parent = scope.devices.resolve(vlan.settings().namespace(), vlan.parent());
              Integer below = mtu(scope, parent);
              if (mtu != null && below != null && mtu > below) {
                String object = "vlans." + key;
                scope.error(
                    object + ".mtu",
                    object,
                    "the MTU " + mtu + " does not fit into " + vlan.parent() + " with " + below,
                    "at most " + below);
              }
            });
    scope.state.bonds().forEach((key, bond) -> members(scope, "bonds." + key, bond));
    Map<End, Device> owners = owners(scope);
    scope.state.tunnels().forEach((key, tunnel) -> tunnel(scope, "tunnels." + key, tunnel, owners));
  }

  /** The kernel's bond sets the MTU of whoever joins it to its own (bond_enslave). */
  private static void members(Scope scope, String object, Bond bond) {
    Bridge bridge = scope.bridge(bond.bridge());
    if ((bridge != null && bridge.isEmbedded()) || !scope.isSure(object, "mtu", "bridge")) {
      return;
    }
    Integer named = bond.settings().mtu();
    int mtu = named == null ? USUAL_MTU : named;
    for (String member : bond.members()) {
      Device device = scope.devices.resolve(bond.settings().namespace(), member);
      Integer own = device == null ? null : device.settings().mtu();
      if (device != null && own != null && own != mtu) {
        scope.error(
            device.address() + ".mtu",
            device.address(),
            object + " gives its members its own MTU, which is " + mtu,
            "the same here, or none, or `mtu: " + own + "` at " + object);
      }
    }
  }

  /** An address in a namespace. */
  private record End(String namespace, IpAddress address) {}

  private static Map<End, Device> owners(Scope scope) {
    Map<End, Device> owners = new HashMap<>();
    for (Device device : scope.devices.all()) {
      // A loopback or dummy that has the address is not what the packets leave by.
      if (!device.kind().equals("dummies") && !device.name().equals("lo")) {
        for (AddressSetting address : device.settings().addressesOrNone()) {
          owners.putIfAbsent(new End(device.namespace(), address.prefix().address()), device);
        }
      }
    }
    return owners;
  }

  private static void tunnel(Scope scope, String object, Tunnel tunnel, Map<End, Device> owners) {
    Integer mtu = tunnel.settings().mtu();
    Device carrier = mtu == null ? null : carrier(scope, object, tunnel, owners);
    Integer below = mtu(scope, carrier);
    if (mtu == null
        || carrier == null
        || below == null
        || !scope.isSure(object, "bridge", "local", "remote", "remotes", "key", "checksum")) {
      return;
    }
    int room = below - overhead(tunnel);
    if (mtu > room) {
      scope.error(
          object + ".mtu",
          object,
          "the MTU "
              + mtu
              + " and "
              + overhead(tunnel)
              + " bytes of "
              + tunnel.type().spelling()
              + " headers do not fit into "
              + carrier.name()
              + " with "
              + below,
          "at most " + room);
    }
  }

  /**
   * Bytes of outer headers that count against the carrier's MTU: IP 20 or 40, UDP 8, VXLAN (RFC
   * 7348) or Geneve without options (RFC 8926) 8, GRE (RFC 2784, 2890) 4 and 4 each for key and
   * checksum, and the inner Ethernet header 14 where frames are carried.
   */
  static int overhead(Tunnel tunnel) {
    IpAddress end = tunnel.remote() != null ? tunnel.remote() : tunnel.local();
    if (end == null && !tunnel.remotes().isEmpty()) {
      end = tunnel.remotes().get(0);
    }
    int ip = end != null && end.family() == IpFamily.IPV6 ? 40 : 20;
    TunnelType type = TunnelChecks.effectiveType(tunnel);
    if (type == TunnelType.VXLAN || type == TunnelType.GENEVE) {
      return ip + 8 + 8 + 14;
    }
    int gre = 4 + (tunnel.key() == null ? 0 : 4) + (Boolean.TRUE.equals(tunnel.checksum()) ? 4 : 0);
    return ip + gre + (type == TunnelType.GRETAP ? 14 : 0);
  }

  /** The device that carries the tunnel: its parent, or the one that has its local address. */
  private static @Nullable Device carrier(
      Scope scope, String object, Tunnel tunnel, Map<End, Device> owners) {
    String namespace = tunnel.settings().namespace();
    if (!scope.isSure(object, "parent", "namespace")) {
      return null;
    }
    if (tunnel.parent() != null) {
      return scope.devices.resolve(namespace, tunnel.parent());
    }
    return tunnel.local() == null ? null : owners.get(new End(namespace, tunnel.local()));
  }

  private static @Nullable Integer mtu(Scope scope, @Nullable Device device) {
    if (device == null) {
      return null;
    }
    if (device.settings().mtu() != null) {
      return device.settings().mtu();
    }
    boolean usual = device.kind().equals("veths") || device.kind().equals("dummies");
    return usual && scope.isSure(device.address(), "mtu") ? USUAL_MTU : null;
  }
}
