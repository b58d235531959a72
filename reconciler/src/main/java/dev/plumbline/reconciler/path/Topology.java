// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.path;

import dev.plumbline.datapath.config.PortConfig;
import dev.plumbline.datapath.config.SwitchConfig;
import dev.plumbline.reconciler.embedded.Leg;
import dev.plumbline.reconciler.embedded.SwitchText;
import dev.plumbline.reconciler.resource.AddressText;
import dev.plumbline.reconciler.resource.Resource;
import dev.plumbline.reconciler.resource.ResourceId;
import dev.plumbline.reconciler.resource.ResourceType;
import dev.plumbline.reconciler.resource.RouteText;
import dev.plumbline.spec.value.IpAddress;
import dev.plumbline.spec.value.IpFamily;
import dev.plumbline.spec.value.MacAddress;
import dev.plumbline.spec.value.Prefix;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** All that traffic can go through. Immutable. */
public final class Topology {
  static final String HOST = "";

  static final String IPV4_FORWARDING = "net.ipv4.ip_forward";
  static final String IPV6_FORWARDING = "net.ipv6.conf.all.forwarding";

  /** What stands for the MAC addresses that nobody says: 02:00:00:… with the device's number. */
  private static final long MADE_UP = 0x0200_0000_0000L;

  private final boolean isLive;
  private final SortedMap<ResourceId, Device> devices = new TreeMap<>();
  private final Map<ResourceId, Resource> vlans = new HashMap<>();
  private final Map<ResourceId, String> sysctls = new HashMap<>();
  private final Set<String> namespaces = new TreeSet<>(Set.of(HOST));
  private final Map<String, List<Own>> addresses = new HashMap<>();
  private final Map<String, List<Resource>> routes = new HashMap<>();
  private final Map<String, List<Resource>> rules = new HashMap<>();
  private final Map<ResourceId, List<IpAddress>> remotes = new HashMap<>();
  private final Map<ResourceId, List<Device>> vlanDevices = new HashMap<>();
  private final Map<ResourceId, List<Device>> ports = new HashMap<>();
  private final SwitchConfig switches;

  /**
   * An address of a device.
   *
   * @param network that it connects the device to; null: none
   */
  record Own(Device device, IpAddress address, @Nullable Prefix network) {}

  /**
   * Makes one.
   *
   * @param resources of a file's goal, or those of a host
   * @param isLive whether they are a host's: what is not among them is not there
   */
  public static Topology of(Collection<Resource> resources, boolean isLive) {
    return new Topology(resources, isLive);
  }

  /** The sysctls that a host has to be asked for, beside what is read of it anyway. */
  public static List<ResourceId> sysctls(Collection<Resource> resources) {
    Set<String> namespaces = new TreeSet<>(Set.of(HOST));
    for (Resource each : resources) {
      if (each.id().type() == ResourceType.NAMESPACE) {
        namespaces.add(each.id().key());
      }
    }
    List<ResourceId> ids = new ArrayList<>();
    for (String namespace : namespaces) {
      ids.add(ResourceId.sysctl(namespace, IPV4_FORWARDING));
      ids.add(ResourceId.sysctl(namespace, IPV6_FORWARDING));
    }
    for (Resource each : resources) {
      if (each.id().type() == ResourceType.DEVICE) {
        ids.add(forwarding(each.id()));
      }
    }
    return ids;
  }

  private Topology(Collection<Resource> resources, boolean isLive) {
    this.isLive = isLive;
    this.switches =
        SwitchText.config(
            resources.stream().filter(each -> each.id().type().isOfSwitch()).toList());
    Map<ResourceId, Resource> found = new TreeMap<>();
    for (Resource each : resources) {
      if (each.id().type() == ResourceType.DEVICE) {
        found.put(each.id(), each);
      }
    }
    mentioned(resources).forEach(id -> found.putIfAbsent(id, new Resource(id, null, Map.of())));
    long number = 1;
    for (Resource each : found.values()) {
      String mac = each.get("mac");
      devices.put(
          each.id(),
          new Device(each, mac.isEmpty() ? MADE_UP + number : number(MacAddress.parse(mac))));
      number++;
      namespaces.add(each.id().namespace());
    }
    resources.forEach(this::add);
    for (Device device : devices.values()) {
      if (!device.master().isEmpty()) {
        under(ports, device, device.master());
      }
      if (device.is("vlan")) {
        under(vlanDevices, device, device.parent());
      }
    }
  }

