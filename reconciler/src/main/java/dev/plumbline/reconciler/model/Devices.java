// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.model;

import dev.plumbline.netlink.libc.Errno;
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
  private final Store store;
  private final Addresses addresses;
  private final Routes routes;
  private final DeviceDefaults defaults;
  private final Capabilities capabilities;
  private final DeviceRules rules;
  private final Settings settings;
  private final Parents parents;

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
    this.parents = new Parents(store);
    this.rules = new DeviceRules(store, parents, capabilities);
    this.settings = new Settings(store, rules);
    for (Resource bond : store.ofType(ResourceType.DEVICE)) {
      if (!bond.get("primary").isEmpty()) {
        primaries.put(bond.id(), bond.get("primary"));
      }
    }
  }

  /**
   * Makes a device, which is down, unmarked and in no master whatever is wanted; of a veth both
   * halves.
   */
  void create(Resource wanted) throws RefusedException {
    ResourceId id = wanted.id();
    store.needNamespace(id.namespace());
    String kind = wanted.get("kind");
    rules.make(wanted);
    SortedMap<String, String> fields = new TreeMap<>(wanted.fields());
    fields.keySet().removeIf(name -> name.equals("primary") || name.startsWith("port."));
    fields.put("up", "false");
    fields.put("master", "");
    Resource parent = store.under(wanted, "parent");
    if (parent != null) {
      fields.put("parent", parents.over(id, rules.lowest(wanted, parent).id()));
    }
    if (kind.equals("veth")) {
      ResourceId mate = PeerText.parse(wanted.get("peer"));
      Map<String, String> half = Map.of("kind", "veth", "peer", PeerText.of(id), "up", "false");
      store.put(new Resource(mate, null, half));
      defaults.fill(mate);
    }
    store.put(new Resource(id, null, fields));
    defaults.fill(id);
    if (!wanted.get("mac").isEmpty()) {
      rules.addressed(id);
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
    parents.uppers(id).forEach(upper -> gone(upper.id()));
    strip(id);
    Resource master = store.under(device, "master");
    store.remove(id);
    if (master != null) {
      rules.left(master);
      preferNoMore(master, id);
    }
    parents.gone(id);
    primaries.remove(id);
    if (device.get("kind").equals("veth")) {
      gone(PeerText.parse(device.get("peer")));
    }
  }

  /** All that hangs on a device that goes, or moves to another namespace. */
  private void strip(ResourceId id) {
    store.ports(id).forEach(port -> released(port.id()));
    routes.gone(id);
    for (Resource address : store.addresses(id)) {
      store.remove(address.id());
      routes.dropFrom(id.namespace(), AddressText.local(address.id().key()));
    }
    dropSysctls(id);
    defaults.left(id);
    store.removeIf(ResourceType.FDB, each -> each.id().ofDevice().equals(id));
  }

  private void dropSysctls(ResourceId id) {
    store.removeIf(
        ResourceType.SYSCTL,
        each ->
            each.id().namespace().equals(id.namespace())
                && SysctlText.device(each.id()).equals(id.device()));
  }

  void up(ResourceId id) throws RefusedException {
    Resource device = store.need(id);
    boolean vlan = device.get("kind").equals("vlan");
    Resource parent = parents.under(device);
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
    routes.up(id);
    // VLAN devices follow, whoever took them down (vlan_device_event).
    for (Resource upper : parents.uppers(id)) {
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
    routes.down(id);
    addresses.linkDown(id);
    for (Resource upper : parents.uppers(id)) {
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
    store.needNamespace(to.namespace());
    rules.leave(device);
    // It moves under the name that it has, if nobody has that there, and is renamed then.
    ResourceId there = ResourceId.deviceIn(to.namespace(), id.device());
    ResourceId first = store.has(there) ? to : there;
    RefusedException.when(store.has(first), Errno.EEXIST, "the name is taken there");
    goDown(id);
    for (Resource upper : store.uppers(id)) {
      if (!Parents.liveOn(upper)) {
        gone(upper.id());
      }
    }
    strip(id);
    released(id);
    parents.parting(id);
    renamed(id, first);
    if (!first.equals(to)) {
      RefusedException.when(store.has(to), Errno.EEXIST, "the name is taken there");
      renamed(first, to);
    }
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
          store.renamed(each, SysctlText.onDevice(id, to.device()));
        }
      } else if (!id.device().isEmpty() && id.ofDevice().equals(from)) {
        store.renamed(each, id.onDevice(to.device()));
      }
    }
    parents.renamed(from, to);
    addresses.renamed(to);
    String primary = primaries.remove(from);
    if (primary != null) {
      primaries.put(to, primary);
    }
    preferByName(from, to);
  }

  /** A bond knows by name whom it prefers, and no more under another (bond_slave_netdev_event). */
  private void preferByName(ResourceId from, ResourceId to) {
    Resource bond = store.under(Objects.requireNonNull(store.find(to)), "master");
    if (bond == null || !bond.get("kind").equals("bond") || !BondRules.prefers(bond)) {
      return;
    }
    if (bond.get("primary").equals(from.device())) {
      store.put(bond.with("primary", ""));
    } else if (to.device().equals(primaries.get(bond.id()))) {
      store.put(bond.with("primary", to.device()));
    }
  }

  private static Resource pointedTo(
      Resource each, ResourceId from, ResourceId to, boolean sameNamespace) {
    Resource changed = each;
    for (String field : List.of("master", "parent")) {
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
    rules.join(Objects.requireNonNull(store.find(id)), master);
    boolean up = store.isUp(id);
    store.put(Objects.requireNonNull(store.find(id)).with("master", name));
    rules.joined(over);
    defaults.fill(id);
    if (kind.equals("bond")) {
      goUp(id);
      // By the name that it was told once, maybe in another mode (bond_enslave).
      if (BondRules.prefers(master) && id.device().equals(primaries.get(over))) {
        prefer(over, id.device());
      }
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
    if (master != null) {
      rules.left(master);
    }
    if (!device.get("kind").equals("bridge")) {
      defaults.left(id);
    }
    if (kind.equals("vrf") && up) {
      goUp(id);
    }
    if (master != null) {
      preferNoMore(master, id);
    }
  }

  /** Whoever is no member any more is not preferred (__bond_release_one). */
  private void preferNoMore(Resource master, ResourceId member) {
    Resource bond = store.find(master.id());
    if (bond != null && bond.get("primary").equals(member.device())) {
      store.put(bond.with("primary", ""));
    }
  }

  /** Sets fields of a device, up to the first that is refused. */
  void set(ResourceId id, Map<String, String> values) throws RefusedException {
    try {
      settings.set(id, values);
    } finally {
      if (store.has(id)) {
        follow(id);
      }
    }
    if (values.containsKey("mac")) {
      rules.addressed(id);
    }
    String primary = values.get("primary");
    if (primary != null && Objects.requireNonNull(store.find(id)).get("kind").equals("bond")) {
      primaries.put(id, primary);
      prefer(id, primary);
    }
  }

  /** What goes with the fields that a device has now. */
  private void follow(ResourceId id) {
    Resource device = Objects.requireNonNull(store.find(id));
    if (device.get("kind").equals("vxlan")) {
      // What is sent to the device's own remote is no entry beside it.
      store.remove(
          ResourceId.fdb(id.namespace(), id.device(), Others.ANY_MAC + device.get("remote")));
    }
    tooSmall(id, device.get("mtu"));
    defaults.vlans(id);
  }

  /** Below a size there is no IPv6, and below a smaller one no IPv4. */
  private void tooSmall(ResourceId id, String mtu) {
    if (!mtu.isEmpty() && Integer.parseInt(mtu) < DeviceRules.MIN_IPV6_MTU) {
      addresses.linkDown(id);
      routes.goneFromIpv6(id);
    }
    if (!mtu.isEmpty() && Integer.parseInt(mtu) < DeviceRules.MIN_MTU) {
      store.addresses(id).forEach(each -> store.remove(each.id()));
      routes.gone(id);
      dropSysctls(id);
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
