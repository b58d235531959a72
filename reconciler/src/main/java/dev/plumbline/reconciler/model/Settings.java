// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.model;

import dev.plumbline.netlink.libc.Errno;
import dev.plumbline.reconciler.kind.DeviceField;
import dev.plumbline.reconciler.kind.DeviceField.How;
import dev.plumbline.reconciler.kind.DeviceField.Place;
import dev.plumbline.reconciler.kind.DeviceKinds;
import dev.plumbline.reconciler.resource.Resource;
import dev.plumbline.reconciler.resource.ResourceId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/**
 * Changes of a device's fields by one request (rtnl_changelink, net/core/rtnetlink.c): the driver
 * takes its own first, then come those that every device has. What was taken stays when the next
 * one is refused.
 */
final class Settings {
  private static final int ENOTEMPTY = 39;

  /** The order in which a bridge takes what is told at once (br_changelink); the rest follows. */
  private static final List<String> BRIDGE =
      List.of(
          "stp.forwardDelay",
          "stp.helloTime",
          "stp.maxAge",
          "macTable.aging",
          "stp.enabled",
          "stp.priority",
          "vlanFiltering",
          "vlanProtocol",
          "defaultPvid",
          "groupForwardMask");

  private final Store store;
  private final DeviceRules rules;

  Settings(Store store, DeviceRules rules) {
    this.store = store;
    this.rules = rules;
  }

  /** Sets them one after the other, up to the first that is refused. */
  void set(ResourceId id, Map<String, String> values) throws RefusedException {
    Resource device = store.need(id);
    String kind = device.get("kind");
    boolean together = !kind.equals("bridge") && !kind.equals("bond");
    List<String> names = new ArrayList<>(values.keySet());
    names.sort(Comparator.comparingInt(name -> rank(kind, name)));
    for (String name : names) {
      // Looked at before anything else of such a tunnel (vxlan_nl2conf, geneve_nl2info).
      String value = values.getOrDefault(name, "");
      if (DeviceRules.hasFamily(kind) && !device.get(name).equals(value)) {
        ends(device, name, value);
      }
    }
    if (together) {
      for (String name : names) {
        if (isOwn(kind, name)) {
          check(device, name, values.getOrDefault(name, ""));
        }
      }
    }
    for (String name : names) {
      Resource now = store.need(id);
      String value = values.getOrDefault(name, "");
      check(now, name, value);
      // Once it is over a device, it is over one for ever (vxlan_config_apply).
      boolean stays = kind.equals("vxlan") && name.equals("parent") && value.isEmpty();
      if (!stays && !(kind.equals("bond") && name.equals("primary"))) {
        store.put(now.with(name, value));
      }
      if (kind.equals("bond") && name.equals("miimon") && BondRules.isNone(value)) {
        // Delays are told as multiples of it.
        store.put(store.need(id).with("upDelay", "0s").with("downDelay", "0s"));
      }
      if (kind.equals("bond") && name.equals("mode")) {
        Resource bond = store.need(id);
        store.put(bond.with("miimon", BondRules.miimon(value, bond.get("miimon"))));
      }
    }
  }

  private static boolean isOwn(String kind, String name) {
    DeviceField field = DeviceKinds.field(kind, name);
    return field != null && field.place() == Place.DATA;
  }

  private static int rank(String kind, String name) {
    List<String> order =
        kind.equals("bridge") ? BRIDGE : kind.equals("bond") ? BondRules.ORDER : List.of();
    int rank = order.indexOf(name);
    return isOwn(kind, name) ? (rank < 0 ? order.size() : rank) : 1 + order.size();
  }

  private void check(Resource device, String name, String value) throws RefusedException {
    if (device.get(name).equals(value)) {
      return;
    }
    ResourceId id = device.id();
    String kind = device.get("kind");
    DeviceField field = DeviceKinds.field(kind, name);
    How how = field == null ? How.IN_PLACE : field.change();
    boolean up = store.isUp(id);
    if (kind.equals("bond") && isOwn(kind, name)) {
      BondRules.set(device, name, value);
    }
    RefusedException.when(how == How.RECREATE, Errno.EOPNOTSUPP, name + " can not be changed");
    RefusedException.when(how == How.NEEDS_DOWN && up, Errno.EBUSY, id + " is up");
    boolean full = how == How.NEEDS_EMPTY && !store.ports(id).isEmpty();
    RefusedException.when(full, ENOTEMPTY, id + " has ports");
    RefusedException.when(how == How.NEEDS_EMPTY && up, Errno.EBUSY, id + " is up");
    boolean mode = kind.equals("macvlan") && name.equals("mode");
    boolean passthru = device.get(name).equals("passthru") || value.equals("passthru");
    RefusedException.when(mode && passthru, Errno.EINVAL, "not to or from passthru");
    Resource master = store.under(device, "master");
    boolean none = master == null || !master.get("kind").equals("bridge");
    boolean port = name.startsWith("port.") && none;
    RefusedException.when(port, Errno.EOPNOTSUPP, id + " is no port of a bridge");
    ends(device, name, value);
    Resource below = store.find(ResourceId.deviceIn(id.namespace(), value));
    boolean loop = name.equals("parent") && below != null && rules.isOver(below, device);
    RefusedException.when(loop, Errno.EBUSY, id + " over itself");
    rules.values(device, Map.of(name, value), false);
  }

  /** Whether a tunnel can get another end. */
  private static void ends(Resource device, String name, String value) throws RefusedException {
    String kind = device.get("kind");
    ResourceId id = device.id();
    boolean end = DeviceRules.hasFamily(kind) && (name.equals("remote") || name.equals("local"));
    boolean other = DeviceRules.isIpv6(device) != value.contains(":");
    RefusedException.when(end && other, Errno.EOPNOTSUPP, id + " is of the other family");
    // The device is one between two ends, one to a group, or one to all (ip_tunnel_changelink).
    boolean gre = kind.equals("gre") && name.equals("remote");
    boolean fixed = gre && flags(device.get(name)) != flags(value);
    RefusedException.when(fixed, Errno.EINVAL, id + " has a remote for ever, or never");
  }

  /** IFF_POINTOPOINT, IFF_BROADCAST (linux/if.h) or neither. */
  private static int flags(String remote) {
    if (remote.isEmpty()) {
      return 0;
    }
    int first = Integer.parseInt(remote.substring(0, remote.indexOf('.')));
    return first >= 224 && first < 240 ? 2 : 16;
  }
}
