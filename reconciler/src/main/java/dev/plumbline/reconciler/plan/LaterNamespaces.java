// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.plan;

import dev.plumbline.reconciler.live.LiveState;
import dev.plumbline.reconciler.resource.Resource;
import dev.plumbline.reconciler.resource.ResourceId;
import dev.plumbline.reconciler.resource.ResourceType;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The namespaces that are there once the plan is done, and those that something wanted is in. */
final class LaterNamespaces {
  private final Set<String> there = new HashSet<>();
  private final Set<String> inUse;

  LaterNamespaces(Goal goal, LiveState live) {
    there.add("");
    for (Resource namespace : live.ofType(ResourceType.NAMESPACE)) {
      if (isWhole(namespace)) {
        there.add(namespace.id().key());
      }
    }
    for (Wanted wanted : goal.wanted()) {
      ResourceId id = wanted.resource().id();
      if (id.type() == ResourceType.NAMESPACE && !isUnreadable(live.find(id))) {
        there.add(id.key());
      }
    }
    inUse = inUse(goal);
  }

  /** The namespaces that the file names something in, whether or not it declares them. */
  static Set<String> inUse(Goal goal) {
    Set<String> inUse = new HashSet<>();
    for (Wanted wanted : goal.wanted()) {
      ResourceId id = wanted.resource().id();
      // What is only put back has no address in the file.
      if (id.type() != ResourceType.NAMESPACE && !wanted.address().equals(id.toString())) {
        inUse.add(id.namespace());
      }
    }
    return inUse;
  }

  /** Whether there is more of a live namespace than its name. */
  static boolean isWhole(@Nullable Resource namespace) {
    return namespace != null
        && !namespace.has(Resource.UNFINISHED)
        && !namespace.has(Resource.UNREADABLE);
  }

  /** Whether it is there and nothing is known of what is in it: it is neither made nor removed. */
  static boolean isUnreadable(@Nullable Resource namespace) {
    return namespace != null && namespace.has(Resource.UNREADABLE);
  }

  /** Whether it is there, or made. */
  boolean has(String namespace) {
    return there.contains(namespace);
  }

  /** Whether the file names something in it, so that it stays. */
  boolean isInUse(String namespace) {
    return inUse.contains(namespace);
  }
}
