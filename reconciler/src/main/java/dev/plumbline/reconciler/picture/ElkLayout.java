// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.picture;

import dev.plumbline.reconciler.picture.Diagram.Edge;
import dev.plumbline.reconciler.picture.Diagram.End;
import dev.plumbline.reconciler.picture.Diagram.Group;
import dev.plumbline.reconciler.picture.Diagram.Kind;
import dev.plumbline.reconciler.picture.Diagram.Node;
import dev.plumbline.reconciler.picture.Diagram.Port;
import dev.plumbline.reconciler.picture.Diagram.Row;
import dev.plumbline.reconciler.picture.Layout.Alone;
import dev.plumbline.reconciler.picture.Layout.Box;
import dev.plumbline.reconciler.picture.Layout.PlacedEdge;
import dev.plumbline.reconciler.picture.Layout.PlacedGroup;
import dev.plumbline.reconciler.picture.Layout.PlacedNode;
import dev.plumbline.reconciler.picture.Layout.PlacedPort;
import dev.plumbline.reconciler.picture.Layout.Point;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.eclipse.elk.alg.layered.LayeredLayoutProvider;
import org.eclipse.elk.alg.layered.options.CycleBreakingStrategy;
import org.eclipse.elk.alg.layered.options.LayerConstraint;
import org.eclipse.elk.alg.layered.options.LayeredOptions;
import org.eclipse.elk.alg.layered.options.NodePlacementStrategy;
import org.eclipse.elk.alg.layered.options.OrderingStrategy;
import org.eclipse.elk.core.data.LayoutMetaDataService;
import org.eclipse.elk.core.math.ElkPadding;
import org.eclipse.elk.core.options.CoreOptions;
import org.eclipse.elk.core.options.Direction;
import org.eclipse.elk.core.options.EdgeRouting;
import org.eclipse.elk.core.options.HierarchyHandling;
import org.eclipse.elk.core.options.NodeLabelPlacement;
import org.eclipse.elk.core.options.PortAlignment;
import org.eclipse.elk.core.options.PortConstraints;
import org.eclipse.elk.core.options.PortSide;
import org.eclipse.elk.core.util.BasicProgressMonitor;
import org.eclipse.elk.graph.ElkEdge;
import org.eclipse.elk.graph.ElkEdgeSection;
import org.eclipse.elk.graph.ElkLabel;
import org.eclipse.elk.graph.ElkNode;
import org.eclipse.elk.graph.ElkPort;
import org.eclipse.elk.graph.util.ElkGraphUtil;

/**
 * Finds places by ELK's layered algorithm, from left to right. Sizes are ours: a box is as large as
 * its text, and its ports have the height of theirs, so that ELK need not know of text.
 */
final class ElkLayout {
  private static final double HEAD_GAP = 4;
  private static final double COLUMN_GAP = 18;
  private static final double GROUP_TITLE = 26;
  private static final double HOST_PADDING = 18;
  private static final double HOST_TITLE = 34;

  /** Beyond that names are in no order: to keep one takes time by the square of them. */
  private static final int MOST_IN_ORDER = 300;

  private final Diagram diagram;
  private final Map<String, ElkNode> nodes = new HashMap<>();
  private final Map<End, ElkPort> ports = new HashMap<>();
  private final Map<String, ElkNode> groups = new LinkedHashMap<>();
  private final Map<String, List<Port>> alone = new HashMap<>();
  private final Map<String, Double> heads = new HashMap<>();
  private final Set<End> west = new HashSet<>();
  private final Set<End> east = new HashSet<>();
  private final Map<Edge, ElkEdge> edges = new LinkedHashMap<>();

  private ElkLayout(Diagram diagram) {
    this.diagram = diagram;
  }

  static Layout of(Diagram diagram) {
    return new ElkLayout(diagram).layout();
  }

  private Layout layout() {
    ElkNode root = ElkGraphUtil.createGraph();
    options(root);
    for (Edge edge : diagram.edges()) {
      east.add(edge.from());
      west.add(edge.to());
    }
    for (Group group : diagram.groups()) {
      ElkNode inside = ElkGraphUtil.createNode(root);
      options(inside);
      inside.setProperty(
          CoreOptions.PADDING,
          new ElkPadding(GROUP_TITLE + 6, HOST_PADDING, HOST_PADDING, HOST_PADDING));
      groups.put(group.id(), inside);
    }
    for (Node node : diagram.nodes()) {
      node(node, groups.getOrDefault(node.group(), root));
    }
    for (Edge edge : diagram.edges()) {
      ElkEdge made = ElkGraphUtil.createSimpleEdge(port(edge.from()), port(edge.to()));
      edges.put(edge, made);
    }
    // Teaches ELK to copy the values of its own options.
    LayoutMetaDataService.getInstance();
    new LayeredLayoutProvider().layout(root, new BasicProgressMonitor());
    return read();
  }

