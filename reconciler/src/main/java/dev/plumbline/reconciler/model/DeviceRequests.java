// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.model;

import dev.plumbline.netlink.libc.Errno;
import dev.plumbline.reconciler.apply.RenamedMembers;
import dev.plumbline.reconciler.kind.DeviceField;
import dev.plumbline.reconciler.kind.DeviceField.How;
import dev.plumbline.reconciler.kind.DeviceField.Place;
import dev.plumbline.reconciler.kind.DeviceKinds;
import dev.plumbline.reconciler.live.LiveState;
import dev.plumbline.reconciler.plan.Change;
import dev.plumbline.reconciler.plan.FieldChange;
import dev.plumbline.reconciler.plan.Plan;
import dev.plumbline.reconciler.resource.PeerText;
import dev.plumbline.reconciler.resource.Resource;
import dev.plumbline.reconciler.resource.ResourceId;
import dev.plumbline.reconciler.resource.ResourceType;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;

/** The requests that changes of devices take, in the order in which the applier makes them. */
final class DeviceRequests {
  private final Asking asking;
  private final Devices devices;
  private final Handles handles;
  private final LiveState live;

  /** Devices that are gone, or made, along with the other half of a veth. */
  private final Set<ResourceId> goneWithMate = new HashSet<>();

  private final Set<ResourceId> madeWithMate = new HashSet<>();

  /** Devices that the plan lets join a master, or get their name, and that have not done so yet. */
  private final Set<ResourceId> joining = new HashSet<>();

  /** By member: the bond that has to be told to prefer it once it is in it. */
  private final Map<ResourceId, ResourceId> primaries = new HashMap<>();

  private final RenamedMembers renamedMembers;
  private final Map<ResourceId, Resource> remade = new HashMap<>();
  private final Map<ResourceId, String> kinds = new HashMap<>();

  /** Devices that were made and do not bear their mark yet. */
  private final Set<ResourceId> unmarked = new LinkedHashSet<>();

