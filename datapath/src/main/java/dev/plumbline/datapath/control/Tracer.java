// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.control;

import dev.plumbline.datapath.bridge.MacTable;
import dev.plumbline.datapath.bridge.TagStack;
import dev.plumbline.datapath.config.SwitchConfig;
import dev.plumbline.datapath.control.TraceReport.Entry;
import dev.plumbline.datapath.control.TraceReport.Kind;
import dev.plumbline.datapath.control.TraceReport.Step;
import dev.plumbline.datapath.fastpath.FlowVisitor;
import dev.plumbline.datapath.flow.ActionList;
import dev.plumbline.datapath.flow.CtAnswer;
import dev.plumbline.datapath.flow.FlowKey;
import dev.plumbline.datapath.flow.FlowMask;
import dev.plumbline.datapath.flow.NatRanges;
import dev.plumbline.datapath.openflow.Action;
import dev.plumbline.datapath.openflow.Flow;
import dev.plumbline.datapath.openflow.FlowGroup;
import dev.plumbline.datapath.openflow.FlowSyntaxException;
import dev.plumbline.datapath.openflow.FlowText;
import dev.plumbline.datapath.openflow.PortNames;
import dev.plumbline.datapath.translate.Decision;
import dev.plumbline.datapath.translate.DecisionListener;
import dev.plumbline.datapath.translate.DropReason;
import dev.plumbline.datapath.translate.PacketText;
import dev.plumbline.datapath.translate.PortKind;
import dev.plumbline.datapath.translate.PortNumbers;
import dev.plumbline.datapath.translate.SwitchState;
import dev.plumbline.datapath.translate.Translator;
import dev.plumbline.datapath.translate.TunnelEnd;
import dev.plumbline.netlink.libc.ErrnoException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Writes down how a packet is decided on, as {@code ovs-appctl ofproto/trace} does. */
public final class Tracer implements DecisionListener {
  /** What is said once, of the whole packet. */
  private static final Set<DropReason> TOLD_AT_THE_END =
      Set.of(DropReason.FILTERED, DropReason.FLOW_DROPS, DropReason.NO_OUTPUT, DropReason.NO_FLOW);

  /** More than anybody reads; a way through thousands of tables has millions. */
  private static final int STEPS = 10_000;

  private final SwitchState state;
  private final List<Step> steps = new ArrayList<>();
  private final List<String> bridges = new ArrayList<>();
  private int depth;

  Tracer(SwitchState state) {
    this.state = state;
  }

  /**
   * The state of a switch that has just begun: it knows no addresses, all its ports are up, and the
   * first member of each bond is active.
   */
  public static SwitchState fresh(SwitchConfig config) {
    PortNumbers numbers = PortNumbers.NONE.assign(config);
    Map<String, MacTable> tables = new HashMap<>();
    config
        .bridges()
        .forEach(
            (name, bridge) ->
                tables.put(
                    name,
                    new MacTable(bridge.macTable().size(), bridge.macTable().agingSeconds(), 1)));
    SwitchState state = SwitchState.EMPTY.reconfigured(config, numbers, tables);
    for (int number : numbers.ports().values()) {
      state = number < PortNumbers.BONDS ? state.withUp(number, true) : state;
    }
    for (int number : numbers.ports().values()) {
      if (state.kind(number) == PortKind.MEMBER && state.active(state.logical(number)) == 0) {
        state = state.withActive(state.logical(number), number);
      }
    }
    boolean unused = state.configureStatics();
    return state;
  }

  /**
   * Follows a packet.
   *
   * @param bridge that it comes into
   * @param packet as a match: {@code in_port=eth1,dl_dst=…}. Its {@code ct_state} is what
   *     connection tracking says of it, whenever it is asked
   * @throws FlowSyntaxException it is none
   */
  public static TraceReport trace(SwitchState state, String bridge, String packet, long nowMillis)
      throws FlowSyntaxException {
    long answer = PacketText.answer(packet, state, bridge);
    FlowKey key = PacketText.parse(packet, state, bridge);
    SwitchState with = arrived(state, bridge, packet, key);
    return trace(with, key, answer, nowMillis);
  }

  /** The state with the end of a tunnel that a packet comes from; it becomes the packet's port. */
  private static SwitchState arrived(SwitchState state, String bridge, String packet, FlowKey key)
      throws FlowSyntaxException {
    TunnelEnd.Wanted end = PacketText.end(packet, state, bridge);
    if (end == null) {
      return state;
    }
    SwitchState with = withEnds(state, List.of(end));
    key.inPort(with.end(end));
    return with;
  }

