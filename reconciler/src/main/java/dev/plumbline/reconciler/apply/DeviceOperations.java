// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.apply;

import dev.plumbline.netlink.namespace.Sysctl;
import dev.plumbline.netlink.route.Link;
import dev.plumbline.netlink.route.LinkBuilder;
import dev.plumbline.netlink.route.Veth;
import dev.plumbline.netlink.socket.Request;
import dev.plumbline.netlink.wire.AttributeMap;
import dev.plumbline.reconciler.embedded.Leg;
import dev.plumbline.reconciler.kind.DeviceField;
import dev.plumbline.reconciler.kind.DeviceField.How;
import dev.plumbline.reconciler.kind.DeviceField.Place;
import dev.plumbline.reconciler.kind.DeviceKind;
import dev.plumbline.reconciler.kind.DeviceKinds;
import dev.plumbline.reconciler.kind.Text.Names;
import dev.plumbline.reconciler.live.LiveReader;
import dev.plumbline.reconciler.live.LiveState;
import dev.plumbline.reconciler.live.Sockets;
import dev.plumbline.reconciler.plan.Change;
import dev.plumbline.reconciler.plan.FieldChange;
import dev.plumbline.reconciler.plan.Plan;
import dev.plumbline.reconciler.resource.PeerText;
import dev.plumbline.reconciler.resource.Resource;
import dev.plumbline.reconciler.resource.ResourceId;
import dev.plumbline.reconciler.resource.ResourceType;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;

/** Requests for devices. */
final class DeviceOperations {
  /** Fewer are deleted one by one. */
  private static final int GROUP_WORTH = 8;

  /** Bridges in a group at most: two thirds of a second at 17 ms each (docs/kernel-facts.md). */
  private static final int GROUP_BRIDGES = 40;

  private static final String BOND = "bond";
  private static final String BRIDGE = "bridge";

  /** ETH_MIN_MTU (linux/if_ether.h), bytes. */
  private static final long MIN_BRIDGE_MTU = 68;

  private final LiveState live;
  private final Sockets sockets;
  private final Indexes indexes;

  /** Kinds of devices, those included that are about to be made. */
  private final Map<ResourceId, String> kinds = new HashMap<>();

  /** Devices whose VLANs are set after they join a bridge; until then they stay down. */
  private final Set<ResourceId> awaitVlans = new HashSet<>();

  private final Set<ResourceId> delayed = new HashSet<>();

  /** Devices that are gone, or made, along with the other half of a veth. */
  private final Set<ResourceId> goneWithMate = new HashSet<>();

  private final Set<ResourceId> madeWithMate = new HashSet<>();

  /** Devices that the plan lets join a master, or get their name, and that have not done so yet. */
  private final Set<ResourceId> joining = new HashSet<>();

  /** By member: the bond that has to be told to prefer it once it is in it. */
  private final Map<ResourceId, String> primaries = new HashMap<>();

  private final RenamedMembers renamedMembers;

  /** What is there now of the devices that are made anew, by what they will be. */
  private final Map<ResourceId, Resource> remade = new HashMap<>();

  private final Map<ResourceId, DoomedGroup> doomed = new HashMap<>();

  /** Devices of one namespace that are deleted by one request. */
  private static final class DoomedGroup {
    final long number = ThreadLocalRandom.current().nextLong(1L << 30, 1L << 31);
    int bridges;
    int left;
  }

  DeviceOperations(Plan plan, LiveState live, Sockets sockets, Indexes indexes) {
    this.live = live;
    this.sockets = sockets;
    this.indexes = indexes;
    this.renamedMembers = new RenamedMembers(plan, live);
    for (Resource device : live.ofType(ResourceType.DEVICE)) {
      kinds.put(device.id(), device.get("kind"));
    }
    for (Change change : plan.changes()) {
      Resource wanted = change.after();
      if (change.id().type() == ResourceType.VLANS) {
        awaitVlans.add(change.id().ofDevice());
      } else if (change.id().type() == ResourceType.DEVICE && wanted != null) {
        kinds.put(wanted.id(), wanted.get("kind"));
        if (!(change instanceof Change.Modify modify)
            || modify.changes("master")
            || !modify.live().id().equals(wanted.id())) {
          joining.add(wanted.id());
        }
        if (change instanceof Change.Recreate recreate) {
          remade.put(wanted.id(), recreate.live());
        }
      }
    }
    gather(plan);
  }

