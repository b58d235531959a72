// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.picture;

import dev.plumbline.reconciler.path.Answer;
import dev.plumbline.reconciler.path.End;
import dev.plumbline.reconciler.path.Hop;
import dev.plumbline.reconciler.path.Way;
import dev.plumbline.reconciler.picture.Diagram.Edge;
import dev.plumbline.reconciler.picture.Diagram.Link;
import dev.plumbline.reconciler.picture.Diagram.Node;
import dev.plumbline.reconciler.picture.Diagram.Port;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The way of a packet through a diagram, there and back. What {@code path} says is a list of hops;
 * from each to the next the shortest connection in the diagram is the way.
 */
final class Trace {
  /** Parts of a diagram between one hop and the next; what is further away is no way. */
  private static final int FARTHEST = 8;

  private final Answer answer;
  private final Map<String, Set<Vertex>> places = new HashMap<>();
  private final Map<Vertex, List<Step>> steps = new HashMap<>();
  private final Map<Edge, Boolean> there = new LinkedHashMap<>();
  private final Map<Edge, Boolean> back = new LinkedHashMap<>();
  private final Set<String> nodesThere = new LinkedHashSet<>();
  private final Set<String> nodesBack = new LinkedHashSet<>();
  private final Map<String, End.Kind> ends = new LinkedHashMap<>();

  /** A node, or a port of one. */
  private record Vertex(String node, String port) {}

  /**
   * From one part to the next.
   *
   * @param edge null: from a node to its port or back
   */
  private record Step(Vertex from, Vertex to, @Nullable Edge edge) {}

  private Trace(Answer answer) {
    this.answer = answer;
  }

  static Trace of(Diagram diagram, Answer answer) {
    Trace trace = new Trace(answer);
    trace.read(diagram);
    answer.there().forEach(way -> trace.follow(way, trace.there, trace.nodesThere));
    answer.back().forEach(way -> trace.follow(way, trace.back, trace.nodesBack));
    trace.end(answer.arrives());
    return trace;
  }

  private void read(Diagram diagram) {
    for (Node node : diagram.nodes()) {
      Vertex whole = new Vertex(node.id(), "");
      node.places().forEach(place -> at(place).add(whole));
      for (Port port : node.ports()) {
        Vertex part = new Vertex(node.id(), port.id());
        port.places().forEach(place -> at(place).add(part));
        step(whole, part, null);
        step(part, whole, null);
      }
    }
    for (Edge edge : diagram.edges()) {
      if (edge.link() != Link.TUNNEL) {
        Vertex from = new Vertex(edge.from().node(), edge.from().port());
        Vertex to = new Vertex(edge.to().node(), edge.to().port());
        step(from, to, edge);
        step(to, from, edge);
      }
    }
  }

  private Set<Vertex> at(String place) {
    return places.computeIfAbsent(place, key -> new LinkedHashSet<>());
  }

  private void step(Vertex from, Vertex to, @Nullable Edge edge) {
    steps.computeIfAbsent(from, key -> new ArrayList<>()).add(new Step(from, to, edge));
  }

  private Set<Vertex> vertices(Hop hop) {
    String kind =
        switch (hop.kind()) {
          case NAMESPACE -> "namespace:";
          case BRIDGE -> "bridge:";
          case PATCH -> "patch:";
          default -> "device:";
        };
    Set<Vertex> found = new LinkedHashSet<>();
    String prefix =
        hop.namespace().isEmpty() || hop.kind() == Hop.Kind.NAMESPACE ? "" : hop.namespace() + "/";
    String names = hop.kind() == Hop.Kind.NAMESPACE ? hop.place() : hop.name();
    for (String name : names.split(" or ", -1)) {
      found.addAll(places.getOrDefault(kind + prefix + name, Set.of()));
    }
    return found;
  }

  private void follow(Way way, Map<Edge, Boolean> edges, Set<String> nodes) {
    Set<Vertex> last = Set.of();
    for (Hop hop : way.hops()) {
      Set<Vertex> next = vertices(hop);
      if (next.isEmpty()) {
        continue;
      }
      // Both halves of a pair have its name: the nearer one is enough, but of a bond all members.
      boolean isEither = hop.name().contains(" or ");
      Set<Vertex> reached = isEither ? boxes(next) : nearest(last, next);
      for (Vertex target : reached) {
        nodes.add(target.node());
        for (Vertex from : last) {
          walk(Set.of(from), target, edges, nodes);
        }
      }
      last = reached.isEmpty() ? next : reached;
    }
  }

