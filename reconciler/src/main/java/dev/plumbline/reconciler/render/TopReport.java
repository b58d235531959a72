// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.render;

import java.util.List;
import java.util.Locale;

/** What is busy in a bridge, as tables. */
public final class TopReport {
  private static final double STEP = 1000;
  private static final List<String> UNITS = List.of("", "k", "M", "G", "T");

  private TopReport() {}

  /** What {@code plumbline top} shows at once. */
  public static String text(Node top) {
    StringBuilder text = new StringBuilder();
    text.append(
        String.format(
            Locale.ROOT,
            "%s: %d megaflows, %d addresses; a second: %s upcalls, %s decided, %s lost%n%n",
            top.text("bridge"),
            top.number("megaflows"),
            top.number("addressesKnown"),
            shortened(top.number("upcallsPerSecond")),
            shortened(top.number("decidedPerSecond")),
            shortened(top.number("upcallsLostPerSecond"))));
    row(text, "rx pkt/s", "rx bit/s", "tx pkt/s", "tx bit/s", "port");
    for (Node port : top.nodes("ports")) {
      row(
          text,
          shortened(port.number("rxPacketsPerSecond")),
          shortened(port.number("rxBitsPerSecond")),
          shortened(port.number("txPacketsPerSecond")),
          shortened(port.number("txBitsPerSecond")),
          port.text("port") + (port.flag("up") ? "" : " (down)"));
    }
    table(text, top, "flows", "flow");
    table(text, top, "cached", "megaflow");
    table(text, top, "senders", "sender");
    return text.toString();
  }

  private static void table(StringBuilder text, Node top, String list, String title) {
    List<Node> rows = top.nodes(list);
    if (rows.isEmpty()) {
      return;
    }
    text.append('\n');
    row(text, "pkt/s", "bit/s", title);
    for (Node row : rows) {
      String vlan = row.number("vlan") == 0 ? "" : ", VLAN " + row.number("vlan");
      String of =
          row.text("mac").isEmpty()
              ? row.text("flow")
              : row.text("mac")
                  + (row.text("port").isEmpty() ? "" : " at " + row.text("port"))
                  + vlan;
      row(
          text,
          shortened(row.number("packetsPerSecond")),
          shortened(row.number("bitsPerSecond")),
          of);
    }
  }

  private static void row(StringBuilder text, String... cells) {
    for (int i = 0; i < cells.length - 1; i++) {
      text.append(String.format(Locale.ROOT, "%9s ", cells[i]));
    }
    text.append(' ').append(cells[cells.length - 1]).append('\n');
  }

  /** Three digits at least: 999, 1.23k, 45.6M. */
  private static String shortened(long number) {
    double left = number;
    int unit = 0;
    while (left >= STEP && unit < UNITS.size() - 1) {
      left /= STEP;
      unit++;
    }
    String digits = unit == 0 ? "%.0f" : left < 10 ? "%.2f" : left < 100 ? "%.1f" : "%.0f";
    return String.format(Locale.ROOT, digits, left) + UNITS.get(unit);
  }
}
