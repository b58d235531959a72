// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.picture;

import dev.plumbline.reconciler.path.End;
import dev.plumbline.reconciler.picture.Diagram.Edge;
import dev.plumbline.reconciler.picture.Diagram.Link;
import dev.plumbline.reconciler.plan.Action;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What is said below a picture: the way of a packet, and what lines and signs mean. */
final class Legend {
  private static final double LINE = 17;
  private static final double GAP = 14;
  private static final double SAMPLE = 30;
  private static final double FONT = 11;

  private static final Map<Link, String> LINKS =
      new EnumMap<>(
          Map.of(
              Link.TUNNEL, "tunnel to its other end",
              Link.CARRIED, "a tunnel's packets go through the IP stack, by its routes",
              Link.PATCH, "patch"));

  private static final Map<Action, String> ACTIONS =
      new EnumMap<>(
          Map.of(
              Action.CREATE, "created",
              Action.MODIFY, "changed",
              Action.RECREATE, "made anew",
              Action.DELETE, "deleted"));

  private final List<String> sentences;
  private final List<Entry> entries = new ArrayList<>();

  /**
   * A line, or a sign, and what it means.
   *
   * @param sign empty for a line
   */
  private record Entry(String style, String sign, String text) {
    double width() {
      return (sign.isEmpty() ? SAMPLE : 16) + 6 + TextSize.sans(text) * FONT;
    }
  }

  private Legend(List<String> sentences) {
    this.sentences = sentences;
  }

  static Legend of(Diagram diagram, @Nullable Trace trace) {
    Legend legend = new Legend(trace == null ? List.of() : trace.lines());
    if (trace != null) {
      legend.entries.add(new Entry("way there", "", "the way there"));
      boolean isOther =
          diagram.edges().stream()
              .anyMatch(edge -> trace.there(edge) == null && trace.back(edge) != null);
      if (isOther) {
        legend.entries.add(new Entry("way back", "", "the way back, where it is another"));
      }
    }
    if (diagram.isPlan()) {
      for (Action action : Action.values()) {
        legend.entries.add(
            new Entry(action.label(), action.sign(), String.valueOf(ACTIONS.get(action))));
      }
    }
    Set<Link> used = EnumSet.noneOf(Link.class);
    for (Edge edge : diagram.edges()) {
      used.add(edge.link());
    }
    for (Link link : used) {
      String text = LINKS.get(link);
      if (text != null) {
        legend.entries.add(new Entry("edge " + SvgWriter.style(link), "", text));
      }
    }
    return legend;
  }

  static String sign(End.Kind end) {
    return switch (end) {
      case DELIVERED -> "✓";
      case LEAVES -> "→";
      case DROPPED -> "×";
      default -> "?";
    };
  }

  /** A sign in a circle. */
  static void badge(Xml xml, String style, String sign, double x, double y, double radius) {
    xml.open("g", "class", "badge " + style, "aria-hidden", "true").line();
    xml.empty("circle", "cx", x, "cy", y, "r", radius);
    xml.text("text", sign, "x", x, "y", y + 4, "text-anchor", "middle");
    xml.close("g");
  }

  /** Sentences, broken where they are too long. */
  private List<String> lines(double width) {
    List<String> lines = new ArrayList<>();
    for (String sentence : sentences) {
      StringBuilder line = new StringBuilder();
      for (String word : sentence.split(" ", -1)) {
        if (!line.isEmpty() && TextSize.sans(line + " " + word) * FONT > width) {
          lines.add(line.toString());
          line = new StringBuilder("   ");
        }
        line.append(line.isEmpty() || line.toString().isBlank() ? "" : " ").append(word);
      }
      lines.add(line.toString());
    }
    return lines;
  }

  private int rows(double width) {
    double x = 0;
    int rows = entries.isEmpty() ? 0 : 1;
    for (Entry entry : entries) {
      if (x > 0 && x + entry.width() > width) {
        x = 0;
        rows++;
      }
      x += entry.width() + GAP;
    }
    return rows;
  }

  double height(double width) {
    int lines = lines(width).size() + rows(width);
    return lines == 0 ? 0 : lines * LINE + 10 + (sentences.isEmpty() || entries.isEmpty() ? 0 : 6);
  }

  void write(Xml xml, double left, double top, double width) {
    double y = top + 10;
    boolean isFirst = true;
    for (String line : lines(width)) {
      y += LINE;
      xml.text("text", line, "class", isFirst ? "title" : "sentence", "x", left, "y", y - 4);
      isFirst = false;
    }
    if (entries.isEmpty()) {
      return;
    }
    y += LINE + (sentences.isEmpty() ? 0 : 6);
    double x = left;
    for (Entry entry : entries) {
      if (x > left && x + entry.width() > left + width) {
        x = left;
        y += LINE;
      }
      double text = x + SAMPLE + 6;
      if (entry.sign().isEmpty()) {
        String path = "M" + Xml.number(x) + " " + Xml.number(y - 8) + "h" + Xml.number(SAMPLE);
        xml.empty("path", "class", entry.style(), "d", path, "aria-hidden", "true");
      } else {
        badge(xml, entry.style(), entry.sign(), x + 8, y - 8, 7);
        text = x + 16 + 6;
      }
      xml.text("text", entry.text(), "class", "note", "x", text, "y", y - 4);
      x += entry.width() + GAP;
    }
  }
}