  private void options(ElkNode graph) {
    graph.setProperty(CoreOptions.DIRECTION, Direction.RIGHT);
    graph.setProperty(CoreOptions.EDGE_ROUTING, EdgeRouting.ORTHOGONAL);
    graph.setProperty(CoreOptions.HIERARCHY_HANDLING, HierarchyHandling.INCLUDE_CHILDREN);
    graph.setProperty(CoreOptions.SEPARATE_CONNECTED_COMPONENTS, false);
    graph.setProperty(CoreOptions.RANDOM_SEED, 1);
    graph.setProperty(CoreOptions.SPACING_NODE_NODE, 14.0);
    graph.setProperty(CoreOptions.SPACING_EDGE_NODE, 14.0);
    graph.setProperty(CoreOptions.SPACING_EDGE_EDGE, 10.0);
    graph.setProperty(LayeredOptions.SPACING_NODE_NODE_BETWEEN_LAYERS, 44.0);
    graph.setProperty(LayeredOptions.SPACING_EDGE_NODE_BETWEEN_LAYERS, 16.0);
    graph.setProperty(LayeredOptions.SPACING_EDGE_EDGE_BETWEEN_LAYERS, 10.0);
    graph.setProperty(LayeredOptions.CYCLE_BREAKING_STRATEGY, CycleBreakingStrategy.DEPTH_FIRST);
    graph.setProperty(
        LayeredOptions.NODE_PLACEMENT_STRATEGY, NodePlacementStrategy.NETWORK_SIMPLEX);
    // ELK 0.12 ends with a null pointer where a line leads into a container and order counts.
    if (diagram.groups().isEmpty() && diagram.nodes().size() <= MOST_IN_ORDER) {
      graph.setProperty(
          LayeredOptions.CONSIDER_MODEL_ORDER_STRATEGY, OrderingStrategy.NODES_AND_EDGES);
    }
    graph.setProperty(CoreOptions.SPACING_LABEL_NODE, 0.0);
    graph.setProperty(LayeredOptions.THOROUGHNESS, 10);
    graph.setProperty(CoreOptions.PADDING, new ElkPadding(0));
  }

  private ElkPort port(End end) {
    ElkPort port = ports.get(end);
    if (port == null) {
      throw new IllegalStateException("no port " + end);
    }
    return port;
  }

  private static double height(List<Row> rows) {
    return rows.isEmpty() ? 12 : rows.size() * TextSize.ROW + 8;
  }

  private void node(Node node, ElkNode parent) {
    ElkNode made = ElkGraphUtil.createNode(parent);
    nodes.put(node.id(), made);
    List<Port> lonely = new ArrayList<>();
    double left = 0;
    double leftWidth = 0;
    double right = 0;
    double rightWidth = 0;
    for (Port port : node.ports()) {
      End end = new End(node.id(), port.id());
      if (!west.contains(end) && !east.contains(end)) {
        lonely.add(port);
        continue;
      }
      boolean isWest = west.contains(end);
      ElkPort socket = ElkGraphUtil.createPort(made);
      double height = height(port.rows());
      socket.setDimensions(0, height);
      socket.setProperty(CoreOptions.PORT_SIDE, isWest ? PortSide.WEST : PortSide.EAST);
      ports.put(end, socket);
      double width = TextSize.width(port.rows());
      if (isWest) {
        left += height;
        leftWidth = Math.max(leftWidth, width);
      } else {
        right += height;
        rightWidth = Math.max(rightWidth, width);
      }
    }
    lonely.removeIf(port -> port.rows().isEmpty());
    alone.put(node.id(), lonely);
    double head = head(node);
    double ports = Math.max(left, right);
    double headWidth = TextSize.width(node.head());
    for (Port port : lonely) {
      headWidth = Math.max(headWidth, TextSize.width(port.rows()));
    }
    // Ports with text on the right alone stand beside the head: most namespaces are such.
    boolean isBeside = leftWidth == 0;
    double between = rightWidth > 0 ? COLUMN_GAP : 0;
    double width =
        isBeside
            ? headWidth + between + rightWidth
            : Math.max(headWidth, leftWidth + between + rightWidth);
    double full = Math.ceil(width + 2 * Layout.PADDING + 4);
    if (isBeside) {
      made.setDimensions(full, Math.ceil(Math.max(head, ports) + 6));
    } else {
      // To ELK the head is a label above the ports, so that it keeps both together.
      made.setDimensions(full, Math.ceil(ports + 6));
      ElkLabel label = ElkGraphUtil.createLabel(node.id(), made);
      label.setDimensions(full, Math.ceil(head));
      made.setProperty(CoreOptions.NODE_LABELS_PLACEMENT, NodeLabelPlacement.outsideTopLeft());
      heads.put(node.id(), Math.ceil(head));
    }
    made.setProperty(CoreOptions.PORT_CONSTRAINTS, PortConstraints.FIXED_SIDE);
    made.setProperty(CoreOptions.PORT_ALIGNMENT_DEFAULT, PortAlignment.CENTER);
    made.setProperty(CoreOptions.SPACING_PORT_PORT, 0.0);
    made.setProperty(CoreOptions.SPACING_LABEL_NODE, 0.0);
    if (node.kind() == Kind.REMOTE) {
      made.setProperty(LayeredOptions.LAYERING_LAYER_CONSTRAINT, LayerConstraint.LAST_SEPARATE);
    } else if (node.kind() == Kind.CARD && node.group().isEmpty()) {
      made.setProperty(LayeredOptions.LAYERING_LAYER_CONSTRAINT, LayerConstraint.LAST);
    }
  }

