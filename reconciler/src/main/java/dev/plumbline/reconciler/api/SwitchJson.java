// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.api;

import dev.plumbline.datapath.config.SwitchConfig;
import dev.plumbline.reconciler.embedded.SwitchText;
import dev.plumbline.reconciler.render.Node;
import dev.plumbline.reconciler.resource.Resource;
import dev.plumbline.reconciler.resource.ResourceId;
import dev.plumbline.reconciler.resource.ResourceType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What a switch is, as a tree for JSON and back. */
public final class SwitchJson {
  private SwitchJson() {}

  /** The resources that the switch is. */
  public static List<Object> tree(SwitchConfig config) {
    List<Object> resources = new ArrayList<>();
    for (Resource resource : SwitchText.resources(config)) {
      resources.add(
          Map.of(
              "type", resource.id().type().label(),
              "key", resource.id().key(),
              "fields", new TreeMap<>(resource.fields())));
    }
    return resources;
  }

  /**
   * The switch whose {@link #tree} is there.
   *
   * @param tree has it as {@code resources}
   * @throws IllegalArgumentException if it is that of no switch
   */
  static SwitchConfig config(Node tree) {
    List<Resource> resources = new ArrayList<>();
    for (Node node : tree.nodes("resources")) {
      Map<String, String> fields = new TreeMap<>();
      Node values = node.node("fields");
      values
          .map()
          .keySet()
          .forEach(name -> fields.put(name.toString(), values.text(name.toString())));
      ResourceId id =
          new ResourceId(ResourceType.ofLabel(node.text("type")), "", "", node.text("key"));
      resources.add(new Resource(id, Resource.OURS, fields));
    }
    return SwitchText.config(resources);
  }
}