  DeviceRequests(Asking asking, Devices devices, Handles handles, Plan plan, LiveState live) {
    this.asking = asking;
    this.devices = devices;
    this.handles = handles;
    this.live = live;
    this.renamedMembers = new RenamedMembers(plan, live);
    live.ofType(ResourceType.DEVICE).forEach(each -> kinds.put(each.id(), each.get("kind")));
    for (Change change : plan.changes()) {
      Resource wanted = change.after();
      if (change.id().type() == ResourceType.DEVICE && wanted != null) {
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
  }

  void take(Change change) {
    if (!asking.isReady(() -> refersToKnown(change))) {
      return;
    }
    if (change instanceof Change.Create create) {
      make(create.wanted());
    } else if (change instanceof Change.Modify modify) {
      modify(modify);
    } else if (change instanceof Change.Recreate recreate) {
      if (!goneWithMate.contains(recreate.live().id())) {
        remove(recreate.live());
      }
      make(recreate.wanted());
    } else if (change instanceof Change.Delete delete) {
      if (!delete.implied() && !goneWithMate.contains(delete.id())) {
        remove(delete.live());
      }
    }
  }

  /** The applier makes all requests of a change before it asks for the first one. */
  private void refersToKnown(Change change) throws RefusedException {
    Resource before = change.before();
    Resource wanted = change.after();
    if (change instanceof Change.Modify || (before != null && isToRemove(change))) {
      handles.need(Objects.requireNonNull(before).id());
    }
    boolean modifies = change instanceof Change.Modify;
    if (wanted == null) {
      return;
    }
    if (before != null && !before.id().namespace().equals(wanted.id().namespace())) {
      handles.needNamespace(wanted.id().namespace());
    }
    for (String field : List.of("master", "parent", "primary")) {
      String name = wanted.get(field);
      ResourceId other = ResourceId.deviceIn(wanted.id().namespace(), name);
      boolean named = modifies ? ((Change.Modify) change).changes(field) : !field.equals("primary");
      // A bond is told of a member that is still to come when that has joined.
      boolean later = field.equals("primary") && joining.contains(other);
      // It is known of itself, and of its other half, before it is made.
      boolean made = !modifies && (other.equals(wanted.id()) || isMate(wanted, other));
      if (named && !later && !made && !name.isEmpty()) {
        handles.need(other);
        // By then it is that no more, for it gets another name first.
        if (modifies
            && other.equals(Objects.requireNonNull(before).id())
            && !other.equals(wanted.id())) {
          throw new RefusedException(Errno.ENODEV, "there is no " + other, false);
        }
      }
    }
  }

  private static boolean isMate(Resource veth, ResourceId other) {
    return veth.get("kind").equals("veth") && PeerText.parse(veth.get("peer")).equals(other);
  }

  private boolean isToRemove(Change change) {
    boolean implied = change instanceof Change.Delete delete && delete.implied();
    return !implied && !goneWithMate.contains(Objects.requireNonNull(change.before()).id());
  }

  private void remove(Resource device) {
    asking.askToRemove("delete link " + device.id(), () -> delete(device.id()));
    if (device.get("kind").equals("veth")) {
      goneWithMate.add(PeerText.parse(device.get("peer")));
    }
  }

  private void delete(ResourceId id) throws RefusedException {
    ResourceId now = handles.now(id);
    handles.forget(id);
    devices.delete(now);
  }

  private void make(Resource wanted) {
    ResourceId id = wanted.id();
    if (!madeWithMate.contains(id)) {
      if (wanted.get("kind").equals("veth")) {
        ResourceId peer = PeerText.parse(wanted.get("peer"));
        Resource inTheWay = remade.get(peer);
        if (inTheWay != null && !goneWithMate.contains(inTheWay.id())) {
          remove(inTheWay);
          goneWithMate.add(inTheWay.id());
        }
        madeWithMate.add(peer);
        handles.about(peer);
      }
      handles.about(id);
      String primary = wanted.get("primary");
      if (!primary.isEmpty()) {
        primaries.put(ResourceId.deviceIn(id.namespace(), primary), id);
      }
      boolean made = asking.ask("create link " + id, () -> create(wanted));
      if (made && wanted.owner() != null) {
        unmarked.add(id);
      }
    }
    Map<String, String> late = new TreeMap<>();
    for (DeviceField field : DeviceKinds.COMMON) {
      if (madeWithMate.contains(id) && !wanted.get(field.name()).isEmpty()) {
        late.put(field.name(), wanted.get(field.name()));
      }
    }
    boolean marked =
        asking.ask(
            "change link " + id,
            () -> {
              ResourceId now = handles.now(id);
              devices.set(now, late);
              if (wanted.owner() != null) {
                devices.mark(now, wanted.owner());
              }
            });
    if (marked) {
      unmarked.remove(id);
    }
    join(wanted);
    up(wanted);
  }

  /** Removes what was made and could not be marked. */
  void removeUnmarked() {
    for (ResourceId id : unmarked) {
      asking.askAllTheSame("delete link " + id, () -> devices.delete(handles.now(id)));
    }
  }

  private void create(Resource wanted) throws RefusedException {
    String parent = wanted.get("parent");
    Resource made = wanted;
    DeviceRules.family(wanted);
    if (!parent.isEmpty()) {
      ResourceId now = handles.now(ResourceId.deviceIn(wanted.id().namespace(), parent));
      made = wanted.with("parent", now.device());
    }
    devices.create(made);
    handles.made(wanted.id());
    if (wanted.get("kind").equals("veth")) {
      handles.made(PeerText.parse(wanted.get("peer")));
    }
  }

  private void enslave(ResourceId id, String master) throws RefusedException {
    ResourceId over = ResourceId.deviceIn(id.namespace(), master);
    devices.enslave(handles.now(id), handles.now(over, Errno.EINVAL).device());
  }

  private void join(Resource wanted) {
    ResourceId id = wanted.id();
    joining.remove(id);
    if (wanted.get("master").isEmpty()) {
      return;
    }
    if (renamedMembers.forgets(wanted)) {
      ResourceId bond = ResourceId.deviceIn(id.namespace(), wanted.get("master"));
      asking.ask(
          "change link " + bond, () -> devices.set(handles.now(bond), Map.of("primary", "")));
    }
    asking.ask("enslave link " + id, () -> enslave(id, wanted.get("master")));
    prefer(id);
    portSettings(wanted, wanted.fields().keySet());
  }

  /** Tells the bond that waits for this device to be its member under this name. */
  private void prefer(ResourceId member) {
    ResourceId bond = primaries.remove(member);
    if (bond != null) {
      asking.ask(
          "change link " + bond,
          () -> devices.set(handles.now(bond), Map.of("primary", member.device())));
    }
  }

  private void portSettings(Resource wanted, Set<String> names) {
    Map<String, String> port = new TreeMap<>();
    for (String name : names) {
      DeviceField field = DeviceKinds.field("", name);
      if (field != null && field.place() == Place.PORT && !wanted.get(name).isEmpty()) {
        port.put(name, wanted.get(name));
      }
    }
    if (!port.isEmpty()) {
      asking.ask("change port " + wanted.id(), () -> devices.set(handles.now(wanted.id()), port));
    }
  }

  private void up(Resource wanted) {
    if (wanted.get("up").equals("false") && isBond(wanted)) {
      asking.ask("set link " + wanted.id() + " down", () -> devices.down(handles.now(wanted.id())));
    }
    if (wanted.get("up").equals("true")) {
      asking.ask("set link " + wanted.id() + " up", () -> devices.up(handles.now(wanted.id())));
    }
  }

  private void modify(Change.Modify change) {
    Resource from = change.live();
    Resource to = change.wanted();
    ResourceId id = from.id();
    boolean emptied = has(change, How.NEEDS_EMPTY);
    boolean renames = !id.device().equals(to.id().device());
    boolean moves = !id.namespace().equals(to.id().namespace());
    boolean joins = change.changes("master");
    boolean down =
        from.get("up").equals("true")
            && !moves
            && (emptied
                || has(change, How.NEEDS_DOWN)
                || change.changes("up")
                || (renames && !live.capabilities().liveRename())
                || (joins && (renamedMembers.isInBond(from) || isBond(to))));
    if (emptied) {
      for (Resource port : live.ofType(ResourceType.DEVICE)) {
        if (port.id().namespace().equals(id.namespace())
            && port.get("master").equals(id.device())) {
          asking.ask("release link " + port.id(), () -> devices.release(handles.now(port.id())));
        }
      }
    }
    if (joins && !from.get("master").isEmpty() && !moves) {
      asking.ask("release link " + id, () -> devices.release(handles.now(id)));
    }
    if (down) {
      asking.ask("set link " + id + " down", () -> devices.down(handles.now(id)));
    }
    if (moves) {
      asking.ask("move link " + id, () -> devices.move(handles.now(id), to.id()));
      handles.renamed(id, to.id());
      asking.in(to.id().namespace());
    } else if (renames) {
      asking.ask("rename link " + id, () -> devices.rename(handles.now(id), to.id().device()));
      handles.renamed(id, to.id());
      RenamedMembers.Preference preferred = renamedMembers.preferred(from, to);
      if (preferred != null) {
        ResourceId bond = preferred.bond();
        asking.ask(
            "change link " + bond,
            () -> devices.set(handles.before(bond), Map.of("primary", preferred.member())));
      }
    }
    settings(change);
    if (joins || (moves && !to.get("master").isEmpty())) {
      join(to);
    } else {
      joining.remove(to.id());
      prefer(to.id());
      Set<String> names = new HashSet<>();
      change.fields().forEach(field -> names.add(field.name()));
      portSettings(to, names);
    }
    if (down || moves || change.changes("up")) {
      up(to);
    }
  }

  private boolean isBond(Resource port) {
    ResourceId master = ResourceId.deviceIn(port.id().namespace(), port.get("master"));
    return "bond".equals(kinds.get(master));
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

  private void settings(Change.Modify change) {
    Resource to = change.wanted();
    Map<String, String> values = new TreeMap<>();
    for (FieldChange changed : change.fields()) {
      DeviceField field = DeviceKinds.field(to.get("kind"), changed.name());
      if (field == null || field.place() == Place.PORT) {
        continue;
      }
      ResourceId member = ResourceId.deviceIn(to.id().namespace(), changed.after());
      if (changed.name().equals("primary") && joining.contains(member)) {
        primaries.put(member, to.id());
      } else {
        values.put(changed.name(), changed.after());
      }
    }
    boolean marks = change.changes("owner") && to.owner() != null;
    Map<String, String> top = new TreeMap<>(values);
    top.keySet().removeIf(name -> isOwn(to, name));
    if (!top.isEmpty() && top.size() < values.size()) {
      values.keySet().removeAll(top.keySet());
      asking.ask("change link " + to.id(), () -> devices.set(handles.now(to.id()), values));
      change(to, top, marks);
    } else if (!values.isEmpty() || marks) {
      change(to, values, marks);
    }
  }

  private static boolean isOwn(Resource device, String name) {
    DeviceField field = DeviceKinds.field(device.get("kind"), name);
    return field != null && field.place() == Place.DATA;
  }

  private void change(Resource to, Map<String, String> values, boolean marks) {
    asking.ask(
        "change link " + to.id(),
        () -> {
          ResourceId now = handles.now(to.id());
          devices.set(now, values);
          if (marks) {
            devices.mark(now, Objects.requireNonNull(to.owner()));
          }
        });
  }
}
