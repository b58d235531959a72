// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.model;

import dev.plumbline.netlink.libc.Errno;
import dev.plumbline.reconciler.resource.Resource;
import dev.plumbline.reconciler.resource.ResourceId;
import dev.plumbline.reconciler.resource.ResourceType;
import dev.plumbline.reconciler.resource.RuleText;
import java.util.ArrayList;
import java.util.List;

/** Rules, in the order in which they were made (net/core/fib_rules.c). */
final class Rules {
  private final Store store;

  /** Those that were made here; those that the model began with come before them. */
  private final List<ResourceId> made = new ArrayList<>();

  Rules(Store store) {
    this.store = store;
  }

  /**
   * Makes one.
   *
   * @param beside whether it may be like one that is there, and is not refused then
   */
  void add(Resource wanted, boolean beside) throws RefusedException {
    store.needNamespace(wanted.id().namespace());
    for (Resource there : store.ofType(ResourceType.RULE)) {
      boolean taken = there.id().equals(wanted.id()) || RuleText.isTakenFor(wanted, there);
      RefusedException.when(taken && !beside, Errno.EEXIST, there.id() + " is there already");
    }
    made.remove(wanted.id());
    made.add(wanted.id());
    store.put(wanted);
  }

  /** Removes the first that says all that this one says. */
  void delete(Resource rule) throws RefusedException {
    for (Resource there : inOrder()) {
      if (there.id().equals(rule.id()) || RuleText.covers(rule, there)) {
        store.remove(there.id());
        made.remove(there.id());
        return;
      }
    }
    throw new RefusedException(Errno.ENOENT, "there is no " + rule.id());
  }

  private List<Resource> inOrder() {
    List<Resource> rules = store.ofType(ResourceType.RULE);
    List<Resource> ordered = new ArrayList<>();
    for (Resource each : rules) {
      if (!made.contains(each.id())) {
        // Whoever made them was refused those that say less once there was one that says more.
        int place = 0;
        while (place < ordered.size() && !RuleText.covers(each, ordered.get(place))) {
          place++;
        }
        ordered.add(place, each);
      }
    }
    for (ResourceId id : made) {
      Resource there = store.find(id);
      if (there != null) {
        ordered.add(there);
      }
    }
    return ordered;
  }
}
