// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.model;

import dev.plumbline.netlink.libc.Errno;
import dev.plumbline.reconciler.live.LiveState;
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
  private final Map<String, Integer> lastIndex = new HashMap<>();
  private final List<Consumer<ResourceId>> told = new ArrayList<>();

  Store(LiveState live) {
    live.resources().forEach(this::put);
  }

  void tell(Consumer<ResourceId> listener) {
    told.add(listener);
  }

  void tellNoMore(Consumer<ResourceId> listener) {
    told.remove(listener);
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
      indexes.put(id, lastIndex.merge(id.namespace(), 1, Integer::sum));
    }
    if (!resource.equals(all.put(id, resource))) {
      changed(id);
    }
  }

  void remove(ResourceId id) {
    indexes.remove(id);
    if (all.remove(id) != null) {
      changed(id);
    }
  }

  void removeIf(ResourceType type, Predicate<Resource> which) {
    ofType(type).stream().filter(which).forEach(each -> remove(each.id()));
  }

  /** The device keeps its index under its new name. */
  void renamed(Resource device, ResourceId to) {
    Integer index = indexes.get(device.id());
    remove(device.id());
    if (index != null && device.id().namespace().equals(to.namespace())) {
      indexes.put(to, index);
    }
    put(device.withId(to));
  }

  private void changed(ResourceId id) {
    told.forEach(listener -> listener.accept(id));
  }

  Collection<Resource> resources() {
    return all.values();
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
