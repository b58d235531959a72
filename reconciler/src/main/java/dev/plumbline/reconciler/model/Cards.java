// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.model;

import dev.plumbline.reconciler.embedded.PortText;
import dev.plumbline.reconciler.live.Capabilities;
import dev.plumbline.reconciler.live.LiveState;
import dev.plumbline.reconciler.plan.Goal;
import dev.plumbline.reconciler.plan.Wanted;
import dev.plumbline.reconciler.resource.Resource;
import dev.plumbline.reconciler.resource.ResourceId;
import dev.plumbline.reconciler.resource.ResourceType;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** The devices that files name and none makes: network cards, taps of guests. */
public final class Cards {
  /** The fields in which a resource names a device of its namespace. */
  private static final List<String> NAMING = List.of("parent", "dev");

  private Cards() {}

  /**
   * A host that has the cards of some goals, and nothing else.
   *
   * @param host its name
   */
  public static ModelKernel kernel(String host, List<Goal> goals) {
    Set<String> namespaces = new TreeSet<>(Set.of(""));
    Set<ResourceId> made = new HashSet<>();
    Set<ResourceId> named = new TreeSet<>();
    for (Goal goal : goals) {
      for (Wanted wanted : goal.wanted()) {
        take(wanted, made, named);
      }
    }
    named.removeAll(made);
    named.removeIf(card -> card.device().equals("lo"));
    named.forEach(card -> namespaces.add(card.namespace()));
    List<Resource> resources = new ArrayList<>();
    for (String namespace : namespaces) {
      if (!namespace.isEmpty()) {
        resources.add(new Resource(ResourceId.namespaceNamed(namespace), null, Map.of()));
      }
      Map<String, String> loopback = Map.of("kind", "", "mtu", "65536");
      resources.add(new Resource(ResourceId.deviceIn(namespace, "lo"), null, loopback));
    }
    named.forEach(card -> resources.add(new Resource(card, null, Map.of("kind", ""))));
    return new ModelKernel(new LiveState(host, Capabilities.ALL, resources, Map.of()));
  }

  private static void take(Wanted wanted, Set<ResourceId> made, Set<ResourceId> named) {
    Resource resource = wanted.resource();
    if (resource.id().type() == ResourceType.DEVICE) {
      (wanted.makes() ? made : named).add(resource.id());
    }
    if (resource.id().type() == ResourceType.PORT && resource.get("type").equals("device")) {
      PortText.devices(resource).forEach(device -> named.add(ResourceId.deviceIn("", device)));
    }
    for (String field : NAMING) {
      String device = resource.get(field);
      if (!device.isEmpty()) {
        named.add(ResourceId.deviceIn(resource.id().namespace(), device));
      }
    }
  }
}
