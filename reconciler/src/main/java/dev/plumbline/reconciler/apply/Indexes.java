// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.apply;

import dev.plumbline.reconciler.kind.Text.Names;
import dev.plumbline.reconciler.resource.ResourceId;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Which interface index each device has, those included that are about to be made: plumbline gives
 * new devices their indexes itself, so that one batch can make a device and refer to it.
 */
final class Indexes {
  /** A new namespace has its loopback device already, always as 1. */
  private static final int LOOPBACK = 1;

  /**
   * Left free above the highest index in use: others take the next ones at the same time, as long
   * as somebody looks at the plan, and a tunnel's module puts devices of its own into each
   * namespace. Were one taken, the requests after the refused one would meet another's device.
   */
  private static final int GAP = 1000;

  private final Map<ResourceId, Integer> byId = new HashMap<>();
  private final Map<String, Integer> highest = new HashMap<>();
  private final Set<String> started = new HashSet<>();

  Indexes(Map<ResourceId, Integer> live) {
    live.forEach(this::put);
  }

  void put(ResourceId device, int index) {
    byId.put(device, index);
    highest.merge(device.namespace(), index, Math::max);
  }

  /** An index that no device of the namespace has. */
  int next(String namespace) {
    int step = started.add(namespace) ? GAP : 1;
    int next = highest.getOrDefault(namespace, LOOPBACK) + step;
    highest.put(namespace, next);
    return next;
  }

  int of(ResourceId device) {
    Integer index = byId.get(device);
    if (index == null) {
      throw new IllegalArgumentException("there is no " + device);
    }
    return index;
  }

  void move(ResourceId from, ResourceId to, int index) {
    byId.remove(from);
    put(to, index);
  }

  void remove(ResourceId device) {
    byId.remove(device);
  }

  /** The devices of one namespace by name. */
  Names in(String namespace) {
    return new Names() {
      @Override
      public String nameOf(int index) {
        return "#" + index;
      }

      @Override
      public int indexOf(String name) {
        return of(ResourceId.deviceIn(namespace, name));
      }
    };
  }
}
