// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.model;

import dev.plumbline.netlink.libc.Errno;
import dev.plumbline.reconciler.live.LiveState;
import dev.plumbline.reconciler.resource.PeerText;
import dev.plumbline.reconciler.resource.Resource;
import dev.plumbline.reconciler.resource.ResourceId;
import dev.plumbline.reconciler.resource.ResourceType;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** All that is there, by identity, and who is told when it changes. For one thread at a time. */
final class Store {
  private final NavigableMap<ResourceId, Resource> all = new TreeMap<>();
  private final Map<ResourceId, Integer> indexes = new HashMap<>();
  private final Map<Integer, ResourceId> byIndex = new HashMap<>();
  private int lastIndex;
  private final Consumer<ResourceId> told;
  private final List<ModelKernel.Listener> listeners = new ArrayList<>();

  /**
   * @param told is told whatever changed
   */
  Store(LiveState live, Consumer<ResourceId> told) {
    this.told = told;
    for (Resource each : live.resources()) {
      put(PeerText.isOtherHalf(each.owner()) ? each.withOwner(null) : each);
    }
  }

  void listen(ModelKernel.Listener listener) {
    listeners.add(listener);
  }

  void listenNoMore(ModelKernel.Listener listener) {
    listeners.remove(listener);
  }

  @Nullable Resource find(ResourceId id) {
    return all.get(id);
  }

  boolean has(ResourceId id) {
    return all.containsKey(id);
  }

  /** The resource; refused with ENODEV where it is not there. */
  Resource need(ResourceId id) throws RefusedException {
    return need(id, Errno.ENODEV);
  }

  Resource need(ResourceId id, int errno) throws RefusedException {
    Resource resource = all.get(id);
    if (resource == null) {
      throw new RefusedException(errno, "there is no " + id);
    }
    return resource;
  }

  void put(Resource resource) {
    ResourceId id = resource.id();
    if (id.type() == ResourceType.DEVICE && !indexes.containsKey(id)) {
      indexed(id, ++lastIndex);
    }
    Resource before = all.put(id, resource);
    if (!resource.equals(before)) {
      changed(resource);
      happened(before, resource);
    }
  }

  private void changed(Resource resource) {
    changed(resource.id());
    Resource mate = mate(resource);
    if (mate != null) {
      changed(mate.id());
    }
  }

  private void happened(@Nullable Resource before, @Nullable Resource after) {
    listeners.forEach(listener -> listener.happened(before, after));
  }

  private void indexed(ResourceId id, int index) {
    indexes.put(id, index);
    byIndex.put(index, id);
  }

  /** The device of an index, which no other one ever gets; null where it has gone. */
  @Nullable ResourceId at(int index) {
    return byIndex.get(index);
  }

  void remove(ResourceId id) {
    Integer index = indexes.remove(id);
    if (index != null) {
      byIndex.remove(index);
    }
    Resource before = all.remove(id);
    if (before != null) {
      changed(id);
      happened(before, null);
    }
  }

  void removeIf(ResourceType type, Predicate<Resource> which) {
    ofType(type).stream().filter(which).forEach(each -> remove(each.id()));
  }

  /** The same resource, under a new name or in a new place; a device keeps its index. */
  void renamed(Resource resource, ResourceId to) {
    ResourceId from = resource.id();
    Integer index = indexes.remove(from);
    if (index != null) {
      indexed(to, index);
    }
    Resource before = all.remove(from);
    Resource there = resource.withId(to);
    all.put(to, there);
    changed(from);
    changed(there);
    happened(before, there);
  }

  private void changed(ResourceId id) {
    told.accept(id);
  }

  /** As a reader tells it: an unmarked half of a veth counts as the other half's owner's. */
  Resource told(Resource resource) {
    Resource mate = resource.owner() == null ? mate(resource) : null;
    String owner = mate == null ? null : mate.owner();
    return owner == null ? resource : resource.withOwner(PeerText.otherHalf(owner));
  }

  /** The other half of a veth; null of what is none. */
  @Nullable Resource mate(Resource device) {
    boolean veth = device.get("kind").equals("veth") && !device.get("peer").isEmpty();
    return veth ? all.get(PeerText.parse(device.get("peer"))) : null;
  }

  Collection<Resource> resources() {
    return all.values();
  }

  /** All as a reader tells it. */
  List<Resource> told() {
    return all.values().stream().map(this::told).toList();
  }

  Map<ResourceId, Integer> indexes() {
    return indexes;
  }

  /** Those of a type, as they are now. */
  List<Resource> ofType(ResourceType type) {
    ResourceId first = new ResourceId(type, "", "", "");
    SortedMap<ResourceId, Resource> from = all.tailMap(first, true);
    List<Resource> found = new ArrayList<>();
    for (Resource each : from.values()) {
      if (each.id().type() != type) {
        break;
      }
      found.add(each);
    }
    return found;
  }

  List<Resource> ports(ResourceId master) {
    return devicesWith("master", master);
  }

  List<Resource> uppers(ResourceId parent) {
    return devicesWith("parent", parent);
  }

  private List<Resource> devicesWith(String field, ResourceId under) {
    List<Resource> found = new ArrayList<>();
    for (Resource each : ofType(ResourceType.DEVICE)) {
      if (each.get(field).equals(under.device())
          && each.id().namespace().equals(under.namespace())) {
        found.add(each);
      }
    }
    return found;
  }

  List<Resource> addresses(ResourceId device) {
    List<Resource> found = new ArrayList<>();
    for (Resource each : ofType(ResourceType.ADDRESS)) {
      if (each.id().ofDevice().equals(device)) {
        found.add(each);
      }
    }
    return found;
  }

  /** The device that another one names as its master or parent; null where it names none. */
  @Nullable Resource under(Resource device, String field) {
    String name = device.get(field);
    return name.isEmpty() ? null : all.get(ResourceId.deviceIn(device.id().namespace(), name));
  }

  boolean isUp(ResourceId device) {
    Resource there = all.get(device);
    return there != null && there.get("up").equals("true");
  }

  boolean hasNamespace(String name) {
    return name.isEmpty() || all.containsKey(ResourceId.namespaceNamed(name));
  }

  void needNamespace(String name) throws RefusedException {
    RefusedException.when(!hasNamespace(name), Errno.ENOENT, "there is no namespace " + name);
  }
}
