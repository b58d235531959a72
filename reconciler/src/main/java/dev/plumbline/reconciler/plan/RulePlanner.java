// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.plan;

import dev.plumbline.reconciler.resource.Resource;
import dev.plumbline.reconciler.resource.ResourceId;
import dev.plumbline.reconciler.resource.ResourceType;
import dev.plumbline.reconciler.resource.RuleText;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Keeps rules that say less before those of their priority that say the same and more: the kernel
 * keeps them in the order in which they were made, and deletes the first that fits the request.
 *
 * <p>Where one that says less comes later, those that stay are made anew after it. It does the same
 * with their packets, so that nobody misses them meanwhile.
 */
final class RulePlanner {
  private final Map<String, Change> changes;
  private final Map<String, Set<String>> after;

  /**
   * @param changes gets those that are made anew
   * @param after gets the order
   */
  RulePlanner(Map<String, Change> changes, Map<String, Set<String>> after) {
    this.changes = changes;
    this.after = after;
  }

  /**
   * Orders the rules that are made.
   *
   * @param current all that is there
   */
  void order(Iterable<Resource> current, Map<ResourceId, Wanted> wanted) {
    Map<String, List<Change>> made = new HashMap<>();
    Set<ResourceId> leaving = new TreeSet<>();
    for (Change change : changes.values()) {
      Resource rule = change.after();
      if (change.id().type() == ResourceType.RULE && rule != null) {
        made.computeIfAbsent(rank(change.id()), key -> new ArrayList<>()).add(change);
      } else if (change.id().type() == ResourceType.RULE) {
        leaving.add(change.id());
      }
    }
    if (made.isEmpty()) {
      return;
    }
    for (Resource each : current) {
      boolean stays = each.id().type() == ResourceType.RULE && !leaving.contains(each.id());
      List<Change> like = stays ? made.getOrDefault(rank(each.id()), List.of()) : List.of();
      if (like.stream().anyMatch(wide -> covers(wide, each))) {
        like.add(anew(each, wanted.get(each.id())));
      }
    }
    made.values().forEach(this::order);
  }

  private static String rank(ResourceId rule) {
    return rule.namespace() + " " + RuleText.rank(rule);
  }

  private static boolean covers(Change wide, Resource narrow) {
    Resource rule = wide.after();
    return wide instanceof Change.Create && rule != null && RuleText.covers(rule, narrow);
  }

  private Change anew(Resource rule, @Nullable Wanted wanted) {
    String address = wanted == null ? rule.id().toString() : wanted.address();
    Change change =
        new Change.Recreate(address, rule, rule, List.of(), List.of(), Disruption.IN_PLACE);
    changes.put(address, change);
    return change;
  }

  private void order(List<Change> like) {
    for (Change wide : like) {
      for (Change narrow : like) {
        Resource one = wide.after();
        Resource other = narrow.after();
        boolean first =
            one != null
                && other != null
                && RuleText.covers(one, other)
                && !RuleText.covers(other, one);
        if (first) {
          after.computeIfAbsent(narrow.address(), key -> new TreeSet<>()).add(wide.address());
        }
      }
    }
  }
}
