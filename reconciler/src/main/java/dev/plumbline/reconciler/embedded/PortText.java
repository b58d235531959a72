// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.embedded;

import dev.plumbline.datapath.config.PortConfig;
import dev.plumbline.datapath.config.PortConfig.BondMode;
import dev.plumbline.datapath.config.PortConfig.BondPort;
import dev.plumbline.datapath.config.PortConfig.DevicePort;
import dev.plumbline.datapath.config.PortConfig.HostPort;
import dev.plumbline.datapath.config.PortConfig.PatchPort;
import dev.plumbline.datapath.config.PortConfig.TunnelPort;
import dev.plumbline.datapath.config.PortConfig.TunnelType;
import dev.plumbline.datapath.config.PortFilter;
import dev.plumbline.datapath.config.PortVlan;
import dev.plumbline.reconciler.resource.Resource;
import dev.plumbline.reconciler.resource.ResourceId;
import dev.plumbline.reconciler.resource.ResourceType;
import dev.plumbline.spec.value.Durations;
import dev.plumbline.spec.value.IpAddress;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A port as a resource. The field {@code type} is {@code device}, {@code internal}, {@code patch},
 * {@code bond}, {@code vxlan}, {@code geneve} or {@code gre}; every other field is always there, so
 * that one that leaves the file goes back to its default.
 */
public final class PortText {
  private static final String INHERIT = "inherit";

  /** In place of a key or remotes that flows say. */
  private static final String FLOW = "flow";

  private PortText() {}

  /** The bridge's name in the identity of a port. */
  public static String bridge(ResourceId port) {
    return port.key().substring(0, port.key().indexOf('/'));
  }

  /** The port's own name in its identity. */
  public static String name(ResourceId port) {
    return port.key().substring(port.key().indexOf('/') + 1);
  }

  /** The devices of the host's namespace that the port is; none of what is no port. */
  public static List<String> devices(Resource port) {
    if (port.id().type() != ResourceType.PORT) {
      return List.of();
    }
    return switch (port.get("type")) {
      case "device" -> List.of(port.get("device"));
      case "internal" -> List.of(port.get("device"), port.get("leg"));
      case "bond" -> list(port.get("members"));
      default -> List.of();
    };
  }

  /** The devices that any of them is. */
  public static Set<String> devices(Collection<Resource> resources) {
    Set<String> devices = new HashSet<>();
    resources.forEach(each -> devices.addAll(devices(each)));
    return devices;
  }

  public static Resource of(String bridge, String name, PortConfig port) {
    return of(bridge, name, port, null);
  }

  /**
   * The same with what is let through it.
   *
   * @param filter null: everything
   */
  public static Resource of(
      String bridge, String name, PortConfig port, @Nullable PortFilter filter) {
    Map<String, String> fields = new TreeMap<>();
    fields.put("filter", filter == null ? "" : filter.text());
    fields.put("vlan", VlanText.print(port.vlan()));
    if (port instanceof DevicePort device) {
      fields.put("type", "device");
      fields.put("device", device.device());
    } else if (port instanceof HostPort host) {
      fields.put("type", "internal");
      fields.put("device", host.device());
      fields.put("leg", host.leg());
    } else if (port instanceof PatchPort patch) {
      fields.put("type", "patch");
      fields.put("peer", patch.peerBridge() + "/" + patch.peerPort());
    } else if (port instanceof BondPort bond) {
      bond(bond, fields);
    } else if (port instanceof TunnelPort tunnel) {
      tunnel(tunnel, fields);
    }
    return new Resource(ResourceId.port(bridge, name), Resource.OURS, fields);
  }

  private static void bond(BondPort bond, Map<String, String> fields) {
    fields.put("type", "bond");
    fields.put("members", String.join(",", bond.members()));
    fields.put("mode", spelled(bond.mode()));
    fields.put("primary", bond.primary() == null ? "" : bond.primary());
    fields.put("upDelay", Durations.print(Duration.ofMillis(bond.upDelayMillis())));
    fields.put("downDelay", Durations.print(Duration.ofMillis(bond.downDelayMillis())));
    fields.put("rebalance", Durations.print(Duration.ofSeconds(bond.rebalanceSeconds())));
  }

