// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.model;

import dev.plumbline.reconciler.kind.DeviceField;
import dev.plumbline.reconciler.kind.DeviceKind;
import dev.plumbline.reconciler.kind.DeviceKinds;
import dev.plumbline.reconciler.resource.Resource;
import dev.plumbline.reconciler.resource.ResourceId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What a device has that nobody named: what the kernel gives it. */
final class DeviceDefaults {
  private final Store store;

  /** The VLANs of ports whose bridge does not filter now: they count again when it does. */
  private final Map<ResourceId, Resource> unfiltered = new HashMap<>();

  DeviceDefaults(Store store) {
    this.store = store;
  }

  /** Fills in the fields of a device, those as a port included, and the VLANs of it. */
  void fill(ResourceId id) {
    fields(id);
    vlans(id);
  }

  void fields(ResourceId id) {
    Resource device = store.find(id);
    if (device == null) {
      return;
    }
    Map<String, String> fields = new TreeMap<>();
    fields.putAll(Map.of("kind", "", "up", "true", "master", "", "mtu", "1500"));
    fields.putAll(Map.of("txQueueLength", "1000", "mac", "52:54:00:00:00:01"));
    String kind = device.get("kind");
    DeviceKind known = DeviceKinds.of(kind);
    if (known != null) {
      known.fields().forEach(field -> byDefault(fields, field, unnamed(device, field.name())));
    }
    Resource master = store.under(device, "master");
    DeviceKind over = master == null ? null : DeviceKinds.of(master.get("kind"));
    if (over != null) {
      String cost = cost(device);
      over.portFields().forEach(field -> byDefault(fields, field, cost));
    }
    fields.putAll(device.fields());
    if (over == null) {
      fields.keySet().removeIf(name -> name.startsWith("port."));
    }
    store.put(new Resource(id, device.owner(), fields));
  }

  /** By the speed that the device tells of, 10 Gb/s or none (port_cost, net/bridge/br_if.c). */
  private String cost(Resource device) {
    return switch (device.get("kind")) {
      case "", "veth" -> DeviceRules.isLoopback(device.id()) ? "100" : "2";
      case "macvlan", "vlan", "vxlan" -> {
        Resource parent = store.under(device, "parent");
        yield parent == null ? "100" : cost(parent);
      }
      default -> "100";
    };
  }

  private static void byDefault(Map<String, String> fields, DeviceField field, String other) {
    String value = field.kernelDefault();
    fields.put(field.name(), value == null ? other : value);
  }

  private static String unnamed(Resource device, String field) {
    return switch (device.get("kind") + " " + field) {
      case "bond mode" -> BondRules.FIRST_MODE;
      case "bond miimon" -> BondRules.miimon(device.get("mode"), "0s");
      case "gre ttl", "gre tos", "gretap ttl", "gretap tos" -> "0";
      // Where nothing at all is told there is no such flag (ipgre_netlink_parms).
      case "gre df", "gretap df" -> isTold(device) ? "set" : "unset";
      case "vlan protocol" -> "802.1Q";
      case "vxlan port" -> DeviceRules.VXLAN_PORT;
      case "vxlan checksum" -> "true";
      case "geneve port" -> "6081";
      case "macvlan mode" -> "vepa";
      default -> field.equals("checksum") ? "false" : "";
    };
  }

  private static boolean isTold(Resource tunnel) {
    DeviceKind kind = DeviceKinds.of(tunnel.get("kind"));
    return kind != null
        && kind.fields().stream().anyMatch(each -> !tunnel.get(each.name()).isEmpty());
  }

  /** A port forgets its VLANs when it leaves its bridge. */
  void left(ResourceId port) {
    ResourceId vlans = ResourceId.vlans(port.namespace(), port.device());
    store.remove(vlans);
    unfiltered.remove(vlans);
  }

  /** A device has another name. */
  void renamed(ResourceId from, ResourceId to) {
    Resource kept = unfiltered.remove(ResourceId.vlans(from.namespace(), from.device()));
    if (kept != null && from.namespace().equals(to.namespace())) {
      ResourceId vlans = ResourceId.vlans(to.namespace(), to.device());
      unfiltered.put(vlans, kept.withId(vlans));
    }
  }

  /** A port of a bridge that filters VLANs starts with its default one, as does the bridge. */
  void vlans(ResourceId id) {
    Resource device = store.find(id);
    if (device == null) {
      return;
    }
    List<Resource> members = new ArrayList<>(store.ports(id));
    members.add(device);
    Resource master = store.under(device, "master");
    for (Resource member : members) {
      Resource bridge = member.equals(device) && master != null ? master : device;
      ResourceId vlans = ResourceId.vlans(id.namespace(), member.id().device());
      Resource there = store.find(vlans);
      Resource kept = unfiltered.remove(vlans);
      if (!bridge.get("vlanFiltering").equals("true")) {
        kept = there == null ? kept : there;
        if (kept != null) {
          unfiltered.put(vlans, kept);
        }
        store.remove(vlans);
      } else if (there == null && kept != null) {
        store.put(kept);
      } else if (there == null) {
        String pvid = bridge.get("defaultPvid");
        String text = pvid.equals("0") ? "" : pvid + " pvid untagged";
        store.put(new Resource(vlans, null, Map.of("vlans", text)));
      }
    }
  }
}
