// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.picture;

import dev.plumbline.reconciler.picture.Diagram.Edge;
import dev.plumbline.reconciler.picture.Diagram.End;
import dev.plumbline.reconciler.picture.Diagram.Group;
import dev.plumbline.reconciler.picture.Diagram.Kind;
import dev.plumbline.reconciler.picture.Diagram.Link;
import dev.plumbline.reconciler.picture.Diagram.Node;
import dev.plumbline.reconciler.picture.Diagram.Port;
import dev.plumbline.reconciler.picture.Diagram.Row;
import dev.plumbline.reconciler.plan.Action;
import dev.plumbline.reconciler.render.Shown;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Writes a diagram as a flowchart of Mermaid, which pages in Markdown show. */
final class MermaidWriter {
  private final Diagram diagram;
  private final @Nullable Trace trace;
  private final Map<String, Integer> numbers = new HashMap<>();
  private final Map<End, List<Row>> texts = new HashMap<>();
  private final StringBuilder out = new StringBuilder();

  private MermaidWriter(Diagram diagram, @Nullable Trace trace) {
    this.diagram = diagram;
    this.trace = trace;
  }

  static String write(Diagram diagram, @Nullable Trace trace) {
    return new MermaidWriter(diagram, trace).write();
  }

  private String write() {
    Set<End> ends = new HashSet<>();
    diagram.edges().forEach(edge -> ends.addAll(List.of(edge.from(), edge.to())));
    out.append("flowchart LR\n");
    for (Node node : diagram.nodes()) {
      numbers.put(node.id(), numbers.size());
      for (Port port : node.ports()) {
        texts.put(new End(node.id(), port.id()), port.rows());
      }
    }
    out.append("  subgraph host[").append(quoted(List.of(diagram.title()))).append("]\n");
    nodes("", ends, "    ");
    int number = 0;
    for (Group group : diagram.groups()) {
      String name = DotWriter.signed("namespace " + group.name(), group.mark());
      out.append("    subgraph g").append(number++).append('[').append(quoted(List.of(name)));
      out.append("]\n");
      nodes(group.id(), ends, "      ");
      out.append("    end\n");
    }
    out.append("  end\n");
    nodes(Sketch.OUTSIDE, ends, "  ");
    if (trace != null) {
      out.append("  way[").append(quoted(trace.lines())).append("]:::way\n");
    }
    List<String> styles = new ArrayList<>();
    int index = 0;
    for (Edge edge : diagram.edges()) {
      edge(edge, index++, styles);
    }
    styles.forEach(style -> out.append("  ").append(style).append('\n'));
    classes();
    return out.toString();
  }

  private void nodes(String group, Set<End> ends, String indent) {
    for (Node node : diagram.nodes()) {
      if (!node.group().equals(group)) {
        continue;
      }
      List<String> lines = new ArrayList<>();
      node.head().forEach(row -> lines.add(DotWriter.signed(row.text(), row.mark())));
      if (node.mark() != null) {
        lines.set(0, DotWriter.signed(lines.get(0), node.mark()));
      }
      for (Port port : node.ports()) {
        if (!ends.contains(new End(node.id(), port.id()))) {
          port.rows().forEach(row -> lines.add(DotWriter.signed(row.text(), row.mark())));
        }
      }
      out.append(indent).append('n').append(numbers.get(node.id()));
      out.append('[').append(quoted(lines)).append("]:::").append(style(node)).append('\n');
    }
  }

  private String style(Node node) {
    if (trace != null && (trace.isThere(node) || trace.isBack(node))) {
      return "way";
    }
    return node.mark() != null ? node.mark().label() : node.kind().name().toLowerCase(Locale.ROOT);
  }

