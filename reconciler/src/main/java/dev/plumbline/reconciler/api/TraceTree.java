// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.api;

import dev.plumbline.datapath.control.TraceReport;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** How a packet is decided on, as a tree for JSON. */
public final class TraceTree {
  private TraceTree() {}

  public static Map<String, @Nullable Object> of(TraceReport report) {
    Map<String, @Nullable Object> tree = new LinkedHashMap<>();
    tree.put("packet", report.packet());
    List<Object> steps = new ArrayList<>();
    for (TraceReport.Step each : report.steps()) {
      Map<String, @Nullable Object> step = new LinkedHashMap<>();
      step.put("kind", each.kind().name().toLowerCase(Locale.ROOT));
      step.put("depth", each.depth());
      step.put("bridge", each.bridge());
      step.put("table", each.table() < 0 ? null : each.table());
      step.put("text", each.text());
      steps.add(step);
    }
    tree.put("steps", steps);
    tree.put("megaflow", report.megaflow());
    tree.put("cacheable", report.cacheable());
    tree.put("actions", report.actions());
    tree.put("outputs", report.outputs());
    tree.put("dropped", report.dropped());
    TraceReport.Entry entry = report.entry();
    tree.put(
        "entry",
        entry == null
            ? null
            : Map.of(
                "match", entry.match(),
                "actions", entry.actions(),
                "packets", entry.packets(),
                "bytes", entry.bytes(),
                "asDecided", entry.isAsDecided()));
    return tree;
  }
}
