// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.model;

import dev.plumbline.netlink.libc.Errno;
import dev.plumbline.reconciler.kind.DeviceField;
import dev.plumbline.reconciler.kind.DeviceField.How;
import dev.plumbline.reconciler.kind.DeviceKind;
import dev.plumbline.reconciler.kind.DeviceKinds;
import dev.plumbline.reconciler.live.Capabilities;
import dev.plumbline.reconciler.resource.AddressText;
import dev.plumbline.reconciler.resource.PeerText;
import dev.plumbline.reconciler.resource.Resource;
import dev.plumbline.reconciler.resource.ResourceId;
import dev.plumbline.reconciler.resource.ResourceType;
import dev.plumbline.reconciler.resource.RouteText;
import dev.plumbline.reconciler.resource.SysctlText;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Links (net/core/dev.c, net/core/rtnetlink.c), and what goes with them. */
final class Devices {
  private static final int ENOTEMPTY = 39;
  private static final int ELOOP = 40;

  private final Store store;
  private final Addresses addresses;
  private final Routes routes;
  private final DeviceDefaults defaults;
  private final Capabilities capabilities;

  /** Whom bonds prefer once it is a member, by bond (bond_option_primary_set). */
  private final Map<ResourceId, String> primaries = new HashMap<>();

  Devices(
      Store store,
      Addresses addresses,
      Routes routes,
      DeviceDefaults defaults,
      Capabilities capabilities) {
    this.store = store;
    this.addresses = addresses;
    this.routes = routes;
    this.defaults = defaults;
    this.capabilities = capabilities;
  }

  /**
   * Makes a device, which is down, unmarked and in no master whatever is wanted; of a veth both
   * halves.
   */
  void create(Resource wanted) throws RefusedException {
    ResourceId id = wanted.id();
    store.needNamespace(id.namespace());
    String kind = wanted.get("kind");
    boolean unknown = DeviceKinds.of(kind) == null || capabilities.missingKinds().contains(kind);
    RefusedException.when(unknown, Errno.EOPNOTSUPP, "no driver makes a device of kind " + kind);
    RefusedException.when(store.has(id), Errno.EEXIST, "the name is taken");
    noConflict(wanted);
    if (!wanted.get("parent").isEmpty()) {
      store.need(ResourceId.deviceIn(id.namespace(), wanted.get("parent")));
    }
    SortedMap<String, String> fields = new TreeMap<>(wanted.fields());
    fields.keySet().removeIf(name -> name.equals("primary") || name.startsWith("port."));
    fields.put("up", "false");
    fields.put("master", "");
    if (kind.equals("veth")) {
      ResourceId mate = PeerText.parse(wanted.get("peer"));
      RefusedException.when(store.has(mate), Errno.EEXIST, "the peer's name is taken");
      store.needNamespace(mate.namespace());
      Map<String, String> half = Map.of("kind", "veth", "peer", PeerText.of(id), "up", "false");
      store.put(new Resource(mate, null, half));
      defaults.fill(mate);
    }
    store.put(new Resource(id, null, fields));
    defaults.fill(id);
  }

  private void noConflict(Resource wanted) throws RefusedException {
    DeviceKind kind = DeviceKinds.of(wanted.get("kind"));
    String key = kind == null ? null : kind.conflict().apply(wanted);
    for (Resource other : store.ofType(ResourceType.DEVICE)) {
      boolean same =
          key != null
              && other.id().namespace().equals(wanted.id().namespace())
              && other.get("kind").equals(wanted.get("kind"))
              && key.equals(Objects.requireNonNull(kind).conflict().apply(other));
      RefusedException.when(same, Errno.EEXIST, "it clashes with " + other.id());
    }
  }

  /** Removes a device that a driver made. */
  void delete(ResourceId id) throws RefusedException {
    boolean fixed = store.need(id).get("kind").isEmpty();
    RefusedException.when(fixed, Errno.EOPNOTSUPP, id + " is not to be removed");
    gone(id);
  }

  /** A device goes, as one that is pulled out does. */
  void gone(ResourceId id) {
    Resource device = store.find(id);
    if (device == null) {
      return;
    }
    strip(id);
    store.remove(id);
    primaries.remove(id);
    if (device.get("kind").equals("veth")) {
      gone(PeerText.parse(device.get("peer")));
    }
  }

