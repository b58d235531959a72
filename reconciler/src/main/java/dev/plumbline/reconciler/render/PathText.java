// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.render;

import java.util.List;

/** Where traffic goes, for people. */
public final class PathText {
  private static final String INDENT = "  ";

  private PathText() {}

  /** From the tree that {@link PathTree} makes. */
  public static String of(Node answer) {
    StringBuilder text = new StringBuilder();
    text.append(answer.text("from")).append(" → ").append(answer.text("to")).append('\n');
    direction("there", answer.node("there"), text);
    direction("back", answer.node("back"), text);
    text.append('\n');
    for (Node finding : answer.nodes("findings")) {
      text.append("found: ").append(finding.text("text")).append('\n');
    }
    for (String what : answer.texts("notKnown")) {
      text.append("not known: ").append(what).append('\n');
    }
    text.append("not looked at: ").append(String.join(", ", answer.texts("notLookedAt")));
    return text.append('\n').toString();
  }

  private static void direction(String name, Node direction, StringBuilder text) {
    List<Node> ways = direction.nodes("ways");
    for (int i = 0; i < ways.size(); i++) {
      Node way = ways.get(i);
      String which = ways.size() == 1 ? "" : ", " + (i + 1) + " of " + ways.size();
      text.append('\n').append(name).append(which);
      text.append(way.flag("copy") ? " (a copy)" : "").append(":\n");
      List<Node> hops = way.nodes("hops");
      int widest = hops.stream().mapToInt(hop -> hop.text("place").length()).max().orElse(0);
      for (Node hop : hops) {
        String place = hop.text("place");
        text.append(INDENT).append(place).append(" ".repeat(widest - place.length() + 2));
        text.append(hop.text("decision"));
        text.append(hop.text("reason").isEmpty() ? "" : ": " + hop.text("reason")).append('\n');
      }
      text.append(INDENT).append(end(way.node("end"))).append('\n');
    }
  }

  private static String end(Node end) {
    String place = end.text("place");
    String reason = end.text("reason");
    return switch (end.text("kind")) {
      case "delivered" -> "delivered to " + place;
      case "leaves" -> "leaves by " + place;
      case "dropped" -> "dropped at " + place + " because " + reason;
      case "unknown" -> "not known at " + place + ": " + reason;
      default -> "ignored by " + place + ": " + reason;
    };
  }
}
