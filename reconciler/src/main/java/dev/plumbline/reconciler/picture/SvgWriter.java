// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.picture;

import dev.plumbline.reconciler.path.End;
import dev.plumbline.reconciler.picture.Diagram.Edge;
import dev.plumbline.reconciler.picture.Diagram.Link;
import dev.plumbline.reconciler.picture.Diagram.Node;
import dev.plumbline.reconciler.picture.Diagram.Row;
import dev.plumbline.reconciler.picture.Diagram.Tone;
import dev.plumbline.reconciler.picture.Layout.Alone;
import dev.plumbline.reconciler.picture.Layout.Box;
import dev.plumbline.reconciler.picture.Layout.PlacedEdge;
import dev.plumbline.reconciler.picture.Layout.PlacedGroup;
import dev.plumbline.reconciler.picture.Layout.PlacedNode;
import dev.plumbline.reconciler.picture.Layout.PlacedPort;
import dev.plumbline.reconciler.picture.Layout.Point;
import dev.plumbline.reconciler.plan.Action;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Draws a layout. */
final class SvgWriter {
  private static final double MARGIN = 12;
  private static final double BASELINE = 11;
  private static final double SOCKET = 7;
  private static final double CORNER = 6;

  /** Where there is something to be said below it. */
  private static final double LEAST_WIDTH = 420;

  private static final double BADGE = 8;
  private static final double ARROW = 5;

  private final Layout layout;
  private final @Nullable Trace trace;
  private final Legend legend;
  private final Xml xml = new Xml();

  private SvgWriter(Layout layout, @Nullable Trace trace) {
    this.layout = layout;
    this.trace = trace;
    this.legend = Legend.of(layout.diagram(), trace);
  }

  static String write(Layout layout, @Nullable Trace trace, Theme theme) {
    return new SvgWriter(layout, trace).write(theme);
  }

  private String write(Theme theme) {
    Box all = layout.host();
    for (PlacedNode node : layout.nodes()) {
      all = all.around(node.box());
    }
    for (PlacedEdge edge : layout.edges()) {
      for (Point point : edge.points()) {
        all = all.around(new Box(point.x(), point.y(), 0, 0));
      }
    }
    Box drawn = all;
    double below = legend.height(Math.max(drawn.width(), LEAST_WIDTH));
    all =
        new Box(
                all.x(),
                all.y(),
                Math.max(all.width(), below == 0 ? 0 : LEAST_WIDTH),
                all.height() + below)
            .grown(MARGIN);
    String size = Xml.number(all.width()) + " " + Xml.number(all.height());
    xml.open(
        "svg",
        "xmlns",
        "http://www.w3.org/2000/svg",
        "class",
        "plumbline-picture"
            + (layout.diagram().isPlan() ? " planned" : "")
            + (trace == null ? "" : " traced"),
        "viewBox",
        Xml.number(all.x()) + " " + Xml.number(all.y()) + " " + size,
        "width",
        all.width(),
        "height",
        all.height(),
        "role",
        "graphics-document document",
        "aria-roledescription",
        "network diagram",
        "aria-label",
        layout.diagram().title());
    xml.line().text("title", layout.diagram().title());
    String way = trace == null ? "" : String.join(". ", trace.lines()) + ". ";
    xml.text("desc", way + Words.of(layout.diagram()));
    xml.open("style").raw(Colours.css(theme)).close("style");
    rect(all, 0, "ground");
    rect(layout.host(), 10, "frame");
    text(layout.diagram().title(), "title", layout.host().x() + 14, layout.host().y() + 22);
    layout.groups().forEach(this::group);
    layout.edges().forEach(this::edge);
    if (trace != null) {
      // Over all others.
      layout.edges().forEach(this::way);
    }
    layout.nodes().forEach(this::node);
    legend.write(xml, drawn.x() + 2, drawn.bottom(), Math.max(drawn.width(), LEAST_WIDTH));
    xml.close("svg");
    return xml.toString();
  }

  private void rect(Box box, double radius, String style) {
    xml.empty(
        "rect",
        "class",
        style,
        "x",
        box.x(),
        "y",
        box.y(),
        "width",
        box.width(),
        "height",
        box.height(),
        "rx",
        radius);
  }

  private void text(String text, String style, double x, double y) {
    xml.text("text", text, "class", style, "x", x, "y", y);
  }

  private static String marked(String style, @Nullable Action mark) {
    return mark == null ? style : style + " " + mark.label();
  }

  private void group(PlacedGroup group) {
    xml.open(
            "g",
            "class",
            marked("group", group.group().mark()),
            "role",
            "graphics-object group",
            "aria-label",
            "namespace " + group.group().name())
        .line();
    rect(group.box(), 8, "");
    text(group.group().name(), "name", group.box().x() + 12, group.box().y() + 18);
    double width = TextSize.width(Tone.NAME, group.group().name());
    text("namespace", "note", group.box().x() + 20 + width, group.box().y() + 18);
    xml.close("g");
  }