  /** All that hangs on a device that goes, or moves to another namespace. */
  private void strip(ResourceId id) {
    store.uppers(id).forEach(upper -> gone(upper.id()));
    store.ports(id).forEach(port -> released(port.id()));
    routes.dropOn(id, route -> true);
    for (Resource address : store.addresses(id)) {
      store.remove(address.id());
      routes.dropFrom(id.namespace(), AddressText.local(address.id().key()));
    }
    store.removeIf(
        ResourceType.SYSCTL,
        each ->
            each.id().namespace().equals(id.namespace())
                && SysctlText.device(each.id()).equals(id.device()));
    defaults.left(id);
    store.removeIf(ResourceType.FDB, each -> each.id().ofDevice().equals(id));
  }

  void up(ResourceId id) throws RefusedException {
    Resource device = store.need(id);
    boolean vlan = device.get("kind").equals("vlan");
    Resource parent = store.under(device, "parent");
    boolean below = vlan && parent != null && !parent.get("up").equals("true");
    RefusedException.when(below, Errno.ENETDOWN, "the device below " + id + " is down");
    goUp(id);
  }

  private void goUp(ResourceId id) {
    Resource device = store.find(id);
    if (device == null || device.get("up").equals("true")) {
      return;
    }
    store.put(device.with("up", "true"));
    // VLAN devices follow, whoever took them down (vlan_device_event).
    for (Resource upper : store.uppers(id)) {
      if (upper.get("kind").equals("vlan")) {
        goUp(upper.id());
      }
    }
  }

  void down(ResourceId id) throws RefusedException {
    store.need(id);
    goDown(id);
  }

  private void goDown(ResourceId id) {
    Resource device = store.find(id);
    if (device == null || !device.get("up").equals("true")) {
      return;
    }
    store.put(device.with("up", "false"));
    routes.dropOn(id, route -> true);
    addresses.linkDown(id);
    for (Resource upper : store.uppers(id)) {
      if (upper.get("kind").equals("vlan")) {
        goDown(upper.id());
      }
    }
  }

  void rename(ResourceId id, String name) throws RefusedException {
    Resource device = store.need(id);
    ResourceId to = ResourceId.deviceIn(id.namespace(), name);
    RefusedException.when(store.has(to), Errno.EEXIST, "the name is taken");
    boolean busy = device.get("up").equals("true") && !capabilities.liveRename();
    RefusedException.when(busy, Errno.EBUSY, id + " is up");
    renamed(id, to);
  }

  /** Moves a device to another namespace: it goes down, and loses all that hangs on it. */
  void move(ResourceId id, ResourceId to) throws RefusedException {
    Resource device = store.need(id);
    DeviceKind kind = DeviceKinds.of(device.get("kind"));
    boolean stays = kind != null && kind.staysInNamespace();
    RefusedException.when(stays, Errno.EINVAL, id + " stays in its namespace");
    store.needNamespace(to.namespace());
    RefusedException.when(store.has(to), Errno.EEXIST, "the name is taken there");
    goDown(id);
    strip(id);
    released(id);
    renamed(id, to);
  }

  private void renamed(ResourceId from, ResourceId to) {
    boolean sameNamespace = from.namespace().equals(to.namespace());
    Resource device = Objects.requireNonNull(store.find(from));
    store.renamed(device, to);
    defaults.renamed(from, to);
    for (Resource each : List.copyOf(store.resources())) {
      ResourceId id = each.id();
      if (id.type() == ResourceType.ROUTE) {
        if (sameNamespace && id.namespace().equals(from.namespace())) {
          store.put(RouteText.renamed(each, from.device(), to.device()));
        }
      } else if (id.type() == ResourceType.DEVICE) {
        store.put(pointedTo(each, from, to, sameNamespace));
      } else if (id.type() == ResourceType.SYSCTL) {
        boolean here = sameNamespace && id.namespace().equals(from.namespace());
        if (here && SysctlText.device(id).equals(from.device())) {
          store.remove(id);
          store.put(each.withId(SysctlText.onDevice(id, to.device())));
        }
      } else if (!id.device().isEmpty() && id.ofDevice().equals(from)) {
        store.remove(id);
        store.put(each.withId(id.onDevice(to.device())));
      }
    }
    String primary = primaries.remove(from);
    if (primary != null) {
      primaries.put(to, primary);
    }
  }

  private static Resource pointedTo(
      Resource each, ResourceId from, ResourceId to, boolean sameNamespace) {
    Resource changed = each;
    for (String field : List.of("master", "parent", "primary")) {
      boolean here = sameNamespace && each.id().namespace().equals(from.namespace());
      if (here && each.get(field).equals(from.device())) {
        changed = changed.with(field, to.device());
      }
    }
    boolean mate = each.get("kind").equals("veth") && !each.get("peer").isEmpty();
    return mate && PeerText.parse(each.get("peer")).equals(from)
        ? changed.with("peer", PeerText.of(to))
        : changed;
  }