  private double head(Node node) {
    double height = Layout.PADDING - 2 + node.head().size() * TextSize.ROW + HEAD_GAP;
    for (Port port : alone.getOrDefault(node.id(), List.of())) {
      height += height(port.rows());
    }
    return height;
  }

  private static Point origin(ElkNode node) {
    double x = 0;
    double y = 0;
    for (ElkNode each = node; each != null; each = each.getParent()) {
      x += each.getX();
      y += each.getY();
    }
    return new Point(x, y);
  }

  private static Box box(ElkNode node) {
    Point at = origin(node);
    return new Box(at.x(), at.y(), node.getWidth(), node.getHeight());
  }

  private Layout read() {
    List<PlacedNode> placed = new ArrayList<>();
    Box host = null;
    for (Node node : diagram.nodes()) {
      ElkNode made = nodes.get(node.id());
      if (made == null) {
        continue;
      }
      Box whole = box(made);
      double above = heads.getOrDefault(node.id(), 0.0);
      Box box = new Box(whole.x(), whole.y() - above, whole.width(), whole.height() + above);
      placed.add(
          new PlacedNode(
              node,
              box,
              new Box(
                  box.x() + Layout.PADDING,
                  box.y() + Layout.PADDING - 2,
                  box.width() - 2 * Layout.PADDING,
                  node.head().size() * TextSize.ROW),
              alone(node, box),
              ports(node, whole)));
      if (node.kind() != Kind.REMOTE) {
        host = host == null ? box : host.around(box);
      }
    }
    List<PlacedGroup> framed = new ArrayList<>();
    for (Group group : diagram.groups()) {
      ElkNode made = groups.get(group.id());
      if (made != null) {
        Box box = box(made);
        framed.add(new PlacedGroup(group, box));
        host = host == null ? box : host.around(box);
      }
    }
    List<PlacedEdge> lines = new ArrayList<>();
    edges.forEach((edge, made) -> lines.add(new PlacedEdge(edge, points(made))));
    Box inside = host == null ? new Box(0, 0, 160, 40) : host;
    Box frame =
        new Box(
            inside.x() - HOST_PADDING,
            inside.y() - HOST_TITLE,
            inside.width() + 2 * HOST_PADDING,
            inside.height() + HOST_TITLE + HOST_PADDING);
    return new Layout(diagram, frame, framed, placed, lines);
  }

  private List<Alone> alone(Node node, Box box) {
    List<Alone> placed = new ArrayList<>();
    double y = box.y() + Layout.PADDING - 2 + node.head().size() * TextSize.ROW + HEAD_GAP;
    for (Port port : alone.getOrDefault(node.id(), List.of())) {
      double height = port.rows().size() * TextSize.ROW;
      placed.add(
          new Alone(
              port, new Box(box.x() + Layout.PADDING, y, TextSize.width(port.rows()), height)));
      y += height(port.rows());
    }
    return placed;
  }

  private List<PlacedPort> ports(Node node, Box box) {
    List<PlacedPort> placed = new ArrayList<>();
    for (Port port : node.ports()) {
      End end = new End(node.id(), port.id());
      ElkPort made = ports.get(end);
      if (made == null) {
        continue;
      }
      boolean isWest = west.contains(end);
      double middle = box.y() + made.getY() + made.getHeight() / 2;
      double width = TextSize.width(port.rows());
      double height = port.rows().size() * TextSize.ROW;
      double x = isWest ? box.x() + Layout.PADDING : box.right() - Layout.PADDING - width;
      placed.add(
          new PlacedPort(
              port,
              isWest,
              new Point(isWest ? box.x() : box.right(), middle),
              new Box(x, middle - height / 2, width, height)));
    }
    return placed;
  }

  private static List<Point> points(ElkEdge edge) {
    List<Point> points = new ArrayList<>();
    Point origin = origin(edge.getContainingNode());
    for (ElkEdgeSection section : edge.getSections()) {
      points.add(new Point(origin.x() + section.getStartX(), origin.y() + section.getStartY()));
      section
          .getBendPoints()
          .forEach(
              bend -> points.add(new Point(origin.x() + bend.getX(), origin.y() + bend.getY())));
      points.add(new Point(origin.x() + section.getEndX(), origin.y() + section.getEndY()));
    }
    return points;
  }
}
