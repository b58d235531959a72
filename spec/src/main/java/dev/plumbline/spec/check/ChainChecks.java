// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.spec.check;

import dev.plumbline.spec.check.Scope.DeviceId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A device that stands on itself through any chain of parents, members and ports.
 *
 * <p>Edges go from the device above to the device below: a VLAN or tunnel to its parent, a bond to
 * its members, a bridge to its ports, a VRF to its members.
 */
final class ChainChecks {
  private ChainChecks() {}

  /** An edge; {@code at} is the address of the place that says so. */
  private record Edge(DeviceId below, String object, String at) {}

  static void run(Scope scope) {
    Map<DeviceId, List<Edge>> edges = new LinkedHashMap<>();
    scope
        .state
        .vlans()
        .forEach(
            (key, vlan) ->
                edge(scope, edges, "vlans." + key, vlan.settings().namespace(), vlan.parent()));
    scope
        .state
        .tunnels()
        .forEach(
            (key, tunnel) -> {
              if (tunnel.parent() != null) {
                String namespace = tunnel.settings().namespace();
                edge(scope, edges, "tunnels." + key, namespace, tunnel.parent());
              }
            });
    scope
        .uses()
        .forEach(
            (below, uses) ->
                uses.forEach(
                    use -> {
                      var user = scope.device(use.user());
                      if (user != null) {
                        edges
                            .computeIfAbsent(DeviceId.of(user), k -> new ArrayList<>())
                            .add(new Edge(below, use.user(), use.at()));
                      }
                    }));
    Set<DeviceId> done = new LinkedHashSet<>();
    for (DeviceId start : edges.keySet()) {
      walk(scope, edges, start, done);
    }
  }

  private static void edge(
      Scope scope,
      Map<DeviceId, List<Edge>> edges,
      String object,
      String namespace,
      String parent) {
    var device = scope.device(object);
    if (device != null && scope.isPlaced(device)) {
      edges
          .computeIfAbsent(DeviceId.of(device), k -> new ArrayList<>())
          .add(new Edge(scope.id(namespace, parent), object, object + ".parent"));
    }
  }

  /** A step of the walk: a device and how many of its edges were followed. */
  private static final class Step {
    final DeviceId id;
    int next;

    Step(DeviceId id) {
      this.id = id;
    }
  }

  /** Depth first, on a stack of its own: a file may have a chain of thousands. */
  private static void walk(
      Scope scope, Map<DeviceId, List<Edge>> edges, DeviceId start, Set<DeviceId> done) {
    List<Step> path = new ArrayList<>();
    Set<DeviceId> onPath = new LinkedHashSet<>();
    if (done.contains(start)) {
      return;
    }
    path.add(new Step(start));
    onPath.add(start);
    while (!path.isEmpty()) {
      Step step = path.get(path.size() - 1);
      List<Edge> below = edges.getOrDefault(step.id, List.of());
      if (step.next == below.size()) {
        path.remove(path.size() - 1);
        onPath.remove(step.id);
        done.add(step.id);
        continue;
      }
      Edge edge = below.get(step.next++);
      if (onPath.contains(edge.below)) {
        List<DeviceId> names = new ArrayList<>(onPath);
        names = new ArrayList<>(names.subList(names.indexOf(edge.below), names.size()));
        names.add(edge.below);
        String chain = names.stream().map(DeviceId::toString).collect(Collectors.joining(" → "));
        scope.error(edge.at, edge.object, "the device stands on itself: " + chain, null);
      } else if (!done.contains(edge.below)) {
        path.add(new Step(edge.below));
        onPath.add(edge.below);
      }
    }
  }
}