  /** Lets a device join a bridge, a bond or a VRF, out of the one that it is in. */
  void enslave(ResourceId id, String name) throws RefusedException {
    Resource device = store.need(id);
    ResourceId over = ResourceId.deviceIn(id.namespace(), name);
    Resource master = store.need(over, Errno.EINVAL);
    String kind = master.get("kind");
    if (device.get("master").equals(name)) {
      return;
    }
    released(id);
    boolean takes = kind.equals("bridge") || kind.equals("bond") || kind.equals("vrf");
    RefusedException.when(!takes, Errno.EOPNOTSUPP, over + " takes no ports");
    boolean both = device.get("kind").equals("bridge") && kind.equals("bridge");
    boolean loop = both || id.equals(over);
    RefusedException.when(loop, ELOOP, "a bridge in a bridge");
    boolean up = store.isUp(id);
    RefusedException.when(id.device().equals("lo"), Errno.EINVAL, "lo joins nothing");
    boolean busy = kind.equals("bond") && up;
    RefusedException.when(busy, Errno.EPERM, "a device that is up does not join a bond");
    store.put(Objects.requireNonNull(store.find(id)).with("master", name));
    defaults.fill(id);
    if (kind.equals("bond")) {
      goUp(id);
      prefer(over, primaries.getOrDefault(over, ""));
    } else if (kind.equals("vrf") && up) {
      goDown(id);
      goUp(id);
    }
  }

  void release(ResourceId id) throws RefusedException {
    store.need(id);
    released(id);
  }

  private void released(ResourceId id) {
    Resource device = store.find(id);
    if (device == null || device.get("master").isEmpty()) {
      return;
    }
    Resource master = store.under(device, "master");
    String kind = master == null ? "" : master.get("kind");
    boolean up = store.isUp(id);
    if (kind.equals("bond") || kind.equals("vrf")) {
      goDown(id);
    }
    SortedMap<String, String> fields =
        new TreeMap<>(Objects.requireNonNull(store.find(id)).fields());
    fields.keySet().removeIf(name -> name.startsWith("port."));
    fields.put("master", "");
    store.put(new Resource(id, device.owner(), fields));
    if (!device.get("kind").equals("bridge")) {
      defaults.left(id);
    }
    if (kind.equals("vrf") && up) {
      goUp(id);
    }
    if (master != null && master.get("primary").equals(id.device())) {
      store.put(Objects.requireNonNull(store.find(master.id())).with("primary", ""));
    }
  }

  /** Sets fields of a device, all of them or none. */
  void set(ResourceId id, Map<String, String> values) throws RefusedException {
    Resource device = store.need(id);
    String kind = device.get("kind");
    Resource changed = device;
    for (Map.Entry<String, String> each : values.entrySet()) {
      String name = each.getKey();
      if (device.get(name).equals(each.getValue())) {
        continue;
      }
      DeviceField field = DeviceKinds.field(kind, name);
      How how = field == null ? How.IN_PLACE : field.change();
      boolean up = store.isUp(id);
      RefusedException.when(how == How.RECREATE, Errno.EOPNOTSUPP, name + " can not be changed");
      RefusedException.when(how == How.NEEDS_DOWN && up, Errno.EBUSY, id + " is up");
      boolean full = how == How.NEEDS_EMPTY && !store.ports(id).isEmpty();
      RefusedException.when(full, ENOTEMPTY, id + " has ports");
      RefusedException.when(how == How.NEEDS_EMPTY && up, Errno.EBUSY, id + " is up");
      boolean port = name.startsWith("port.") && device.get("master").isEmpty();
      RefusedException.when(port, Errno.EOPNOTSUPP, id + " is no port");
      if (!(kind.equals("bond") && name.equals("primary"))) {
        changed = changed.with(name, each.getValue());
      }
    }
    store.put(changed);
    defaults.vlans(id);
    String primary = values.get("primary");
    if (kind.equals("bond") && primary != null) {
      primaries.put(id, primary);
      prefer(id, primary);
    }
  }

  /** A bond prefers only who is a member of it. */
  private void prefer(ResourceId bond, String primary) {
    Resource device = Objects.requireNonNull(store.find(bond));
    Resource member = store.find(ResourceId.deviceIn(bond.namespace(), primary));
    boolean isMember = member != null && member.get("master").equals(bond.device());
    store.put(device.with("primary", isMember ? primary : ""));
  }

  /** Sets the alias, which is plumbline's mark. */
  void mark(ResourceId id, @Nullable String owner) throws RefusedException {
    store.put(store.need(id).withOwner(owner));
  }
}