  /**
   * Deleting devices one by one costs the kernel a grace period each; a group of them costs one
   * (rtnl_group_dellink, net/core/rtnetlink.c). Only deletions that nothing comes between can be
   * gathered. A bridge takes one of its own whatever is done, and the kernel keeps the lock of all
   * of rtnetlink meanwhile: so that others get their turn, a group has not many of them.
   */
  private void gather(Plan plan) {
    Map<String, List<Change.Delete>> together = new HashMap<>();
    for (Change change : plan.changes()) {
      boolean deletion =
          change instanceof Change.Delete && change.id().type() == ResourceType.DEVICE;
      if (deletion && !((Change.Delete) change).implied()) {
        together
            .computeIfAbsent(change.id().namespace(), namespace -> new ArrayList<>())
            .add((Change.Delete) change);
      } else if (!deletion && !together.isEmpty()) {
        break;
      }
    }
    for (List<Change.Delete> deletions : together.values()) {
      if (deletions.size() >= GROUP_WORTH) {
        group(deletions);
      }
    }
  }

  private void group(List<Change.Delete> deletions) {
    DoomedGroup group = new DoomedGroup();
    for (Change.Delete deletion : deletions) {
      boolean bridge = deletion.live().get("kind").equals(BRIDGE);
      if (bridge && group.bridges == GROUP_BRIDGES) {
        group = new DoomedGroup();
      }
      group.bridges += bridge ? 1 : 0;
      group.left++;
      doomed.put(deletion.id(), group);
    }
  }

  List<Operation> of(Change change) throws IOException {
    List<Operation> operations = new ArrayList<>();
    if (change instanceof Change.Create create) {
      make(create.wanted(), operations);
    } else if (change instanceof Change.Modify modify) {
      modify(modify, operations);
    } else if (change instanceof Change.Recreate recreate) {
      if (!goneWithMate.contains(recreate.live().id())) {
        remove(recreate.live(), operations);
      }
      make(recreate.wanted(), operations);
    } else if (change instanceof Change.Delete delete) {
      boolean gone = delete.implied() || goneWithMate.contains(delete.id());
      DoomedGroup group = doomed.get(delete.id());
      if (group != null) {
        removeWithGroup(delete.live(), group, operations);
      } else if (!gone) {
        remove(delete.live(), operations);
      }
    }
    return operations;
  }

  private static Operation.Netlink ask(String namespace, Request request) {
    return new Operation.Netlink(namespace, request, false);
  }

  private void remove(Resource device, List<Operation> operations) {
    operations.add(
        new Operation.Netlink(device.id().namespace(), Link.delete(indexes.of(device.id())), true));
    forget(device);
  }

  private void removeWithGroup(Resource device, DoomedGroup group, List<Operation> operations) {
    String namespace = device.id().namespace();
    operations.add(
        new Operation.Netlink(
            namespace, Link.setGroup(indexes.of(device.id()), group.number), true));
    forget(device);
    if (--group.left == 0) {
      operations.add(new Operation.Netlink(namespace, Link.deleteGroup(group.number), true));
    }
  }

  private void forget(Resource device) {
    indexes.remove(device.id());
    if (device.get("kind").equals("veth")) {
      goneWithMate.add(PeerText.parse(device.get("peer")));
    }
  }

  private void make(Resource wanted, List<Operation> operations) throws IOException {
    ResourceId id = wanted.id();
    if (!madeWithMate.contains(id)) {
      LinkBuilder builder = newDevice(wanted);
      if (wanted.get("kind").equals("veth")) {
        ResourceId peer = PeerText.parse(wanted.get("peer"));
        Resource inTheWay = remade.get(peer);
        if (inTheWay != null && !goneWithMate.contains(inTheWay.id())) {
          remove(inTheWay, operations);
          goneWithMate.add(inTheWay.id());
        }
        LinkBuilder mate = Link.named(peer.device()).newIndex(newIndex(peer));
        if (!peer.namespace().equals(id.namespace())) {
          mate.namespace(sockets.namespace(peer.namespace()));
        }
        builder.data(Veth.PEER, mate.build());
        madeWithMate.add(peer);
      }
      int marked = wanted.owner() == null ? 0 : indexes.of(id);
      operations.add(new Operation.Netlink(id.namespace(), Link.create(builder), false, marked, 0));
    }
    finish(wanted, operations);
  }