  private void node(PlacedNode placed) {
    Node node = placed.node();
    String style = node.kind().name().toLowerCase(Locale.ROOT) + (node.isDown() ? " down" : "");
    if (trace != null && (trace.isThere(node) || trace.isBack(node))) {
      style += trace.isThere(node) ? " there" : " back";
    }
    xml.open(
            "g",
            "class",
            marked("node " + style, node.mark()),
            "role",
            "graphics-symbol",
            "aria-label",
            Words.of(node))
        .line();
    xml.text("title", Words.of(node));
    rect(placed.box(), 6, "");
    rows(node.head(), placed.text().x(), placed.text().y());
    for (Alone each : placed.alone()) {
      xml.open("g", "class", marked("port", each.port().mark())).line();
      rows(each.port().rows(), each.text().x(), each.text().y());
      xml.close("g");
    }
    placed.ports().forEach(this::port);
    badge(placed);
    xml.close("g");
  }

  /** What a plan does with a node, or how a way ends there: a sign at its corner. */
  private void badge(PlacedNode placed) {
    double x = placed.box().right() - 4;
    double y = placed.box().y() + 2;
    Action mark = placed.node().mark();
    End.Kind end = trace == null ? null : trace.end(placed.node());
    if (mark != null) {
      Legend.badge(xml, mark.label(), mark.sign(), x, y, BADGE);
    } else if (end != null) {
      Legend.badge(xml, "end " + end.label(), Legend.sign(end), x, y, BADGE);
    }
  }

  private void port(PlacedPort placed) {
    xml.open("g", "class", marked("port", placed.port().mark())).line();
    if (!placed.port().rows().isEmpty()) {
      Point at = placed.at();
      rect(new Box(at.x() - SOCKET / 2, at.y() - SOCKET / 2, SOCKET, SOCKET), 1.5, "socket");
    }
    double y = placed.text().y();
    for (Row row : placed.port().rows()) {
      double x = placed.isWest() ? placed.text().x() : placed.text().right();
      row(row, x, y, !placed.isWest());
      y += TextSize.ROW;
    }
    xml.close("g");
  }

  private void rows(List<Row> rows, double x, double from) {
    double y = from;
    for (Row row : rows) {
      row(row, x, y, false);
      y += TextSize.ROW;
    }
  }

  private void row(Row row, double x, double y, boolean isRight) {
    String sign = row.mark() == null ? "" : row.mark().sign() + " ";
    String style = marked(row.tone().name().toLowerCase(Locale.ROOT), row.mark());
    List<Object> attributes = new ArrayList<>(List.of("class", style, "x", x, "y", y + BASELINE));
    if (isRight) {
      attributes.addAll(List.of("text-anchor", "end"));
    }
    xml.text("text", sign + row.text(), attributes.toArray());
  }

  private void edge(PlacedEdge placed) {
    Edge edge = placed.edge();
    String style = marked("edge " + style(edge.link()), edge.mark());
    xml.empty("path", "class", style, "d", path(placed.points()), "aria-hidden", "true");
  }

  private void way(PlacedEdge placed) {
    if (trace == null) {
      return;
    }
    Boolean there = trace.there(placed.edge());
    Boolean back = trace.back(placed.edge());
    Boolean isForward = there == null ? back : there;
    if (isForward == null) {
      return;
    }
    String style = there == null ? "back" : "there";
    List<Point> points = placed.points();
    xml.empty("path", "class", "way " + style, "d", path(points), "aria-hidden", "true");
    Point end = isForward ? points.get(points.size() - 1) : points.get(0);
    double tip = end.x() + (isForward ? -4 : 4);
    double tail = tip + (isForward ? -2 : 2) * ARROW;
    String head =
        "M"
            + at(new Point(tip, end.y()))
            + "L"
            + at(new Point(tail, end.y() - ARROW))
            + "L"
            + at(new Point(tail, end.y() + ARROW))
            + "Z";
    xml.empty("path", "class", "head " + style, "d", head, "aria-hidden", "true");
  }

  static String style(Link link) {
    return link.name().toLowerCase(Locale.ROOT);
  }

  /** Straight lines with round corners. */
  static String path(List<Point> points) {
    StringBuilder path = new StringBuilder();
    for (int i = 0; i < points.size(); i++) {
      Point point = points.get(i);
      if (i == 0) {
        path.append("M").append(at(point));
      } else if (i == points.size() - 1) {
        path.append("L").append(at(point));
      } else {
        Point before = towards(point, points.get(i - 1));
        Point after = towards(point, points.get(i + 1));
        path.append("L")
            .append(at(before))
            .append("Q")
            .append(at(point))
            .append(' ')
            .append(at(after));
      }
    }
    return path.toString();
  }

  private static Point towards(Point from, Point to) {
    double x = to.x() - from.x();
    double y = to.y() - from.y();
    double length = Math.hypot(x, y);
    double part = length == 0 ? 0 : Math.min(CORNER, length / 2) / length;
    return new Point(from.x() + x * part, from.y() + y * part);
  }

  private static String at(Point point) {
    return Xml.number(point.x()) + " " + Xml.number(point.y());
  }
}
