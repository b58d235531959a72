// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.picture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.plumbline.reconciler.picture.Layout.Box;
import dev.plumbline.reconciler.picture.Layout.PlacedEdge;
import dev.plumbline.reconciler.picture.Layout.PlacedNode;
import dev.plumbline.reconciler.picture.Layout.PlacedPort;
import dev.plumbline.reconciler.picture.Layout.Point;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Nothing lies over anything else, in any example. */
class LayoutTest {
  static List<Path> examples() throws IOException {
    return Pictures.examples();
  }

  @Test
  void thereAreExamples() throws IOException {
    assertTrue(examples().size() > 20, examples()::toString);
  }

  @ParameterizedTest
  @MethodSource("examples")
  void nothingOfAnExampleOverlaps(Path example) throws IOException {
    Layout layout = Pictures.of(example).layout();
    assertFalse(layout.nodes().isEmpty());
    check(layout);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        """
        veths: {p0: {peer: {device: p1, namespace: a}}}
        bridges: {br: {datapath: kernel, namespace: a, ports: {p1: {}}}}
        """,
        """
        veths: {p0: {namespace: b, peer: {device: p1, namespace: a}}}
        bridges:
          br: {datapath: kernel, namespace: a, ports: {p1: {}}}
          other: {datapath: kernel, namespace: b, ports: {p0: {}}}
        """
      })
  void linesLeadIntoNamespaces(String file) {
    Layout layout = Pictures.of("version: 1\nnamespaces: {a: {}, b: {}}\n" + file).layout();
    assertFalse(layout.edges().isEmpty());
    check(layout);
  }

  static void check(Layout layout) {
    List<PlacedNode> nodes = layout.nodes();
    for (int i = 0; i < nodes.size(); i++) {
      for (int j = i + 1; j < nodes.size(); j++) {
        PlacedNode one = nodes.get(i);
        PlacedNode other = nodes.get(j);
        assertFalse(
            one.box().overlaps(other.box()), () -> one.node().id() + " and " + other.node().id());
      }
      texts(nodes.get(i));
      for (PlacedEdge edge : layout.edges()) {
        clear(edge, nodes.get(i));
      }
    }
    for (PlacedEdge edge : layout.edges()) {
      ends(edge, layout);
    }
  }

  /** Each text is in its box, and over no other. */
  private static void texts(PlacedNode node) {
    List<Box> texts = new ArrayList<>();
    texts.add(
        new Box(
            node.text().x(),
            node.text().y(),
            TextSize.width(node.node().head()),
            node.text().height()));
    node.alone().forEach(each -> texts.add(each.text()));
    for (PlacedPort port : node.ports()) {
      if (!port.port().rows().isEmpty()) {
        texts.add(port.text());
      }
    }
    for (int i = 0; i < texts.size(); i++) {
      Box text = texts.get(i);
      assertTrue(node.box().contains(text), () -> node.node().id() + ": " + text + node.box());
      for (int j = i + 1; j < texts.size(); j++) {
        Box other = texts.get(j);
        assertFalse(text.overlaps(other), () -> node.node().id() + ": " + text + other);
      }
    }
  }

  /** No line goes through a box. */
  private static void clear(PlacedEdge edge, PlacedNode node) {
    Box box = node.box().grown(-1);
    for (int i = 1; i < edge.points().size(); i++) {
      Point from = edge.points().get(i - 1);
      Point to = edge.points().get(i);
      Box line =
          new Box(
              Math.min(from.x(), to.x()),
              Math.min(from.y(), to.y()),
              Math.abs(from.x() - to.x()),
              Math.abs(from.y() - to.y()));
      assertFalse(box.overlaps(line), () -> edge.edge() + " through " + node.node().id());
    }
  }

  /** A line begins and ends at its ports. */
  private static void ends(PlacedEdge edge, Layout layout) {
    Point first = edge.points().get(0);
    Point last = edge.points().get(edge.points().size() - 1);
    for (PlacedNode node : layout.nodes()) {
      for (PlacedPort port : node.ports()) {
        String id = node.node().id() + " " + port.port().id();
        if (id.equals(edge.edge().from().node() + " " + edge.edge().from().port())) {
          near(port.at(), first, edge);
        }
        if (id.equals(edge.edge().to().node() + " " + edge.edge().to().port())) {
          near(port.at(), last, edge);
        }
      }
    }
  }

  private static void near(Point port, Point end, PlacedEdge edge) {
    assertEquals(port.x(), end.x(), 0.5, () -> "x of " + edge);
    assertEquals(port.y(), end.y(), 0.5, () -> "y of " + edge);
  }
}
