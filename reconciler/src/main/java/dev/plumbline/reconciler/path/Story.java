// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.path;

import dev.plumbline.datapath.bridge.TagStack;
import dev.plumbline.datapath.openflow.Flow;
import dev.plumbline.datapath.openflow.FlowText;
import dev.plumbline.datapath.translate.DecisionListener;
import dev.plumbline.datapath.translate.PacketText;
import dev.plumbline.datapath.translate.PortId;
import dev.plumbline.datapath.translate.PortKind;
import dev.plumbline.datapath.translate.SwitchState;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Writes down how the switch decides on one frame: for each copy, the bridges on its way. */
final class Story implements DecisionListener {
  private final SwitchState state;
  private final Deque<Visit> inside = new ArrayDeque<>();
  private final Map<Integer, List<List<Hop>>> ways = new HashMap<>();
  private final Set<String> bridges = new LinkedHashSet<>();
  private String last = "";
  private String lastReason = "";

  /** What is told of the bridge that the frame is in. */
  private static final class Visit {
    final String bridge;
    final int port;
    final List<String> reasons = new ArrayList<>();
    String vlan = "";
    String known = "";

    Visit(String bridge, int port) {
      this.bridge = bridge;
      this.port = port;
    }
  }

  Story(SwitchState state) {
    this.state = state;
  }

  /** The trail of the next copy by a port. */
  Trail to(int port, Trail trail) {
    List<List<Hop>> all = ways.getOrDefault(port, List.of());
    List<Hop> hops = all.isEmpty() ? List.of() : all.size() == 1 ? all.get(0) : all.remove(0);
    Trail on = trail;
    for (Hop hop : hops) {
      on = on.then(hop);
    }
    return on;
  }

  /** The bridge in which something was decided last. */
  String last(String otherwise) {
    return last.isEmpty() ? otherwise : last;
  }

  /** The flow, or the filter, that decided last; with a comma before it. */
  String lastReason() {
    return lastReason.isEmpty() ? "" : " (" + lastReason + ")";
  }

  String bridges() {
    return String.join(" → ", bridges);
  }

  private String name(int port) {
    PortId id = state.id(port);
    return id == null ? "port " + port : id.port();
  }

  @Override
  public void enters(int bridge, int port) {
    String name = String.valueOf(state.bridgeName(bridge));
    last = name;
    bridges.add(name);
    inside.push(new Visit(name, port));
  }

  @Override
  public void leaves() {
    inside.pop();
  }

  private @Nullable Visit visit() {
    return inside.peek();
  }

  private void reason(String text) {
    Visit visit = visit();
    if (visit != null) {
      visit.reasons.add(text);
      lastReason = text;
    }
  }

  @Override
  public void looksUp(int bridge, int table, @Nullable Flow flow) {
    Visit visit = visit();
    if (visit != null && flow != null) {
      reason("flow " + FlowText.printRule(flow, PacketText.names(state, visit.bridge)));
    } else if (visit != null) {
      reason("no flow in table " + table);
    }
  }

  @Override
  public void filters(int port, boolean isIn, @Nullable String rule) {
    String by = rule == null ? "no rule" : "`" + rule + "`";
    reason("filter of " + name(port) + ", " + (isIn ? "in: " : "out: ") + by);
  }

  @Override
  public void forwards(int vlan, int port, int known) {
    Visit visit = visit();
    if (visit != null) {
      visit.vlan = vlan == 0 ? "" : "in VLAN " + vlan + " ";
      visit.known =
          known == 0 ? "flooded: nobody knows where its address is" : "its address is there";
    }
  }

  @Override
  public void sends(int port, long tags) {
    List<Hop> hops = new ArrayList<>();
    List<Visit> visits = new ArrayList<>();
    for (Iterator<Visit> each = inside.descendingIterator(); each.hasNext(); ) {
      visits.add(each.next());
    }
    for (int i = 0; i < visits.size(); i++) {
      Visit visit = visits.get(i);
      if (i > 0 && state.kind(visit.port) == PortKind.PATCH) {
        hops.add(new Hop(Hop.Kind.PATCH, "", name(visit.port), "to " + visit.bridge, ""));
      }
      boolean isLast = i == visits.size() - 1;
      String to = isLast ? name(port) + tagged(tags) : name(visits.get(i + 1).port);
      hops.add(new Hop(Hop.Kind.BRIDGE, "", visit.bridge, visit.vlan + "→ " + to, reasons(visit)));
    }
    ways.computeIfAbsent(port, each -> new ArrayList<>()).add(hops);
  }

  private static String reasons(Visit visit) {
    List<String> reasons = new ArrayList<>(visit.reasons);
    if (!visit.known.isEmpty()) {
      reasons.add(visit.known);
    }
    return String.join(", ", reasons);
  }

  private static String tagged(long tags) {
    StringBuilder text = new StringBuilder();
    for (long rest = tags; TagStack.depth(rest) > 0; rest = TagStack.pop(rest)) {
      text.append(text.length() == 0 ? ", tagged " : " in ").append(TagStack.vlan(rest, 0));
    }
    return text.toString();
  }
}
