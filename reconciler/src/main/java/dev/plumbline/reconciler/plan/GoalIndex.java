// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.plan;

import dev.plumbline.reconciler.embedded.PortText;
import dev.plumbline.reconciler.live.ResourceIndex;
import dev.plumbline.reconciler.resource.Resource;
import dev.plumbline.reconciler.resource.ResourceId;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A goal, in which what has to do with a resource is found without looking at all of it. */
public final class GoalIndex {
  private final Goal goal;
  private final Map<ResourceId, Wanted> wanted = new HashMap<>();
  private final Map<String, ResourceId> byAddress = new HashMap<>();
  private final ResourceIndex resources = new ResourceIndex();
  private final Set<String> switched;

  public GoalIndex(Goal goal) {
    this.goal = goal;
    for (Wanted each : goal.wanted()) {
      wanted.put(each.resource().id(), each);
      byAddress.put(each.address(), each.resource().id());
      resources.put(each.resource());
    }
    switched = PortText.devices(resources.resources());
  }

  public Goal goal() {
    return goal;
  }

  ResourceIndex resources() {
    return resources;
  }

  /** The names of devices that shall be ports of the embedded switch. */
  Set<String> switched() {
    return switched;
  }

  @Nullable Wanted find(ResourceId id) {
    return wanted.get(id);
  }

  /** The resource at an address of the file, or at what is nearest around it; null for none. */
  @Nullable Resource around(String address) {
    String part = address;
    while (true) {
      ResourceId id = byAddress.get(part);
      if (id != null) {
        return resources.find(id);
      }
      int dot = part.lastIndexOf('.');
      if (dot < 0) {
        return null;
      }
      part = part.substring(0, dot);
    }
  }
}
