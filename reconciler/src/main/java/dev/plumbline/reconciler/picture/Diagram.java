// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.picture;

import dev.plumbline.reconciler.plan.Action;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What is drawn, before anybody has said where.
 *
 * @param title what it is of
 * @param isPlan whether it shows what a plan does
 * @param nodes in the order of their ids
 * @param edges those from left to right: from the inside of the host to the outside
 */
record Diagram(
    String title, boolean isPlan, List<Group> groups, List<Node> nodes, List<Edge> edges) {
  Diagram {
    groups = List.copyOf(groups);
    nodes = List.copyOf(nodes);
    edges = List.copyOf(edges);
  }

  Diagram planned() {
    return new Diagram(title, true, groups, nodes, edges);
  }

  Diagram withEdges(List<Edge> others) {
    return new Diagram(title, isPlan, groups, nodes, others);
  }

  /** How a line of text looks. */
  enum Tone {
    /** The name of a node or port. */
    NAME,
    /** What the kernel or a file says: addresses, routes, VLANs. */
    VALUE,
    /** What we say about it. */
    NOTE
  }

  /**
   * A line of text.
   *
   * @param mark what a plan does with what it says; null: nothing
   */
  record Row(Tone tone, String text, @Nullable Action mark) {
    static Row note(String text) {
      return new Row(Tone.NOTE, text, null);
    }
  }

  /** What a node is. */
  enum Kind {
    STACK("IP stack"),
    BRIDGE("bridge"),
    BOND("bond"),
    CARD("card"),
    GUEST("guest"),
    DEVICE("device"),
    REMOTE("remote host");

    private final String label;

    Kind(String label) {
      this.label = label;
    }

    String label() {
      return label;
    }
  }

  /**
   * A namespace that has more in it than a stack.
   *
   * @param id the namespace
   */
  record Group(String id, String name, @Nullable Action mark) {}

  /**
   * A box.
   *
   * @param group the namespace around it; empty: the host itself
   * @param head its text
   * @param places the hops of a path that are meant by it
   */
  record Node(
      String id,
      Kind kind,
      String group,
      List<Row> head,
      List<Port> ports,
      Set<String> places,
      boolean isDown,
      @Nullable Action mark) {
    Node {
      head = List.copyOf(head);
      ports = List.copyOf(ports);
      places = Set.copyOf(places);
    }

    String name() {
      return head.get(0).text();
    }
  }

  /**
   * A place on a box's edge where lines end.
   *
   * @param rows its text; none: it is only a place
   */
  record Port(String id, List<Row> rows, Set<String> places, @Nullable Action mark) {
    Port {
      rows = List.copyOf(rows);
      places = Set.copyOf(places);
    }
  }

  /** What a line is. */
  enum Link {
    /** One device on another: a port on its card, a VLAN on its parent. */
    DEVICE("on"),
    MEMBER("member"),
    VETH("veth pair"),
    INTERNAL("internal port"),
    PATCH("patch"),
    /** To the other end, as if nothing were in between. */
    TUNNEL("tunnel"),
    /** From a tunnel to the stack that sends its packets. */
    CARRIED("its packets are sent by");

    private final String label;

    Link(String label) {
      this.label = label;
    }

    String label() {
      return label;
    }
  }

  /** One end of a line: a node's port. */
  record End(String node, String port) {}

  /** A line, from left to right. */
  record Edge(Link link, End from, End to, @Nullable Action mark) {}
}
