// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.desired;

import dev.plumbline.netlink.route.Vxlan;
import dev.plumbline.reconciler.resource.ResourceId;
import dev.plumbline.spec.model.Tunnel;
import dev.plumbline.spec.model.TunnelType;
import dev.plumbline.spec.value.IpAddress;
import dev.plumbline.spec.value.IpFamily;

/** Tunnels as devices of the kernel. */
final class TunnelGoals {
  /** The destination of all frames that have no other (vxlan_fdb_create, drivers/net/vxlan). */
  static final String ANY_MAC = "00:00:00:00:00:00";

  private TunnelGoals() {}

  static void tunnel(Goals goals, String key, Tunnel tunnel) {
    String kind = kind(tunnel);
    boolean mesh = !tunnel.remotes().isEmpty();
    Draft draft =
        DeviceGoals.make(goals, "tunnels." + key, kind, tunnel.settings())
            .set("key", tunnel.key())
            .set("local", tunnel.local())
            .set("remote", mesh ? "" : tunnel.remote())
            .set("port", tunnel.port())
            .set("ttl", tunnel.ttl())
            .set("tos", tunnel.tos())
            .set("df", tunnel.df())
            .set("parent", goals.deviceName(tunnel.settings().namespace(), tunnel.parent()))
            .set("checksum", tunnel.checksum())
            .set("learning", tunnel.learning());
    if (tunnel.port() == null && tunnel.type() == TunnelType.VXLAN) {
      // Without a port the kernel takes 8472, from before there was a number.
      draft.set("port", Vxlan.IANA_PORT);
    }
  }

  /** The kernel has a kind of its own for GRE over IPv6, and for GRE that carries Ethernet. */
  private static String kind(Tunnel tunnel) {
    switch (tunnel.type()) {
      case VXLAN -> {
        return "vxlan";
      }
      case GENEVE -> {
        return "geneve";
      }
      default -> {
        boolean ethernet = tunnel.type() == TunnelType.GRETAP || tunnel.bridge() != null;
        IpAddress end = tunnel.remote() != null ? tunnel.remote() : tunnel.local();
        boolean ipv6 = end != null && end.family() == IpFamily.IPV6;
        return (ipv6 ? "ip6" : "") + (ethernet ? "gretap" : "gre");
      }
    }
  }

  static void collect(Goals goals) {
    goals
        .state()
        .tunnels()
        .forEach(
            (key, tunnel) -> {
              if (goals.isInSwitch("tunnels." + key)) {
                return;
              }
              for (IpAddress remote : tunnel.remotes()) {
                goals.add(
                    new Draft(
                        "tunnels." + key + ".remotes[" + remote + "]",
                        ResourceId.fdb(
                            tunnel.settings().namespace(),
                            tunnel.settings().device(),
                            ANY_MAC + " " + remote),
                        true,
                        null));
              }
            });
  }
}