  /**
   * The state with ends of tunnels that packets would get, those that are new up.
   *
   * @throws IllegalArgumentException there is no room for them
   */
  public static SwitchState withEnds(SwitchState state, Collection<TunnelEnd.Wanted> ends) {
    SwitchState with = state.withEnds(ends);
    for (TunnelEnd.Wanted end : ends) {
      with = state.end(end) == 0 ? with.withUp(with.end(end), true) : with;
    }
    return with;
  }

  /** The same for a packet that has been read, and that begins connections. */
  public static TraceReport trace(SwitchState state, FlowKey key, long nowMillis) {
    return trace(state, key, CtAnswer.of(0, CtAnswer.NEW, 0), nowMillis);
  }

  private static TraceReport trace(SwitchState begun, FlowKey key, long answer, long nowMillis) {
    SwitchState state = begun;
    FlowKey packet = fromMember(key, state);
    Tracer tracer = new Tracer(state);
    Decision decision = new Decision();
    NatRanges ranges = new NatRanges(); // a trace takes no number from others
    Translator translator = new Translator(ranges);
    translator.translate(packet, state, nowMillis, decision, tracer);
    for (int i = 0; i < FlowKey.CT_ANSWERS && decision.asked() >= 0; i++) {
      packet.ct(i, CtAnswer.of(decision.asked(), CtAnswer.state(answer), CtAnswer.mark(answer)));
      tracer.steps.clear();
      translator.translate(packet, state, nowMillis, decision, tracer);
    }
    if (!decision.wanted().isEmpty() && state.hasRoom(decision.wanted())) {
      state = withEnds(state, decision.wanted());
      tracer = new Tracer(state);
      translator.translate(packet, state, nowMillis, decision, tracer);
    }
    FlowMask whole = new FlowMask();
    Arrays.fill(whole.bytes(), (byte) 0xff);
    DropReason dropped = decision.dropReason();
    return new TraceReport(
        PacketText.print(packet, whole, state),
        tracer.steps,
        PacketText.print(packet, decision.mask(), state),
        decision.cacheable(),
        actions(state, ranges, decision),
        outputs(state, decision),
        dropped == null ? null : dropped.text(),
        null);
  }

  /** Follows a packet, and says what the fast path has for it. */
  static TraceReport live(Engine engine, String bridge, String packet)
      throws FlowSyntaxException, ErrnoException {
    SwitchState state = engine.state();
    TraceReport report = trace(state, bridge, packet, Engine.millis());
    FlowKey parsed = PacketText.parse(packet, state, bridge);
    SwitchState unused = arrived(state, bridge, packet, parsed);
    FlowKey key = fromMember(parsed, state);
    List<Entry> found = new ArrayList<>();
    engine
        .fast()
        .find(
            key,
            (other, mask, generation, trail, actions, packets, bytes, usedNanos) -> {
              if (engine.fast().currentGeneration(state.bridgeOf(other.inPort())) == generation) {
                String text = Reports.actions(state, engine.fast().ranges(), actions);
                found.add(
                    new Entry(
                        Reports.match(state, other, mask < 0 ? null : engine.fast().mask(mask)),
                        text,
                        packets,
                        bytes,
                        report.cacheable() && text.equals(report.actions())));
              }
              return FlowVisitor.Verdict.KEEP;
            });
    return report.with(found.isEmpty() ? null : found.get(0));
  }

  /** Frames of a bond come in by its members: by the active one, if none is named. */
  private static FlowKey fromMember(FlowKey key, SwitchState state) {
    FlowKey packet = new FlowKey();
    packet.set(key);
    int bond = state.kind(key.inPort()) == PortKind.BOND ? key.inPort() : 0;
    if (bond != 0 && state.active(bond) != 0) {
      packet.inPort(state.active(bond));
    }
    return packet;
  }

  private static String actions(SwitchState state, NatRanges ranges, Decision decision) {
    List<String> parts = new ArrayList<>();
    for (ActionList list : lists(decision)) {
      parts.add(Reports.actions(state, ranges, list));
    }
    return String.join(" | ", parts);
  }