  private int newIndex(ResourceId device) {
    int index = indexes.next(device.namespace());
    indexes.put(device, index);
    return index;
  }

  /**
   * What the kernel takes at creation; it ignores the alias there, and wants bonds' members down.
   */
  private LinkBuilder newDevice(Resource wanted) {
    ResourceId id = wanted.id();
    Names names = indexes.in(id.namespace());
    int index = newIndex(id);
    DeviceKind kind = DeviceKinds.of(wanted.get("kind"));
    if (kind == null) {
      throw new IllegalArgumentException("can not make a device of kind " + wanted.get("kind"));
    }
    AttributeMap top = AttributeMap.EMPTY;
    AttributeMap data = AttributeMap.EMPTY;
    for (Map.Entry<String, String> entry : wanted.fields().entrySet()) {
      DeviceField field = DeviceKinds.field(kind.name(), entry.getKey());
      boolean given =
          entry.getValue().isEmpty()
              || (field != null && entry.getValue().equals(field.kernelDefault()));
      if (field == null || given) {
        continue;
      }
      if (kind.name().equals(BOND) && field.name().equals("primary")) {
        primaries.put(ResourceId.deviceIn(id.namespace(), entry.getValue()), id.device());
      } else if (field.place() == Place.LINK) {
        top = field.writer().write(top, entry.getValue(), names);
      } else if (field.place() == Place.DATA) {
        data = field.writer().write(data, entry.getValue(), names);
      }
    }
    Long mtu = top.get(Link.MTU);
    if (kind.name().equals(BRIDGE) && mtu != null) {
      // Only a later change counts as the user's wish; else the next port changes it again.
      top = top.with(Link.MTU, mtu > MIN_BRIDGE_MTU ? mtu - 1 : mtu + 1);
    }
    return Link.named(id.device())
        .attributes(top.with(Link.IFNAME, id.device()))
        .newIndex(index)
        .kind(kind.name())
        .data(data);
  }

  /** What comes after creation: the mark, the master, its settings as a port, and up at last. */
  private void finish(Resource wanted, List<Operation> operations) {
    ResourceId id = wanted.id();
    int index = indexes.of(id);
    AttributeMap top = AttributeMap.EMPTY;
    for (DeviceField field : DeviceKinds.COMMON) {
      boolean late =
          madeWithMate.contains(id)
              || (wanted.get("kind").equals(BRIDGE) && field.name().equals("mtu"));
      if (late && !wanted.get(field.name()).isEmpty()) {
        top = field.writer().write(top, wanted.get(field.name()), Names.none());
      }
    }
    LinkBuilder late = Link.at(index).attributes(top);
    if (wanted.owner() != null) {
      late.alias(LiveReader.MARK + wanted.owner());
    }
    if (Leg.isOne(id.device())) {
      operations.add(quiet(id));
    }
    if (wanted.get("master").isEmpty() && wanted.get("up").equals("true")) {
      // Every message costs the kernel a notification. Not so with a master: before Linux 5.16 the
      // device went up first, which a bond refuses.
      operations.add(
          new Operation.Netlink(id.namespace(), Link.change(late.up()), false, 0, index));
      return;
    }
    operations.add(new Operation.Netlink(id.namespace(), Link.change(late), false, 0, index));
    join(wanted, operations);
    up(wanted, operations);
  }

  /**
   * Nothing of the host's own shall talk on the switch's half of a pair: it gets no link-local
   * address (IN6_ADDR_GEN_MODE_NONE, linux/if_link.h). To be told before it goes up.
   */
  private Operation quiet(ResourceId leg) {
    return new Operation.Call(
        "keep " + leg + " quiet",
        () ->
            sockets.runIn(
                leg.namespace(),
                () -> {
                  try {
                    Sysctl.write("net.ipv6.conf." + leg.device() + ".addr_gen_mode", "1");
                  } catch (NoSuchFileException e) {
                    return false; // no IPv6 here, or not with so small an MTU
                  }
                  return true;
                }));
  }

