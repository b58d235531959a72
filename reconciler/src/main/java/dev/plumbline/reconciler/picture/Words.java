// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.picture;

import dev.plumbline.reconciler.picture.Diagram.Edge;
import dev.plumbline.reconciler.picture.Diagram.End;
import dev.plumbline.reconciler.picture.Diagram.Node;
import dev.plumbline.reconciler.picture.Diagram.Port;
import dev.plumbline.reconciler.picture.Diagram.Row;
import dev.plumbline.reconciler.plan.Action;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A diagram in words, for those who do not see it. */
final class Words {
  private final Map<String, Node> nodes = new HashMap<>();

  private Words(Diagram diagram) {
    diagram.nodes().forEach(node -> nodes.put(node.id(), node));
  }

  static String of(Diagram diagram) {
    Words words = new Words(diagram);
    List<String> sentences = new ArrayList<>();
    diagram.nodes().forEach(node -> sentences.add(of(node) + "."));
    diagram.edges().forEach(edge -> sentences.add(words.of(edge) + "."));
    return String.join(" ", sentences);
  }

  static String of(Node node) {
    List<String> parts = new ArrayList<>();
    List<String> head = new ArrayList<>();
    node.head().forEach(row -> head.add(marked(row.text(), row.mark())));
    parts.add(marked(String.join(", ", head), node.mark()));
    for (Port port : node.ports()) {
      if (!port.rows().isEmpty()) {
        parts.add("port " + String.join(", ", port.rows().stream().map(Words::of).toList()));
      }
    }
    return String.join("; ", parts);
  }

  private static String of(Row row) {
    return marked(row.text(), row.mark());
  }

  private static String marked(String text, @Nullable Action mark) {
    return mark == null ? text : text + " (" + mark.label() + ")";
  }

  private String of(Edge edge) {
    return marked(
        of(edge.from()) + " – " + of(edge.to()) + ": " + edge.link().label(), edge.mark());
  }

  private String of(End end) {
    Node node = nodes.get(end.node());
    if (node == null) {
      return end.node();
    }
    for (Port port : node.ports()) {
      if (port.id().equals(end.port()) && !port.rows().isEmpty()) {
        return node.name() + " " + port.rows().get(0).text();
      }
    }
    return node.name();
  }
}
