// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.render;

/** How a packet is decided on, for people: as {@code ovs-appctl ofproto/trace}. */
public final class TraceText {
  private static final String INDENT = "    ";

  private TraceText() {}

  /** From the tree that {@code GET /v1/trace} gives. */
  public static String of(Node trace) {
    StringBuilder text = new StringBuilder("Flow: ").append(trace.text("packet")).append("\n");
    for (Node step : trace.nodes("steps")) {
      String indent = INDENT.repeat((int) step.number("depth"));
      switch (step.text("kind")) {
        case "bridge" ->
            text.append('\n')
                .append(indent)
                .append("bridge ")
                .append(step.text("bridge"))
                .append(", from ")
                .append(step.text("text"))
                .append('\n');
        case "flow" ->
            text.append(indent.substring(Math.min(indent.length(), INDENT.length())))
                .append(String.format(java.util.Locale.ROOT, "%2d. ", step.number("table")))
                .append(step.text("text"))
                .append('\n');
        case "note" -> text.append(indent).append("-> ").append(step.text("text")).append('\n');
        default -> text.append(indent).append(step.text("text")).append('\n');
      }
    }
    text.append("\nMegaflow: ").append(trace.text("megaflow")).append('\n');
    text.append("Datapath actions: ").append(trace.text("actions")).append('\n');
    if (trace.map().get("dropped") != null) {
      text.append("The packet ").append(trace.text("dropped")).append('\n');
    }
    if (!trace.flag("cacheable")) {
      text.append("This is not kept in the kernel: each such packet is asked for\n");
    }
    return text.toString();
  }

  /** What the kernel has for the packet. */
  public static String entry(Node trace) {
    if (trace.map().get("entry") == null) {
      return "In the kernel: nothing, the next such packet comes up\n";
    }
    Node entry = trace.node("entry");
    return "In the kernel: "
        + entry.text("match")
        + ", packets:"
        + entry.number("packets")
        + ", bytes:"
        + entry.number("bytes")
        + ", actions:"
        + entry.text("actions")
        + (entry.flag("asDecided") ? "\nas decided\n" : "\nOTHER than decided\n");
  }
}
