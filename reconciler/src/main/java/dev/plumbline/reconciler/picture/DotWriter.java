// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.picture;

import dev.plumbline.reconciler.picture.Diagram.Edge;
import dev.plumbline.reconciler.picture.Diagram.End;
import dev.plumbline.reconciler.picture.Diagram.Kind;
import dev.plumbline.reconciler.picture.Diagram.Link;
import dev.plumbline.reconciler.picture.Diagram.Node;
import dev.plumbline.reconciler.picture.Diagram.Port;
import dev.plumbline.reconciler.picture.Diagram.Row;
import dev.plumbline.reconciler.picture.Diagram.Tone;
import dev.plumbline.reconciler.plan.Action;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Writes a diagram in the language of Graphviz, for its {@code dot} to lay out. */
final class DotWriter {
  private static final Map<Kind, String> COLOURS =
      Map.of(
          Kind.STACK, "stack",
          Kind.BRIDGE, "bridge",
          Kind.BOND, "bond",
          Kind.REMOTE, "remote");

  private final Diagram diagram;
  private final @Nullable Trace trace;
  private final Map<String, Integer> numbers = new HashMap<>();
  private final Set<End> sources = new HashSet<>();
  private final Set<End> ends = new HashSet<>();
  private final StringBuilder out = new StringBuilder();

  private DotWriter(Diagram diagram, @Nullable Trace trace) {
    this.diagram = diagram;
    this.trace = trace;
  }

  static String write(Diagram diagram, @Nullable Trace trace) {
    return new DotWriter(diagram, trace).write();
  }

  private String write() {
    for (Edge edge : diagram.edges()) {
      sources.add(edge.from());
      ends.add(edge.from());
      ends.add(edge.to());
    }
    List<String> title = new ArrayList<>(List.of(diagram.title()));
    if (trace != null) {
      title.addAll(trace.lines());
    }
    out.append("digraph plumbline {\n");
    out.append("  rankdir=LR; nodesep=0.25; ranksep=0.7;\n");
    out.append("  graph [fontname=\"Helvetica\", labelloc=t, labeljust=l, label=<");
    title.forEach(line -> out.append(html(line)).append("<br align=\"left\"/>"));
    out.append(">];\n");
    out.append("  node [shape=plain, fontname=\"Helvetica\", fontsize=11];\n");
    out.append("  edge [dir=none, color=\"").append(colour("line")).append("\"];\n");
    for (Node node : diagram.nodes()) {
      numbers.put(node.id(), numbers.size());
    }
    out.append("  subgraph cluster_host {\n    label=\"\"; color=\"");
    out.append(colour("rim")).append("\"; style=rounded;\n");
    nodes("", "    ");
    int number = 0;
    for (Diagram.Group group : diagram.groups()) {
      out.append("    subgraph cluster_").append(number++).append(" {\n      label=<");
      out.append(html(signed("namespace " + group.name(), group.mark()))).append(">; color=\"");
      out.append(colour("stack")).append("\";\n");
      nodes(group.id(), "      ");
      out.append("    }\n");
    }
    out.append("  }\n");
    nodes(Sketch.OUTSIDE, "  ");
    diagram.edges().forEach(this::edge);
    return out.append("}\n").toString();
  }

  private static String colour(String name) {
    return Objects.requireNonNull(Colours.LIGHT.get(name));
  }

  private void nodes(String group, String indent) {
    for (Node node : diagram.nodes()) {
      if (node.group().equals(group)) {
        out.append(indent).append('n').append(numbers.get(node.id())).append(" [label=<");
        label(node);
        out.append(">];\n");
      }
    }
  }

  private void label(Node node) {
    String colour = colour(COLOURS.getOrDefault(node.kind(), "line"));
    boolean isOnWay = trace != null && (trace.isThere(node) || trace.isBack(node));
    if (isOnWay) {
      colour = colour("there");
    } else if (node.mark() != null) {
      colour = colour(node.mark().label());
    }
    boolean isDashed = node.mark() == Action.DELETE || node.isDown() || node.kind() == Kind.GUEST;
    out.append("<table border=\"").append(isOnWay || node.mark() != null ? 2 : 1);
    out.append("\" cellborder=\"0\" cellspacing=\"0\" cellpadding=\"3\" color=\"").append(colour);
    out.append("\" style=\"rounded").append(isDashed ? ",dashed" : "").append("\">");
    String sign = node.mark() == null ? "" : node.mark().sign() + " ";
    out.append("<tr><td align=\"left\">");
    boolean isFirst = true;
    for (Row row : node.head()) {
      text(isFirst ? new Row(row.tone(), sign + row.text(), row.mark()) : row, true);
      isFirst = false;
    }
    out.append("</td></tr>");
    int number = 0;
    for (Port port : node.ports()) {
      End end = new End(node.id(), port.id());
      if (!port.rows().isEmpty() || ends.contains(end)) {
        boolean isRight = sources.contains(end);
        out.append("<tr><td port=\"p").append(number).append("\" align=\"");
        out.append(isRight ? "right" : "left").append("\">");
        for (Row row : port.rows()) {
          text(row, !isRight);
        }
        out.append("</td></tr>");
      }
      number++;
    }
    out.append("</table>");
  }

  private void text(Row row, boolean isLeft) {
    String text = html(signed(row.text(), row.mark()));
    out.append(row.tone() == Tone.NAME ? "<b>" + text + "</b>" : text);
    out.append("<br align=\"").append(isLeft ? "left" : "right").append("\"/>");
  }

  static String signed(String text, @Nullable Action mark) {
    return mark == null ? text : mark.sign() + " " + text;
  }

  private static String html(String text) {
    return text.isEmpty() ? " " : Xml.escaped(text);
  }

  private String end(End end) {
    int number = 0;
    for (Node node : diagram.nodes()) {
      if (node.id().equals(end.node())) {
        for (Port port : node.ports()) {
          if (port.id().equals(end.port())) {
            return "n" + numbers.get(end.node()) + ":p" + number;
          }
          number++;
        }
      }
    }
    throw new IllegalStateException("no port " + end);
  }

  private void edge(Edge edge) {
    out.append("  ").append(end(edge.from())).append(":e -> ").append(end(edge.to())).append(":w");
    List<String> attributes = new ArrayList<>();
    if (edge.link() == Link.TUNNEL) {
      attributes.add("style=dashed, color=\"" + colour("remote") + "\"");
    } else if (edge.link() == Link.CARRIED) {
      attributes.add("style=dotted, color=\"" + colour("remote") + "\"");
    } else if (edge.link() == Link.PATCH) {
      attributes.add("style=bold, color=\"" + colour("bridge") + "\"");
    }
    if (edge.mark() != null) {
      attributes.add("label=\"" + edge.mark().sign() + "\", penwidth=2");
      attributes.add("color=\"" + colour(edge.mark().label()) + "\"");
    }
    way(edge, attributes);
    out.append(attributes.isEmpty() ? "" : " [" + String.join(", ", attributes) + "]");
    out.append(";\n");
  }

  private void way(Edge edge, List<String> attributes) {
    Boolean there = trace == null ? null : trace.there(edge);
    Boolean back = trace == null ? null : trace.back(edge);
    if (there != null) {
      String only = back == null ? ", label=\"there\"" : "";
      attributes.add("dir=" + (there ? "forward" : "back") + only);
      attributes.add("penwidth=3, color=\"" + colour("there") + "\"");
    } else if (back != null) {
      attributes.add("dir=" + (back ? "forward" : "back") + ", label=\"back\"");
      attributes.add("penwidth=3, style=dashed, color=\"" + colour("back") + "\"");
    }
  }
}
