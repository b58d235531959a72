// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.plan;

import dev.plumbline.reconciler.live.LiveState;
import dev.plumbline.reconciler.resource.Resource;
import dev.plumbline.reconciler.resource.ResourceId;
import dev.plumbline.reconciler.resource.ResourceType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The steps of all devices that the plan has to do with, by what is there and by what is wanted;
 * worked on while planning, by one thread.
 */
final class DeviceSteps {
  private final LiveState live;

  /** In the order of the goal, then the deletions. */
  private final Map<String, DeviceStep> steps = new LinkedHashMap<>();

  private final Map<ResourceId, DeviceStep> byLive = new HashMap<>();
  private final Map<ResourceId, DeviceStep> byWanted = new HashMap<>();
  private final Map<ResourceId, List<Resource>> uppersOf = new HashMap<>();
  private final Map<ResourceId, List<Resource>> portsOf = new HashMap<>();

  DeviceSteps(LiveState live) {
    this.live = live;
    for (Resource device : live.ofType(ResourceType.DEVICE)) {
      String namespace = device.id().namespace();
      if (!device.get("parent").isEmpty()) {
        ResourceId parent = ResourceId.deviceIn(namespace, device.get("parent"));
        uppersOf.computeIfAbsent(parent, id -> new ArrayList<>()).add(device);
      }
      if (!device.get("master").isEmpty()) {
        ResourceId master = ResourceId.deviceIn(namespace, device.get("master"));
        portsOf.computeIfAbsent(master, id -> new ArrayList<>()).add(device);
      }
    }
  }

  void add(DeviceStep step) {
    steps.put(step.address, step);
    if (step.live != null) {
      byLive.put(step.live.id(), step);
    }
    if (step.wanted != null) {
      byWanted.put(step.wanted.resource().id(), step);
    }
  }

  /** A copy, for steps may be added on the way. */
  List<DeviceStep> all() {
    return List.copyOf(steps.values());
  }

  boolean has(String address) {
    return steps.containsKey(address);
  }

  /** What happens with a device that is there; null for nothing. */
  @Nullable DeviceStep ofLive(ResourceId device) {
    return byLive.get(device);
  }

  /** What leads to a wanted device, or null. */
  @Nullable DeviceStep ofWanted(ResourceId device) {
    return byWanted.get(device);
  }

  /** The live devices that have this one as their parent. */
  List<Resource> uppers(ResourceId device) {
    return uppersOf.getOrDefault(device, List.of());
  }

  /** The live devices that have this one as their master. */
  List<Resource> ports(ResourceId device) {
    return portsOf.getOrDefault(device, List.of());
  }

  /** Every device that is there once the plan is done. */
  Set<ResourceId> finalDevices() {
    Set<ResourceId> there = new HashSet<>();
    for (Resource device : live.ofType(ResourceType.DEVICE)) {
      if (!byLive.containsKey(device.id())) {
        there.add(device.id());
      }
    }
    for (DeviceStep step : steps.values()) {
      ResourceId id = step.finalId();
      if (id != null) {
        there.add(id);
      }
    }
    return there;
  }

  /** The kind of a device once the plan is done, or now; empty where it is not there. */
  String kindOf(ResourceId id) {
    DeviceStep step = byWanted.get(id);
    if (step != null && step.finalId() != null) {
      return step.kind();
    }
    Resource device = live.find(id);
    return device == null ? "" : device.get("kind");
  }
}