  private static void under(Map<ResourceId, List<Device>> map, Device device, String other) {
    ResourceId id = ResourceId.deviceIn(device.namespace(), other);
    map.computeIfAbsent(id, each -> new ArrayList<>()).add(device);
  }

  private static long number(MacAddress mac) {
    return Long.parseLong(mac.toString().replace(":", ""), 16);
  }

  /** Devices that something else speaks of. */
  private Set<ResourceId> mentioned(Collection<Resource> resources) {
    Set<ResourceId> ids = new TreeSet<>();
    for (Resource each : resources) {
      String namespace = each.id().namespace();
      switch (each.id().type()) {
        case DEVICE -> {
          for (String field : List.of("master", "parent")) {
            String name = each.get(field);
            if (!name.isEmpty() && !name.startsWith("(") && !name.startsWith("#")) {
              ids.add(ResourceId.deviceIn(namespace, name));
            }
          }
        }
        case ADDRESS, VLANS -> ids.add(each.id().ofDevice());
        case ROUTE -> RouteText.devices(each).forEach(d -> ids.add(id(namespace, d)));
        default -> {
          // Of no device.
        }
      }
    }
    switches
        .bridges()
        .values()
        .forEach(
            bridge ->
                bridge
                    .ports()
                    .values()
                    .forEach(port -> devicesOf(port).forEach(name -> ids.add(id(HOST, name)))));
    return ids;
  }

  private static ResourceId id(String namespace, String device) {
    return ResourceId.deviceIn(namespace, device);
  }

  /** The devices that are the switch's own halves of a port. */
  static List<String> devicesOf(PortConfig port) {
    if (port instanceof PortConfig.DevicePort device) {
      return List.of(device.device());
    } else if (port instanceof PortConfig.HostPort host) {
      return List.of(host.leg());
    } else if (port instanceof PortConfig.BondPort bond) {
      return bond.members();
    }
    return List.of();
  }

  private void add(Resource each) {
    ResourceId id = each.id();
    switch (id.type()) {
      case NAMESPACE -> namespaces.add(id.key());
      case SYSCTL -> sysctls.put(id, each.get("value"));
      case VLANS -> vlans.put(id, each);
      case ROUTE -> routes.computeIfAbsent(id.namespace(), key -> new ArrayList<>()).add(each);
      case RULE -> rules.computeIfAbsent(id.namespace(), key -> new ArrayList<>()).add(each);
      case FDB ->
          remotes
              .computeIfAbsent(id.ofDevice(), key -> new ArrayList<>())
              .add(IpAddress.parse(id.key().substring(id.key().indexOf(' ') + 1)));
      case ADDRESS -> {
        Prefix network = AddressText.network(id.key());
        boolean connects = !each.get("noPrefixRoute").equals("true");
        Device device = devices.get(id.ofDevice());
        if (device != null) {
          addresses
              .computeIfAbsent(id.namespace(), key -> new ArrayList<>())
              .add(
                  new Own(
                      device,
                      IpAddress.parse(AddressText.local(id.key())),
                      connects ? network : null));
        }
      }
      default -> {
        // Devices have been; the switch is read as a whole.
      }
    }
  }

  boolean isLive() {
    return isLive;
  }

  SwitchConfig switches() {
    return switches;
  }

  Collection<Device> devices() {
    return Collections.unmodifiableCollection(devices.values());
  }

  Set<String> namespaces() {
    return Collections.unmodifiableSet(namespaces);
  }

  @Nullable Device device(String namespace, String name) {
    return devices.get(id(namespace, name));
  }