  /** Those that are boxes of their own, if any is. */
  private static Set<Vertex> boxes(Set<Vertex> all) {
    Set<Vertex> boxes = new LinkedHashSet<>(all);
    boxes.removeIf(each -> !each.port().isEmpty());
    return boxes.isEmpty() ? all : boxes;
  }

  private Set<Vertex> nearest(Set<Vertex> from, Set<Vertex> next) {
    if (from.isEmpty()) {
      return boxes(next);
    }
    Vertex best = null;
    int length = Integer.MAX_VALUE;
    for (Vertex each : boxes(next)) {
      List<Step> walked = shortest(from, each);
      if (walked != null && walked.size() < length) {
        best = each;
        length = walked.size();
      }
    }
    return best == null ? Set.of() : Set.of(best);
  }

  private void walk(Set<Vertex> from, Vertex to, Map<Edge, Boolean> edges, Set<String> nodes) {
    List<Step> walked = shortest(from, to);
    if (walked == null) {
      return;
    }
    for (Step step : walked) {
      nodes.add(step.to().node());
      if (step.edge() != null) {
        boolean isForward = step.from().node().equals(step.edge().from().node());
        edges.putIfAbsent(step.edge(), isForward);
      }
    }
  }

  private @Nullable List<Step> shortest(Set<Vertex> from, Vertex to) {
    Map<Vertex, Step> came = new HashMap<>();
    Set<Vertex> seen = new HashSet<>(from);
    Deque<Vertex> next = new ArrayDeque<>(from);
    Map<Vertex, Integer> depth = new HashMap<>();
    while (!next.isEmpty()) {
      Vertex vertex = next.remove();
      if (vertex.equals(to)) {
        return walked(came, vertex);
      }
      int far = depth.getOrDefault(vertex, 0);
      for (Step step : far >= FARTHEST ? List.<Step>of() : steps.getOrDefault(vertex, List.of())) {
        if (seen.add(step.to())) {
          came.put(step.to(), step);
          depth.put(step.to(), far + 1);
          next.add(step.to());
        }
      }
    }
    return null;
  }

  private static List<Step> walked(Map<Vertex, Step> came, Vertex end) {
    List<Step> walked = new ArrayList<>();
    for (Step step = came.get(end); step != null; step = came.get(step.from())) {
      walked.add(0, step);
    }
    return walked;
  }

  private void end(End end) {
    for (String place : end.place().split(" or ", -1)) {
      for (String kind : List.of("namespace:", "device:", "bridge:")) {
        Set<Vertex> found = places.getOrDefault(kind + place, Set.of());
        // A port's device may be a box of its own, too: that one is meant.
        Vertex best = null;
        for (Vertex each : found) {
          best = best == null || each.port().isEmpty() ? each : best;
        }
        if (best != null) {
          ends.put(best.node(), end.kind());
          break;
        }
      }
    }
  }

  /**
   * Whether a packet takes a line on its way there, from left to right or not; null: it does not.
   */
  @Nullable Boolean there(Edge edge) {
    return there.get(edge);
  }

  @Nullable Boolean back(Edge edge) {
    return back.get(edge);
  }

  boolean isThere(Node node) {
    return nodesThere.contains(node.id());
  }

  boolean isBack(Node node) {
    return nodesBack.contains(node.id());
  }

  /** How the way there ends at a node; null: elsewhere. */
  End.@Nullable Kind end(Node node) {
    return ends.get(node.id());
  }

  /** What becomes of the packet and of its answer, and why; a line each. */
  List<String> lines() {
    List<String> lines = new ArrayList<>();
    lines.add(answer.from() + " → " + answer.to());
    lines.add("there: " + answer.arrives().text());
    lines.add("back: " + answer.returns().text());
    answer.findings().forEach(finding -> lines.add("found: " + finding.text()));
    return lines;
  }
}
