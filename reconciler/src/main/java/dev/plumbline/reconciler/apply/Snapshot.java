// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.apply;

import dev.plumbline.reconciler.kind.DeviceKinds;
import dev.plumbline.reconciler.live.LiveState;
import dev.plumbline.reconciler.plan.Change;
import dev.plumbline.reconciler.plan.Goal;
import dev.plumbline.reconciler.plan.Plan;
import dev.plumbline.reconciler.plan.Wanted;
import dev.plumbline.reconciler.resource.AddressText;
import dev.plumbline.reconciler.resource.Resource;
import dev.plumbline.reconciler.resource.ResourceId;
import dev.plumbline.reconciler.resource.ResourceType;
import dev.plumbline.reconciler.resource.RouteText;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/** The way back: a goal that is the live state of before, as far as a plan touches it. */
public final class Snapshot {
  private final Set<ResourceId> touched = new HashSet<>();
  private final Set<ResourceId> devices = new HashSet<>();
  private final Set<String> namespaces = new HashSet<>();

  private Snapshot(Plan plan) {
    for (Change change : plan.changes()) {
      touch(change.id());
      Resource live = change.before();
      if (live != null) {
        touch(live.id());
      }
    }
  }

  private void touch(ResourceId id) {
    touched.add(id);
    namespaces.add(id.type() == ResourceType.NAMESPACE ? id.key() : id.namespace());
    if (id.type() == ResourceType.DEVICE) {
      devices.add(id);
    }
  }

  /**
   * The goal to plan for when a plan has been broken off.
   *
   * @param before the live state that the plan was made from
   * @param now the live state that it was left in
   */
  public static Goal goal(LiveState before, LiveState now, Plan plan) {
    Snapshot snapshot = new Snapshot(plan);
    List<Wanted> wanted = new ArrayList<>();
    for (Resource resource : before.resources()) {
      if (snapshot.concerns(resource)) {
        wanted.add(wanted(resource));
      }
    }
    Set<ResourceId> remove = new HashSet<>();
    for (Resource resource : now.resources()) {
      if (!before.has(resource.id()) && snapshot.concerns(resource)) {
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
      case ADDRESS, VLANS, FDB -> {
        return devices.contains(id.ofDevice());
      }
      case ROUTE -> {
        return namespaces.contains(id.namespace())
            && RouteText.devices(resource).stream()
                .anyMatch(device -> devices.contains(ResourceId.deviceIn(id.namespace(), device)));
      }
      case DEVICE -> {
        return hangsOn(resource, "master") || hangsOn(resource, "parent");
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