  /** All that is done, in one list or in several, each for a copy of the packet as it came in. */
  private static List<ActionList> lists(Decision decision) {
    if (!decision.slowPathOnly()) {
      return List.of(decision.actions());
    }
    List<ActionList> lists = new ArrayList<>();
    for (int next = 0; next < decision.outputs(); ) {
      ActionList list = new ActionList();
      next = decision.fill(next, list);
      lists.add(list);
    }
    return lists;
  }

  private static List<String> outputs(SwitchState state, Decision decision) {
    Set<String> outputs = new LinkedHashSet<>();
    for (ActionList list : lists(decision)) {
      for (int i = 0; i < list.size(); i++) {
        switch (list.type(i)) {
          case OUTPUT -> outputs.add(Reports.place(state, list.port(i)));
          case BOND -> outputs.add(Reports.place(state, PortNumbers.BONDS + list.arg(i)));
          default -> {
            // Something about the packet, not where it goes.
          }
        }
      }
    }
    return List.copyOf(outputs);
  }

  private void add(Kind kind, int table, String text) {
    String bridge = bridges.isEmpty() ? "" : bridges.get(bridges.size() - 1);
    if (isTelling()) {
      steps.add(new Step(kind, depth, bridge, table, text));
    } else if (steps.size() == STEPS) {
      String more = "more than " + STEPS + " steps: the others are not told, but done";
      steps.add(new Step(Kind.NOTE, depth, bridge, -1, more));
    }
  }

  /** Whether steps are told; if not, no text has to be made for them. */
  private boolean isTelling() {
    return steps.size() < STEPS;
  }

  private PortNames names() {
    return PacketText.names(state, bridges.get(bridges.size() - 1));
  }

  @Override
  public void enters(int bridge, int port) {
    bridges.add(String.valueOf(state.bridgeName(bridge)));
    add(Kind.BRIDGE, -1, Reports.name(state, port));
    depth++;
  }

  @Override
  public void leaves() {
    depth--;
    bridges.remove(bridges.size() - 1);
  }

  @Override
  public void looksUp(int bridge, int table, @Nullable Flow flow) {
    String rule = flow == null ? "no flow: dropped" : "";
    add(Kind.FLOW, table, flow == null || !isTelling() ? rule : FlowText.printRule(flow, names()));
    depth++;
  }

  @Override
  public void filters(int port, boolean isIn, @Nullable String rule) {
    String filter = "filter of " + Reports.name(state, port) + (isIn ? ", in: " : ", out: ");
    add(Kind.NOTE, -1, filter + (rule == null ? "not let through" : rule));
  }

  @Override
  public void tracked(long answer) {
    depth++;
    String zone = "zone " + (CtAnswer.zone(answer) & 0xffff);
    add(Kind.NOTE, -1, "connection tracking, " + zone + ": " + CtAnswer.text(answer));
  }

  @Override
  public void bucket(FlowGroup group, int index) {
    depth++;
    int count = group.buckets().size();
    boolean isChosen = group.type() == FlowGroup.Type.SELECT;
    String why = isChosen ? ", by the hash of the packet's addresses and ports" : "";
    add(Kind.NOTE, -1, "bucket " + index + " (of 0 to " + (count - 1) + ")" + why);
  }

  @Override
  public void done() {
    depth--;
  }

  @Override
  public void does(Action action) {
    add(Kind.ACTION, -1, isTelling() ? FlowText.printAction(action, names()) : "");
  }

  @Override
  public void forwards(int vlan, int port, int known) {
    String where = known == 0 ? "flooded" : "its destination is at " + Reports.name(state, known);
    String in = vlan == 0 ? "in no VLAN" : "in VLAN " + vlan;
    depth++;
    add(Kind.NOTE, -1, "NORMAL " + in + ": " + where);
    depth--;
  }

  @Override
  public void reason(DropReason reason) {
    if (!TOLD_AT_THE_END.contains(reason)) {
      depth++;
      add(Kind.NOTE, -1, "it " + reason.text());
      depth--;
    }
  }

  @Override
  public void sends(int port, long tags) {
    depth++;
    StringBuilder text = new StringBuilder("sent to ").append(Reports.name(state, port));
    for (int tag = TagStack.depth(tags); tag > 0; tag--) {
      long inner = TagStack.inner(tags, tag);
      text.append(tag == TagStack.depth(tags) ? ", tagged " : " in ")
          .append(TagStack.vlan(inner, 0));
    }
    add(Kind.NOTE, -1, text.toString());
    depth--;
  }
}
