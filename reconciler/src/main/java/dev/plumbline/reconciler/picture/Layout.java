// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.picture;

import dev.plumbline.reconciler.picture.Diagram.Edge;
import dev.plumbline.reconciler.picture.Diagram.Group;
import dev.plumbline.reconciler.picture.Diagram.Node;
import dev.plumbline.reconciler.picture.Diagram.Port;
import java.util.List;

/** A diagram with a place for everything, in units of CSS pixels. */
record Layout(
    Diagram diagram,
    Box host,
    List<PlacedGroup> groups,
    List<PlacedNode> nodes,
    List<PlacedEdge> edges) {
  /** Between a box and the text in it. */
  static final double PADDING = 10;

  /** A rectangle. */
  record Box(double x, double y, double width, double height) {
    double right() {
      return x + width;
    }

    double bottom() {
      return y + height;
    }

    boolean overlaps(Box other) {
      return x < other.right() && other.x < right() && y < other.bottom() && other.y < bottom();
    }

    boolean contains(Box other) {
      return x <= other.x && y <= other.y && right() >= other.right() && bottom() >= other.bottom();
    }

    Box around(Box other) {
      double left = Math.min(x, other.x);
      double top = Math.min(y, other.y);
      return new Box(
          left,
          top,
          Math.max(right(), other.right()) - left,
          Math.max(bottom(), other.bottom()) - top);
    }

    Box grown(double by) {
      return new Box(x - by, y - by, width + 2 * by, height + 2 * by);
    }
  }

  record Point(double x, double y) {}

  record PlacedGroup(Group group, Box box) {}

  /**
   * A node.
   *
   * @param text where its head is
   * @param alone the ports at which no line ends, below the head
   */
  record PlacedNode(Node node, Box box, Box text, List<Alone> alone, List<PlacedPort> ports) {}

  /** A port without a line, and where its text is. */
  record Alone(Port port, Box text) {}

  /**
   * A port with a line.
   *
   * @param at where the line ends, on the box's edge
   * @param text where its text is, in the box
   */
  record PlacedPort(Port port, boolean isWest, Point at, Box text) {}

  record PlacedEdge(Edge edge, List<Point> points) {}
}
