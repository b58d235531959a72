// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.embedded;

import dev.plumbline.datapath.config.GroupConfig;
import dev.plumbline.reconciler.resource.Resource;
import dev.plumbline.reconciler.resource.ResourceId;
import java.util.Map;

/** A group as a resource: its number is its identity, and every field is always there. */
public final class GroupText {
  private GroupText() {}

  public static Resource of(String bridge, GroupConfig group) {
    return new Resource(
        ResourceId.group(bridge, group.id()),
        Resource.OURS,
        Map.of("type", group.type(), "buckets", group.buckets()));
  }

  /**
   * The group that {@link #of} made this of.
   *
   * @throws IllegalArgumentException a part of it is not understood
   */
  public static GroupConfig parse(Resource group) {
    return new GroupConfig(
        Long.parseLong(FlowText.key(group.id())), group.get("type"), group.get("buckets"));
  }
}
