// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.picture;

import dev.plumbline.reconciler.picture.Diagram.Edge;
import dev.plumbline.reconciler.picture.Diagram.Kind;
import dev.plumbline.reconciler.picture.Diagram.Link;
import dev.plumbline.reconciler.picture.Diagram.Node;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Turns lines so that they lead from the inside of the host to the outside: to the next card, and
 * where that is no difference from guests and namespaces to bridges. The order is a strict one, so
 * that no lines go round.
 */
final class Orientation {
  private static final List<Kind> ORDER =
      List.of(Kind.GUEST, Kind.STACK, Kind.DEVICE, Kind.BRIDGE, Kind.BOND, Kind.CARD, Kind.REMOTE);

  private Orientation() {}

  static Diagram orient(Diagram diagram) {
    Map<String, Integer> distances = distances(diagram);
    Map<String, Node> nodes = new HashMap<>();
    diagram.nodes().forEach(node -> nodes.put(node.id(), node));
    Comparator<String> outwards =
        Comparator.<String>comparingInt(id -> -distances.getOrDefault(id, Integer.MAX_VALUE))
            .thenComparingInt(
                id -> {
                  Node node = nodes.get(id);
                  return node == null ? 0 : ORDER.indexOf(node.kind());
                })
            .thenComparing(Comparator.naturalOrder());
    List<Edge> turned = new ArrayList<>();
    for (Edge edge : diagram.edges()) {
      boolean isTurned =
          edge.link() != Link.TUNNEL
              && edge.link() != Link.CARRIED
              && outwards.compare(edge.from().node(), edge.to().node()) > 0;
      turned.add(isTurned ? new Edge(edge.link(), edge.to(), edge.from(), edge.mark()) : edge);
    }
    return diagram.withEdges(turned);
  }

  /** How many lines there are to the nearest card; to nothing else of what leaves the host. */
  private static Map<String, Integer> distances(Diagram diagram) {
    Map<String, List<String>> neighbours = new HashMap<>();
    for (Edge edge : diagram.edges()) {
      if (edge.link() != Link.TUNNEL) {
        String from = edge.from().node();
        String to = edge.to().node();
        neighbours.computeIfAbsent(from, key -> new ArrayList<>()).add(to);
        neighbours.computeIfAbsent(to, key -> new ArrayList<>()).add(from);
      }
    }
    Map<String, Integer> distances = new HashMap<>();
    Deque<String> next = new ArrayDeque<>();
    for (Node node : diagram.nodes()) {
      if (node.kind() == Kind.CARD) {
        distances.put(node.id(), 0);
        next.add(node.id());
      }
    }
    while (!next.isEmpty()) {
      String id = next.remove();
      int distance = distances.getOrDefault(id, 0) + 1;
      for (String other : neighbours.getOrDefault(id, List.of())) {
        if (distances.putIfAbsent(other, distance) == null) {
          next.add(other);
        }
      }
    }
    return distances;
  }
}
