// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.apply;

import dev.plumbline.reconciler.kind.DeviceKinds;
import dev.plumbline.reconciler.live.LiveState;
import dev.plumbline.reconciler.plan.Change;
import dev.plumbline.reconciler.plan.Goal;
import dev.plumbline.reconciler.plan.Plan;
import dev.plumbline.reconciler.plan.Wanted;
import dev.plumbline.reconciler.resource.AddressText;
import dev.plumbline.reconciler.resource.PeerText;
import dev.plumbline.reconciler.resource.Resource;
import dev.plumbline.reconciler.resource.ResourceId;
import dev.plumbline.reconciler.resource.ResourceType;
import dev.plumbline.reconciler.resource.RouteText;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The way back: a goal that is the live state of before, as far as a plan touched it.
 *
 * <p>What hangs on something touched is wanted back too, for it may be gone by a cascade: with a
 * device all that is on it, with an address the device's other addresses and routes. What is there
 * now and was not before is removed only where the plan itself touched it: the rest is somebody
 * else's, or goes by a cascade again.
 */
public final class Snapshot {
  private final SortedSet<ResourceId> touched = new TreeSet<>();
  private final Set<ResourceId> devices = new HashSet<>();
  private final Set<ResourceId> addressed = new HashSet<>();
  private final Set<String> namespaces = new HashSet<>();

  private Snapshot(Collection<ResourceId> touched) {
    touched.forEach(this::touch);
  }

  /** What a plan touches. */
  public static Snapshot of(Plan plan) {
    List<ResourceId> touched = new ArrayList<>();
    Map<ResourceId, ResourceId> earlier = plan.namesBefore();
    for (Change change : plan.changes()) {
      touched.add(change.id());
      Resource live = change.before();
      if (live != null) {
        touched.add(live.id());
      }
    }
    // What is on a device that gets another name is found under its old one once it has that again.
    for (ResourceId id : List.copyOf(touched)) {
      ResourceId old = id.device().isEmpty() ? null : earlier.get(id.ofDevice());
      if (old != null) {
        touched.add(new ResourceId(id.type(), old.namespace(), old.device(), id.key()));
      }
    }
    return new Snapshot(touched);
  }

  /** What another one {@linkplain #touched() touched}. */
  public static Snapshot of(Collection<ResourceId> touched) {
    return new Snapshot(touched);
  }

  /** What the plan makes, changes and removes, under its old name and its new one. */
  public SortedSet<ResourceId> touched() {
    return Collections.unmodifiableSortedSet(touched);
  }

  private void touch(ResourceId id) {
    touched.add(id);
    namespaces.add(id.type() == ResourceType.NAMESPACE ? id.key() : id.namespace());
    if (id.type() == ResourceType.DEVICE) {
      devices.add(id);
    }
    if (id.type() == ResourceType.DEVICE || id.type() == ResourceType.ADDRESS) {
      addressed.add(id.ofDevice());
    }
  }

  /**
   * The goal to plan for when all that was touched shall be as it was.
   *
   * @param before the live state that the plan was made from
   * @param now the live state that it was left in
   */
  public Goal goal(LiveState before, LiveState now) {
    return withMates(before, now).ofTouched(before, now);
  }

  /**
   * With the other halves of the pairs that are touched, where their far ends have other names or
   * they are gone: by its near end the planner knows a far end that has another name now.
   */
  private Snapshot withMates(LiveState before, LiveState now) {
    Set<ResourceId> all = new TreeSet<>(touched);
    for (Resource device : before.ofType(ResourceType.DEVICE)) {
      String peer = device.get("peer");
      if (device.get("kind").equals("veth") && devices.contains(PeerText.parse(peer))) {
        Resource then = now.find(device.id());
        if (then == null || !then.get("peer").equals(peer)) {
          all.add(device.id());
        }
      }
    }
    return new Snapshot(all);
  }

  private Goal ofTouched(LiveState before, LiveState now) {
    List<Wanted> wanted = new ArrayList<>();
    for (Resource resource : before.resources()) {
      if (concerns(resource)) {
        wanted.add(wanted(resource));
      }
    }
    Set<ResourceId> remove = new HashSet<>();
    for (Resource resource : now.resources()) {
      if (!before.has(resource.id()) && touched.contains(resource.id())) {
        remove.add(resource.id());
      }
    }
    return new Goal(wanted, false, remove, List.of());
  }

  private boolean concerns(Resource resource) {
    ResourceId id = resource.id();
    if (touched.contains(id)) {
      return true;
    }
    switch (id.type()) {
      case ADDRESS -> {
        return addressed.contains(id.ofDevice());
      }
      case VLANS, FDB -> {
        return devices.contains(id.ofDevice());
      }
      case ROUTE -> {
        return namespaces.contains(id.namespace())
            && RouteText.devices(resource).stream()
                .anyMatch(
                    device -> addressed.contains(ResourceId.deviceIn(id.namespace(), device)));
      }
      case DEVICE -> {
        return hangsOn(resource, "master")
            || hangsOn(resource, "parent")
            || hangsOn(resource, "primary"); // a bond that forgets whom it prefers when that goes
      }
      default -> {
        return false;
      }
    }
  }

  private boolean hangsOn(Resource device, String field) {
    return !device.get(field).isEmpty()
        && devices.contains(ResourceId.deviceIn(device.id().namespace(), device.get(field)));
  }

  /** A lifetime that runs down is given back as much as was left of it. */
  private static void running(Map<String, String> fields, String lifetime, String left) {
    if (fields.getOrDefault(lifetime, "").equals(AddressText.RUNNING)) {
      fields.remove(lifetime);
      if (fields.containsKey(left)) {
        fields.put(lifetime, fields.get(left));
      }
    }
  }

  /** All of a resource that can be set; the rest comes back by itself or not at all. */
  private static Wanted wanted(Resource resource) {
    SortedMap<String, String> fields = new TreeMap<>(resource.fields());
    String kind = resource.get("kind");
    if (resource.id().type() == ResourceType.DEVICE) {
      fields
          .keySet()
          .removeIf(
              name ->
                  !Set.of("kind", "peer", "master", "up").contains(name)
                      && DeviceKinds.field(kind, name) == null);
      if (resource.get("master").isEmpty()) {
        fields.keySet().removeIf(name -> name.startsWith("port."));
      }
    } else {
      running(fields, "validLifetime", AddressText.VALID_LEFT);
      running(fields, "preferredLifetime", AddressText.PREFERRED_LEFT);
      fields.keySet().removeAll(AddressText.TOLD);
      fields.remove("protocol");
    }
    String address =
        resource.owner() != null && !resource.owner().equals(Resource.OURS)
            ? resource.owner()
            : resource.id().toString();
    boolean makes = !kind.isEmpty() || resource.id().type() != ResourceType.DEVICE;
    return new Wanted(address, new Resource(resource.id(), resource.owner(), fields), makes);
  }
}