  private void edge(Edge edge, int index, List<String> styles) {
    List<String> lines = new ArrayList<>();
    if (edge.mark() != null) {
      lines.add(edge.mark().sign());
    }
    for (End end : List.of(edge.from(), edge.to())) {
      for (Row row : texts.getOrDefault(end, List.of())) {
        String text = DotWriter.signed(row.text(), row.mark());
        if (!lines.contains(text)) {
          lines.add(text);
        }
      }
    }
    Boolean there = trace == null ? null : trace.there(edge);
    Boolean back = trace == null ? null : trace.back(edge);
    String line = line(edge.link(), there == null ? back : there);
    out.append("  n").append(numbers.get(edge.from().node())).append(' ').append(line);
    out.append(lines.isEmpty() ? "" : "|" + quoted(lines) + "|");
    out.append(" n").append(numbers.get(edge.to().node())).append('\n');
    if (there != null || back != null) {
      String colour = Colours.LIGHT.get(there != null ? "there" : "back");
      String dashes = there != null ? "" : ",stroke-dasharray:8 4";
      styles.add("linkStyle " + index + " stroke:" + colour + ",stroke-width:4px" + dashes);
    } else if (edge.mark() != null) {
      String colour = Colours.LIGHT.get(edge.mark().label());
      String dashes = edge.mark() == Action.DELETE ? ",stroke-dasharray:4 4" : "";
      styles.add("linkStyle " + index + " stroke:" + colour + ",stroke-width:3px" + dashes);
    }
  }

  /** Mermaid has no arrow to the left: where one is needed there are heads at both ends. */
  private static String line(Link link, @Nullable Boolean isForward) {
    String line =
        switch (link) {
          case TUNNEL, CARRIED -> "-.-";
          case PATCH -> "===";
          default -> "---";
        };
    if (isForward == null) {
      return link == Link.CARRIED ? "-.->" : line;
    }
    String arrow = line.substring(0, 2) + (link == Link.CARRIED ? "->" : ">");
    return isForward ? arrow : "<" + arrow;
  }

  private void classes() {
    Map<Kind, String> tinted =
        Map.of(
            Kind.STACK, "stack", Kind.BRIDGE, "bridge", Kind.BOND, "bond", Kind.REMOTE, "remote");
    String text = ",color:" + Colours.LIGHT.get("text");
    for (Kind kind : Kind.values()) {
      String name = kind.name().toLowerCase(Locale.ROOT);
      String colour = tinted.get(kind);
      String fill = colour == null ? "ground" : colour + "-tint";
      out.append("  classDef ").append(name).append(" fill:").append(Colours.LIGHT.get(fill));
      out.append(",stroke:").append(Colours.LIGHT.get(colour == null ? "line" : colour));
      out.append(text).append(kind == Kind.GUEST ? ",stroke-dasharray:2 3" : "").append('\n');
    }
    for (Action action : Action.values()) {
      out.append("  classDef ")
          .append(action.label())
          .append(" fill:")
          .append(Colours.LIGHT.get("ground"));
      out.append(",stroke:").append(Colours.LIGHT.get(action.label())).append(",stroke-width:3px");
      out.append(text).append(action == Action.DELETE ? ",stroke-dasharray:4 4" : "").append('\n');
    }
    out.append("  classDef way fill:").append(Colours.LIGHT.get("ground"));
    out.append(",stroke:").append(Colours.LIGHT.get("there")).append(",stroke-width:3px");
    out.append(text).append('\n');
  }

  /** A text in quotes, with Mermaid's own escapes: it reads {@code #34;} as HTML's escape. */
  private static String quoted(List<String> lines) {
    List<String> safe = new ArrayList<>();
    for (String line : lines) {
      StringBuilder text = new StringBuilder();
      Shown.text(line)
          .codePoints()
          .forEach(
              c -> {
                // At the beginning of a line + and - would make it a list.
                boolean isPlain =
                    (!text.isEmpty() || (c != '+' && c != '-'))
                        && (Character.isLetterOrDigit(c) || " .:/,-+_=()~±→–@".indexOf(c) >= 0);
                if (isPlain) {
                  text.appendCodePoint(c);
                } else {
                  text.append('#').append(c).append(';');
                }
              });
      safe.add(text.toString());
    }
    return "\"" + String.join("<br/>", safe) + "\"";
  }
}
