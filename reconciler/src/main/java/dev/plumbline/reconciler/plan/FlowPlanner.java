// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.plan;

import dev.plumbline.reconciler.embedded.FlowText;
import dev.plumbline.reconciler.resource.Resource;
import dev.plumbline.reconciler.resource.ResourceId;
import dev.plumbline.reconciler.resource.ResourceType;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Has the flow that stands for a bridge without flows go last: {@code priority=0 actions=NORMAL},
 * which such a bridge gets when somebody puts the first flow in beside it. Where one of the others
 * is left alone, as the file's rules for drift may say, it stays with it; alone, the other one
 * would stop all that it is not for. So it stays where one of them leaves by itself.
 */
final class FlowPlanner {
  private final Map<String, Change> changes;
  private final Map<String, Set<String>> after;

  /**
   * @param after gets the order
   */
  FlowPlanner(Map<String, Change> changes, Map<String, Set<String>> after) {
    this.changes = changes;
    this.after = after;
  }

  /** Orders the deletions. */
  void order(Collection<Resource> live, Map<ResourceId, Wanted> wanted) {
    Map<String, Change> normals = new HashMap<>();
    Map<String, Set<String>> others = new HashMap<>();
    for (Change change : changes.values()) {
      if (change instanceof Change.Delete delete && change.id().type() == ResourceType.FLOW) {
        String bridge = FlowText.bridge(change.id());
        if (FlowText.isNormal(delete.live())) {
          normals.put(bridge, change);
        } else {
          others.computeIfAbsent(bridge, key -> new TreeSet<>()).add(change.address());
        }
      }
    }
    if (normals.isEmpty()) {
      return;
    }
    Set<String> decided = new HashSet<>();
    for (ResourceId id : wanted.keySet()) {
      if (id.type() == ResourceType.FLOW) {
        decided.add(FlowText.bridge(id));
      }
    }
    normals.keySet().removeAll(decided);
    for (Resource flow : live) {
      if (flow.id().type() == ResourceType.FLOW
          && !changes.containsKey(FlowText.address(flow.id()))) {
        Change stays = normals.remove(FlowText.bridge(flow.id()));
        if (stays != null) {
          changes.remove(stays.address());
        }
      }
    }
    normals.forEach(
        (bridge, normal) -> {
          Set<String> first = others.getOrDefault(bridge, Set.of());
          if (!first.isEmpty()) {
            after.computeIfAbsent(normal.address(), key -> new TreeSet<>()).addAll(first);
          }
        });
  }
}