  private static void tunnel(TunnelPort tunnel, Map<String, String> fields) {
    fields.put("type", spelled(tunnel.type()));
    InetAddress local = tunnel.local();
    fields.put("local", local == null ? "" : address(local));
    fields.put(
        "remotes",
        tunnel.isRemoteOfFlow()
            ? FLOW
            : String.join(",", tunnel.remotes().stream().map(PortText::address).sorted().toList()));
    String key = tunnel.key() < 0 ? "" : String.valueOf(tunnel.key());
    fields.put("key", tunnel.isKeyOfFlow() ? FLOW : key);
    fields.put("port", tunnel.udpPort() == 0 ? "" : String.valueOf(tunnel.udpPort()));
    fields.put("ttl", tunnel.ttl() == 0 ? INHERIT : String.valueOf(tunnel.ttl()));
    fields.put("tos", tunnel.tos() < 0 ? INHERIT : String.valueOf(tunnel.tos()));
    fields.put("df", tunnel.dontFragment() ? "set" : "unset");
    fields.put("checksum", String.valueOf(tunnel.checksum()));
  }

  /** The filter that {@link #of} made this of; null: none. */
  public static @Nullable PortFilter filter(Resource port) {
    String text = port.fields().getOrDefault("filter", "");
    return text.isEmpty() ? null : PortFilter.parse(text);
  }

  /** The port that {@link #of} made this of. */
  public static PortConfig parse(Resource port) {
    PortVlan vlan = VlanText.parse(port.get("vlan"));
    String type = port.get("type");
    switch (type) {
      case "device" -> {
        return new DevicePort(port.get("device"), vlan);
      }
      case "internal" -> {
        return new HostPort(port.get("device"), port.get("leg"), vlan);
      }
      case "patch" -> {
        ResourceId peer = new ResourceId(port.id().type(), "", "", port.get("peer"));
        return new PatchPort(bridge(peer), name(peer), vlan);
      }
      case "bond" -> {
        return new BondPort(
            list(port.get("members")),
            BondMode.valueOf(constant(port.get("mode"))),
            port.get("primary").isEmpty() ? null : port.get("primary"),
            (int) millis(port.get("upDelay")),
            (int) millis(port.get("downDelay")),
            (int) (millis(port.get("rebalance")) / 1000),
            vlan);
      }
      default -> {
        return new TunnelPort(
            TunnelType.valueOf(constant(type)),
            inet(port.get("local")),
            port.get("remotes").equals(FLOW)
                ? List.of()
                : list(port.get("remotes")).stream().map(text -> parsed(text)).toList(),
            key(port.get("key")),
            port.get("port").isEmpty() ? 0 : Integer.parseInt(port.get("port")),
            port.get("ttl").equals(INHERIT) ? 0 : Integer.parseInt(port.get("ttl")),
            port.get("tos").equals(INHERIT) ? -1 : Integer.parseInt(port.get("tos")),
            port.get("df").equals("set"),
            Boolean.parseBoolean(port.get("checksum")),
            vlan);
      }
    }
  }

  private static long key(String text) {
    if (text.equals(FLOW)) {
      return TunnelPort.KEY_OF_FLOW;
    }
    return text.isEmpty() ? -1 : Long.parseLong(text);
  }

  private static List<String> list(String text) {
    return text.isEmpty() ? List.of() : List.of(text.split(",", -1));
  }

  private static String spelled(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  private static String constant(String spelled) {
    return spelled.toUpperCase(Locale.ROOT).replace('-', '_');
  }

  private static long millis(String text) {
    return Durations.parse(text).toMillis();
  }

  private static String address(InetAddress address) {
    return IpAddress.of(address).toString();
  }

  private static @Nullable InetAddress inet(String text) {
    return text.isEmpty() ? null : parsed(text);
  }

  private static InetAddress parsed(String text) {
    return IpAddress.parse(text).toInetAddress();
  }
}