  @Nullable Device peer(Device device) {
    ResourceId peer = device.peer();
    return peer == null ? null : devices.get(peer);
  }

  /** The bridge, bond or VRF that the device is a part of. */
  @Nullable Device master(Device device) {
    return device.master().isEmpty() ? null : device(device.namespace(), device.master());
  }

  /** The VRF that the device is in. */
  @Nullable Device vrf(Device device) {
    Device master = device.is("vrf") ? device : master(device);
    return master != null && master.is("vrf") ? master : null;
  }

  /** The ports of a bridge, or members of a bond, in the order of their names. */
  List<Device> ports(Device master) {
    return ports.getOrDefault(master.resource().id(), List.of());
  }

  List<Device> vlanDevices(Device parent) {
    return vlanDevices.getOrDefault(parent.resource().id(), List.of());
  }

  /** The VLANs of a bridge's port; null: nobody says. */
  @Nullable Resource vlans(Device port) {
    return vlans.get(ResourceId.vlans(port.namespace(), port.name()));
  }

  List<IpAddress> remotes(Device tunnel) {
    return remotes.getOrDefault(tunnel.resource().id(), List.of());
  }

  List<Own> addresses(String namespace) {
    return addresses.getOrDefault(namespace, List.of());
  }

  List<Own> addresses(Device device) {
    return addresses(device.namespace()).stream()
        .filter(own -> own.device().equals(device))
        .toList();
  }

  /** Who has the address, wherever it is; the host before others. */
  @Nullable Own holder(IpAddress address) {
    for (String namespace : namespaces) {
      Own own = holder(namespace, address);
      if (own != null) {
        return own;
      }
    }
    return null;
  }

  @Nullable Own holder(String namespace, IpAddress address) {
    for (Own own : addresses(namespace)) {
      if (own.address().equals(address)) {
        return own;
      }
    }
    return null;
  }

  List<Resource> routes(String namespace) {
    return routes.getOrDefault(namespace, List.of());
  }

  List<Resource> rules(String namespace) {
    return rules.getOrDefault(namespace, List.of());
  }

  boolean hasVrf(String namespace) {
    return devices.values().stream()
        .anyMatch(device -> device.is("vrf") && device.namespace().equals(namespace));
  }

  /** Whether the namespace forwards; null: nobody says. */
  @Nullable Boolean forwards(String namespace, IpFamily family) {
    List<String> keys =
        family == IpFamily.IPV6
            ? List.of(IPV6_FORWARDING)
            : List.of(IPV4_FORWARDING, "net.ipv4.conf.all.forwarding");
    for (String key : keys) {
      String value = sysctls.get(ResourceId.sysctl(namespace, key));
      if (value != null) {
        return !value.equals("0");
      }
    }
    return null;
  }

  /** The kernel asks the device that a packet of IPv4 came in by; of IPv6 the namespace alone. */
  static ResourceId forwarding(ResourceId device) {
    String name = device.device().replace('.', '/');
    return ResourceId.sysctl(device.namespace(), "net.ipv4.conf." + name + ".forwarding");
  }

  /** Whether what comes in by a device is forwarded, IPv4 alone; null: its namespace says. */
  @Nullable Boolean forwards(Device in) {
    String value = sysctls.get(forwarding(in.resource().id()));
    return (value == null || value.isEmpty()) ? null : Boolean.valueOf(!value.equals("0"));
  }

  /** The name of the internal port that the device is, for its other half is the switch's. */
  @Nullable String bridgeOfInternalPort(Device device) {
    ResourceId peer = device.peer();
    if (peer == null || !Leg.isOne(peer.device())) {
      return null;
    }
    for (var bridge : switches.bridges().entrySet()) {
      for (PortConfig port : bridge.getValue().ports().values()) {
        if (devicesOf(port).contains(peer.device())) {
          return bridge.getKey();
        }
      }
    }
    return null;
  }

  /** What people call a namespace. */
  static String name(String namespace) {
    return namespace.isEmpty() ? "host" : namespace;
  }
}