  private void join(Resource wanted, List<Operation> operations) {
    String namespace = wanted.id().namespace();
    int index = indexes.of(wanted.id());
    joining.remove(wanted.id());
    if (!wanted.get("master").isEmpty()) {
      ResourceId master = ResourceId.deviceIn(namespace, wanted.get("master"));
      if (renamedMembers.forgets(wanted)) {
        operations.add(primary(namespace, indexes.of(master), ""));
      }
      operations.add(ask(namespace, Link.enslave(index, indexes.of(master))));
      prefer(wanted.id(), operations);
      portSettings(wanted, wanted.fields().keySet(), operations);
    }
  }

  /** Tells the bond that waits for this device to be its member under this name. */
  private void prefer(ResourceId member, List<Operation> operations) {
    String bond = primaries.remove(member);
    if (bond != null) {
      int index = indexes.of(ResourceId.deviceIn(member.namespace(), bond));
      operations.add(primary(member.namespace(), index, member.device()));
    }
  }

  private Operation primary(String namespace, int bond, String member) {
    DeviceField field = DeviceKinds.field(BOND, "primary");
    if (field == null) {
      throw new IllegalStateException("a bond has no primary");
    }
    AttributeMap data = field.writer().write(AttributeMap.EMPTY, member, indexes.in(namespace));
    return ask(namespace, Link.change(Link.at(bond).kind(BOND).data(data)));
  }

  private void portSettings(Resource wanted, Set<String> names, List<Operation> operations) {
    AttributeMap port = AttributeMap.EMPTY;
    for (String name : names) {
      DeviceField field = DeviceKinds.field("", name);
      if (field != null && field.place() == Place.PORT && !wanted.get(name).isEmpty()) {
        port = field.writer().write(port, wanted.get(name), Names.none());
      }
    }
    if (!port.isEmpty()) {
      operations.add(
          ask(
              wanted.id().namespace(),
              Link.change(Link.at(indexes.of(wanted.id())).slaveKind("bridge").slaveData(port))));
    }
  }

  private void up(Resource wanted, List<Operation> operations) {
    if (wanted.get("up").equals("false") && isBond(wanted)) {
      // A bond sets up whom it takes (bond_enslave).
      operations.add(ask(wanted.id().namespace(), Link.setDown(indexes.of(wanted.id()))));
    }
    if (!wanted.get("up").equals("true")) {
      return;
    }
    if (awaitVlans.contains(wanted.id()) && !wanted.get("master").isEmpty()) {
      delayed.add(wanted.id());
      return;
    }
    operations.add(ask(wanted.id().namespace(), Link.setUp(indexes.of(wanted.id()))));
  }

  /** Sets a device up that was waiting for its VLANs. */
  List<Operation> delayedUp(ResourceId device) {
    return delayed.remove(device)
        ? List.of(ask(device.namespace(), Link.setUp(indexes.of(device))))
        : List.of();
  }

  private void modify(Change.Modify change, List<Operation> operations) throws IOException {
    Resource from = change.live();
    Resource to = change.wanted();
    String namespace = from.id().namespace();
    int index = indexes.of(from.id());
    boolean wasUp = from.get("up").equals("true");
    boolean emptied = has(change, How.NEEDS_EMPTY);
    boolean renames = !from.id().device().equals(to.id().device());
    boolean moves = !namespace.equals(to.id().namespace());
    boolean joins = change.changes("master");
    boolean down =
        wasUp
            && !moves
            && (emptied
                || has(change, How.NEEDS_DOWN)
                || change.changes("up")
                || (renames && !live.capabilities().liveRename())
                || (joins && (renamedMembers.isInBond(from) || isBond(to))));
    if (emptied) {
      for (ResourceId port : portsOf(from.id())) {
        operations.add(ask(namespace, Link.release(indexes.of(port))));
      }
    }
    boolean rejoinsBond = joins && !from.get("master").isEmpty() && !moves;
    if (rejoinsBond) {
      operations.add(ask(namespace, Link.release(index)));
    }
    if (down) {
      operations.add(ask(namespace, Link.setDown(index)));
    }
    if (moves) {
      int there = indexes.next(to.id().namespace());
      operations.add(
          ask(
              namespace,
              Link.moveTo(index, sockets.namespace(to.id().namespace()), to.id().device(), there)));
      indexes.move(from.id(), to.id(), there);
    } else if (renames) {
      operations.add(ask(namespace, Link.rename(index, to.id().device())));
      indexes.move(from.id(), to.id(), index);
      RenamedMembers.Preference preferred = renamedMembers.preferred(from, to);
      Integer bond = preferred == null ? null : live.indexes().get(preferred.bond());
      if (preferred != null && bond != null) {
        operations.add(primary(namespace, bond, preferred.member()));
      }
    }
    kinds.put(to.id(), to.get("kind"));
    settings(change, operations);
    if (joins || (moves && !to.get("master").isEmpty())) {
      join(to, operations);
    } else {
      joining.remove(to.id());
      prefer(to.id(), operations);
      portSettings(to, names(change), operations);
    }
    if (down || moves || change.changes("up")) {
      up(to, operations);
    }
  }

