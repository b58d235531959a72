// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.apply;

import dev.plumbline.reconciler.kind.Text.Names;
import dev.plumbline.reconciler.resource.ResourceId;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Which interface index each device has, those included that are about to be made: plumbline gives
 * new devices their indexes itself, so that one batch can make a device and refer to it.
 */
final class Indexes {
  /**
   * New devices get indexes from here on, by chance: the kernel itself counts up from 1 for every
   * device that is made, so that nobody ever comes here who did not choose to. Were an index taken,
   * the requests after the refused creation would meet, and mark, another's device.
   */
  private static final int LEAST = 1 << 20;

  /** The kernel takes any index that is positive as an int; room is left to count up. */
  private static final int MOST = 1 << 30;

  private final Map<ResourceId, Integer> byId = new HashMap<>();
  private final Map<String, Set<Integer>> taken = new HashMap<>();

  /** The last index that was given, by namespace. */
  private final Map<String, Integer> last = new HashMap<>();

  Indexes(Map<ResourceId, Integer> live) {
    live.forEach(this::put);
  }

  void put(ResourceId device, int index) {
    byId.put(device, index);
    taken.computeIfAbsent(device.namespace(), key -> new HashSet<>()).add(index);
  }

  /** An index that no device of the namespace has, and none has had since it was read. */
  int next(String namespace) {
    Integer before = last.get(namespace);
    int next = before == null ? ThreadLocalRandom.current().nextInt(LEAST, MOST) : before + 1;
    while (taken.getOrDefault(namespace, Set.of()).contains(next)) {
      next++;
    }
    last.put(namespace, next);
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
