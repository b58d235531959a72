// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.model;

import dev.plumbline.reconciler.resource.Resource;
import dev.plumbline.reconciler.resource.ResourceId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Which device a device is over, where the two have been parted: it is in another namespace. */
final class Parents {
  /** What a reader tells of such a parent. */
  private static final String ELSEWHERE = "(in another namespace)";

  /** Kinds that live on when either moves; all others go with their parent. */
  private static final Set<String> LIVING = Set.of("macvlan", "vlan");

  private final Store store;
  private final Map<ResourceId, ResourceId> elsewhere = new HashMap<>();

  Parents(Store store) {
    this.store = store;
  }

  /** What a new device is told to be over, which may be elsewhere. */
  String over(ResourceId device, ResourceId parent) {
    boolean together = device.namespace().equals(parent.namespace());
    if (!together) {
      elsewhere.put(device, parent);
    }
    return together ? parent.device() : ELSEWHERE;
  }

  /** Whether a device stays what it is when it or its parent moves. */
  static boolean liveOn(Resource device) {
    return LIVING.contains(device.get("kind"));
  }

  /** All devices over this one, wherever they are. */
  List<Resource> uppers(ResourceId parent) {
    List<Resource> uppers = new ArrayList<>(store.uppers(parent));
    elsewhere.forEach(
        (child, below) -> {
          Resource device = below.equals(parent) ? store.find(child) : null;
          if (device != null) {
            uppers.add(device);
          }
        });
    return uppers;
  }

  /** The device below, wherever it is; null for none. */
  @Nullable Resource under(Resource device) {
    ResourceId parent = elsewhere.get(device.id());
    return parent == null ? store.under(device, "parent") : store.find(parent);
  }

  /** A device is about to move: what it is over, and what is over it, is remembered. */
  void parting(ResourceId device) {
    for (Resource upper : store.uppers(device)) {
      if (liveOn(upper)) {
        elsewhere.put(upper.id(), device);
      }
    }
    Resource moving = store.find(device);
    Resource parent = moving == null ? null : store.under(moving, "parent");
    if (parent != null) {
      elsewhere.put(device, parent.id());
    }
  }

  /** A device has another name, or place; those that are together again say so. */
  void renamed(ResourceId from, ResourceId to) {
    ResourceId own = elsewhere.remove(from);
    if (own != null) {
      elsewhere.put(to, own);
    }
    elsewhere.replaceAll((child, parent) -> parent.equals(from) ? to : parent);
    for (Map.Entry<ResourceId, ResourceId> each : Map.copyOf(elsewhere).entrySet()) {
      ResourceId child = each.getKey();
      ResourceId parent = each.getValue();
      boolean together = child.namespace().equals(parent.namespace());
      Resource device = store.find(child);
      if (device != null) {
        store.put(device.with("parent", together ? parent.device() : ELSEWHERE));
      }
      if (together) {
        elsewhere.remove(child);
      }
    }
  }

  void gone(ResourceId device) {
    elsewhere.remove(device);
  }
}