  private static Set<String> names(Change.Modify change) {
    Set<String> names = new HashSet<>();
    change.fields().forEach(field -> names.add(field.name()));
    return names;
  }

  private boolean isBond(Resource port) {
    ResourceId master = ResourceId.deviceIn(port.id().namespace(), port.get("master"));
    return BOND.equals(kinds.get(master));
  }

  private List<ResourceId> portsOf(ResourceId master) {
    List<ResourceId> ports = new ArrayList<>();
    for (Resource device : live.ofType(ResourceType.DEVICE)) {
      if (device.id().namespace().equals(master.namespace())
          && device.get("master").equals(master.device())) {
        ports.add(device.id());
      }
    }
    return ports;
  }

  private static boolean has(Change.Modify change, How how) {
    for (FieldChange changed : change.fields()) {
      DeviceField field = DeviceKinds.field(change.wanted().get("kind"), changed.name());
      if (field != null && field.change() == how) {
        return true;
      }
    }
    return false;
  }

  /**
   * Whether it is a bond's preference for a device that is not in it, or not there, before later.
   */
  private boolean awaitsMember(Resource bond, FieldChange changed) {
    ResourceId member = ResourceId.deviceIn(bond.id().namespace(), changed.after());
    boolean awaits = changed.name().equals("primary") && joining.contains(member);
    if (awaits) {
      primaries.put(member, bond.id().device());
    }
    return awaits;
  }

  /** The device's own settings: those that change, or all where the kernel resets the others. */
  private void settings(Change.Modify change, List<Operation> operations) {
    Resource to = change.wanted();
    Names names = indexes.in(to.id().namespace());
    DeviceKind kind = DeviceKinds.of(to.get("kind"));
    AttributeMap top = AttributeMap.EMPTY;
    AttributeMap data = AttributeMap.EMPTY;
    boolean setsOwn = false;
    for (FieldChange changed : change.fields()) {
      DeviceField field = DeviceKinds.field(to.get("kind"), changed.name());
      if (field == null || awaitsMember(to, changed)) {
        continue;
      }
      if (field.place() == Place.LINK) {
        top = field.writer().write(top, changed.after(), names);
      } else if (field.place() == Place.DATA) {
        setsOwn = true; // also what is taken away by leaving it out
        data = field.writer().write(data, changed.after(), names);
      }
    }
    if (kind != null && kind.setsAll() && setsOwn) {
      data = AttributeMap.EMPTY;
      for (DeviceField field : kind.fields()) {
        data = field.writer().write(data, to.get(field.name()), names);
      }
    }
    int index = indexes.of(to.id());
    LinkBuilder builder = Link.at(index).attributes(top);
    if (kind != null && !data.isEmpty()) {
      LinkBuilder own = top.isEmpty() ? builder : Link.at(index);
      own.kind(kind.name()).data(data);
      if (!top.isEmpty()) {
        // vxlan takes no MTU along with anything of its own (vxlan_nl2conf: EOPNOTSUPP).
        operations.add(ask(to.id().namespace(), Link.change(own)));
        data = AttributeMap.EMPTY;
      }
    }
    if (change.changes("owner") && to.owner() != null) {
      builder.alias(LiveReader.MARK + to.owner());
    }
    if (!top.isEmpty() || !data.isEmpty() || change.changes("owner")) {
      operations.add(ask(to.id().namespace(), Link.change(builder)));
    }
  }
}
