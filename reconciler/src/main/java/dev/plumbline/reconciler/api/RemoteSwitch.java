// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.api;

import dev.plumbline.datapath.config.SwitchConfig;
import dev.plumbline.reconciler.embedded.SwitchAccess;
import dev.plumbline.reconciler.embedded.SwitchText;
import dev.plumbline.reconciler.render.Node;
import dev.plumbline.reconciler.resource.Resource;
import dev.plumbline.reconciler.resource.ResourceId;
import dev.plumbline.reconciler.resource.ResourceType;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The switch that the agent of a run directory runs: to be read, for the agent alone changes it.
 */
public final class RemoteSwitch implements SwitchAccess {
  private final @Nullable AgentClient agent;

  private RemoteSwitch(@Nullable AgentClient agent) {
    this.agent = agent;
  }

  public static RemoteSwitch of(Path runDirectory) throws IOException {
    return new RemoteSwitch(AgentClient.find(runDirectory));
  }

  /** The agent; null if none is running. */
  public @Nullable AgentClient agent() {
    return agent;
  }

  @Override
  public @Nullable SwitchConfig config() throws IOException {
    if (agent == null) {
      return null;
    }
    List<Resource> resources = new ArrayList<>();
    for (Node node : Node.of(agent.get("switch")).nodes("resources")) {
      Map<String, String> fields = new TreeMap<>();
      Node values = Node.of(node.map().get("fields") instanceof Map<?, ?> map ? map : Map.of());
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

  @Override
  public void configure(SwitchConfig config) throws IOException {
    NONE.configure(config);
  }
}
