// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.translate;

import dev.plumbline.datapath.bridge.TagStack;
import dev.plumbline.datapath.classifier.Wildcards;
import dev.plumbline.datapath.flow.CtAnswer;
import dev.plumbline.datapath.flow.FlowKey;
import dev.plumbline.datapath.flow.NatRange;
import dev.plumbline.datapath.openflow.Action;
import dev.plumbline.datapath.openflow.Action.Ct;
import dev.plumbline.datapath.openflow.Action.GotoTable;
import dev.plumbline.datapath.openflow.Action.Group;
import dev.plumbline.datapath.openflow.Action.Load;
import dev.plumbline.datapath.openflow.Action.Meter;
import dev.plumbline.datapath.openflow.Action.Modify;
import dev.plumbline.datapath.openflow.Action.Move;
import dev.plumbline.datapath.openflow.Action.Nat;
import dev.plumbline.datapath.openflow.Action.Output;
import dev.plumbline.datapath.openflow.Action.OutputField;
import dev.plumbline.datapath.openflow.Action.Part;
import dev.plumbline.datapath.openflow.Action.PushVlan;
import dev.plumbline.datapath.openflow.Action.Resubmit;
import dev.plumbline.datapath.openflow.Action.SetField;
import dev.plumbline.datapath.openflow.Action.SetTunnel;
import dev.plumbline.datapath.openflow.Action.Simple;
import dev.plumbline.datapath.openflow.Action.WriteMetadata;
import dev.plumbline.datapath.openflow.FieldValues;
import dev.plumbline.datapath.openflow.Flow;
import dev.plumbline.datapath.openflow.FlowGroup;
import dev.plumbline.datapath.openflow.MatchField;
import dev.plumbline.datapath.openflow.Subfield;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A packet's way through the flow tables of a bridge, with {@link Normal} behind the action of that
 * name. Limits are Open vSwitch's: 4,096 lookups for a packet, and 64 of them inside each other,
 * not counting those in a later table.
 */
final class Pipeline {
  static final int LOOKUPS = 4096;
  static final int DEPTH = 64;

  /** Most copies of a packet; a way that makes more of them ends. */
  private static final int OUTPUTS = 4096;

  /** Of {@link FieldValues}: has {@link MatchField#CT_MARK} alone. */
  private static final int MARK_WORD = 13;

  private static final List<MatchField> TAG =
      List.of(MatchField.VLAN_TCI, MatchField.VLAN_VID, MatchField.VLAN_PCP);

  private final Way way;
  private final FieldValues fields = new FieldValues();
  private final Wildcards looked;

  /** Of fields, the bits that actions have written. */
  private final FieldValues written = new FieldValues();

  private final Wildcards lookup = new Wildcards();
  private final FieldValues newBits = new FieldValues();
  private final FieldValues lookedAt = new FieldValues();
  private final FieldValues newValues = new FieldValues();
  private final Rewrite rewrite = new Rewrite();
  private boolean rewrites;
  private boolean rewriteIsStale;

  /** The packet before each of the buckets that are being done, one inside the other. */
  private final List<Saved> saved = new ArrayList<>();

  private int savedCount;
  private Bridge bridge;
  private Port in;
  private FlowTables tables;
  private long tags;

  /** Of the key: what flows see of connection tracking; -1: nothing yet. */
  private int answer = -1;

  /** As {@link Rewrite#nat}. */
  private int nat = -1;

  /** As {@link Rewrite#natHides}. */
  private boolean natHides;

  private static final class Saved {
    private final FieldValues fields = new FieldValues();
    private final FieldValues written = new FieldValues();
    private long tags;
    private boolean rewrites;
    private int answer;
    private int nat;
    private boolean natHides;
  }

  /** For a packet that comes into a bridge that has flows. */
  Pipeline(Way way, Wildcards looked, Bridge bridge, Port in, FlowTables tables) {
    this.way = way;
    this.looked = looked;
    this.bridge = bridge;
    this.in = in;
    this.tables = tables;
  }

  void enter(Bridge newBridge, Port newIn, FlowTables newTables, long arrived) {
    bridge = newBridge;
    in = newIn;
    tables = newTables;
    KeyFields.read(way.packet(), fields);
    written.clear();
    Rewrite before = way.rewrite();
    rewrites = before != null;
    rewriteIsStale = true;
    savedCount = 0;
    answer = -1;
    nat = -1;
    natHides = false;
    if (before != null) {
      written.set(before.bits());
      nat = before.nat();
      natHides = before.natHides();
    }
    fields.set(MatchField.IN_PORT, in.logical());
    fields.set(MatchField.TUN_ID, Math.max(0, in.tunnelKey()));
    fields.set(MatchField.TUN_SRC, Math.max(0, in.tunnelRemote()));
    retag(arrived);
    lookUp(0, in.logical());
    way.decision().reason(DropReason.FLOW_DROPS);
  }

  private void lookUp(int table, int port) {
    if (!way.countLookup()) {
      return;
    }
    fields.set(MatchField.IN_PORT, port);
    TableFlow found = find(table);
    Flow flow = found == null ? null : found.flow();
    fields.set(MatchField.IN_PORT, in.logical());
    DecisionListener listener = way.listener();
    if (listener != null) {
      listener.looksUp(bridge.number(), table, flow);
    }
    if (found == null || flow == null) {
      way.decision().reason(DropReason.NO_FLOW);
      if (listener != null) {
        listener.done();
      }
      return;
    }
    way.decision().trail().add(found.number());
    List<Action> actions = flow.actions();
    boolean goesOn = true;
    for (int i = 0; i < actions.size() && goesOn && !way.isRefused() && !way.isEnded(); i++) {
      goesOn = act(actions.get(i), table);
    }
    if (listener != null) {
      listener.done();
    }
  }

  private @Nullable TableFlow find(int table) {
    if (!rewrites && answer < 0) {
      return tables.lookup(table, fields, looked);
    }
    lookup.clear();
    TableFlow found = tables.lookup(table, fields, lookup);
    way.look(lookup, written);
    if (natHides && looksAtTuple()) {
      way.end(DropReason.NAT_HIDES);
    }
    if (answer >= 0 && lookup.looked(MARK_WORD) != 0) {
      way.decision().mask().useCt(answer, true);
    }
    return found;
  }

  /** Whether to go on with the flow's actions. */
  private boolean act(Action action, int table) {
    DecisionListener listener = way.listener();
    if (listener != null) {
      listener.does(action);
    }
    if (action == Simple.DEC_TTL) {
      return decrementTtl();
    } else if (action instanceof Simple simple) {
      act(simple);
    } else if (action instanceof Output output) {
      output(output.port());
    } else if (action instanceof OutputField output) {
      outputTo(read(output.port()));
    } else if (action instanceof Modify modify) {
      modify(modify);
    } else if (action instanceof PushVlan push) {
      push(push.tpid());
    } else if (action instanceof SetField set) {
      set(set);
    } else if (action instanceof Load load) {
      write(load.to().field(), load.to().offset(), load.to().width(), load.value(), 0);
    } else if (action instanceof Move move) {
      move(move);
    } else if (action instanceof SetTunnel tunnel) {
      put(MatchField.TUN_ID, tunnel.key());
    } else if (action instanceof Group group) {
      group(group.id(), table);
    } else if (action instanceof Meter meter) {
      if (!tables.hasMeter(meter.id()) || !way.decision().meter(bridge.number(), meter.id())) {
        way.end(DropReason.NO_METER);
      }
    } else if (action instanceof Ct ct) {
      track(ct, table);
    } else if (action instanceof WriteMetadata metadata) {
      long old = fields.get(MatchField.METADATA);
      fields.set(MatchField.METADATA, (old & ~metadata.mask()) | metadata.value());
    } else if (action instanceof GotoTable to) {
      lookUp(to.table(), in.logical());
    } else if (action instanceof Resubmit resubmit) {
      int to = resubmit.table() == Action.NONE ? table : resubmit.table();
      int port = resubmit.port() == Action.NONE ? in.logical() : resubmit.port();
      if (to > table) {
        lookUp(to, port);
      } else if (way.deepen()) {
        lookUp(to, port);
        way.surface();
      }
    } else {
      throw new AssertionError("no action that the switch can do: " + action);
    }
    return true;
  }

  private void group(long id, int table) {
    FlowGroup group = tables.group(id);
    if (group == null || group.buckets().isEmpty()) {
      way.decision().reason(DropReason.NO_GROUP);
      return;
    }
    if (!way.deepen()) {
      return;
    }
    switch (group.type()) {
      case ALL -> {
        for (int i = 0; i < group.buckets().size(); i++) {
          bucket(group, i, table);
        }
      }
      case INDIRECT -> bucket(group, 0, table);
      case SELECT -> {
        int chosen = GroupHash.choose(group, way.key(), way.decision().mask());
        if (chosen < 0) {
          way.decision().reason(DropReason.NO_GROUP);
        } else {
          bucket(group, chosen, table);
        }
      }
    }
    way.surface();
  }

  /** Does a bucket's actions on a copy of the packet: what they change is as it was afterwards. */
  private void bucket(FlowGroup group, int index, int table) {
    if (way.isRefused() || way.isEnded()) {
      return;
    }
    DecisionListener listener = way.listener();
    if (listener != null) {
      listener.bucket(group, index);
    }
    save();
    boolean goesOn = true;
    List<Action> actions = group.buckets().get(index).actions();
    for (int i = 0; i < actions.size() && goesOn && !way.isRefused() && !way.isEnded(); i++) {
      goesOn = act(actions.get(i), table);
    }
    restore();
    if (listener != null) {
      listener.done();
    }
  }

  /** What is done until {@link #restore} is done to a copy of the packet. */
  private void save() {
    if (savedCount == saved.size()) {
      saved.add(new Saved());
    }
    Saved now = saved.get(savedCount++);
    now.fields.set(fields);
    now.written.set(written);
    now.tags = tags;
    now.rewrites = rewrites;
    now.answer = answer;
    now.nat = nat;
    now.natHides = natHides;
  }

  private void restore() {
    Saved before = saved.get(--savedCount);
    fields.set(before.fields);
    written.set(before.written);
    tags = before.tags;
    rewrites = before.rewrites;
    answer = before.answer;
    nat = before.nat;
    natHides = before.natHides;
    rewriteIsStale = true;
  }

  private void track(Ct ct, int table) {
    if (isTupleWritten(written)) {
      way.end(DropReason.CT_REWRITTEN);
      return;
    }
    Subfield from = ct.zoneFrom();
    int zone = from == null ? ct.zone() : (int) read(from);
    if (zone > Flow.LAST_ZONE) {
      way.end(DropReason.RESERVED_ZONE);
      return;
    }
    int index = way.ask((bridge.number() << 16) | zone);
    if (index < 0) {
      return;
    }
    if (nat >= 0 && nat != index) {
      way.end(DropReason.CT_REWRITTEN);
      return;
    }
    long said = way.key().ct(index);
    DecisionListener listener = way.listener();
    if (listener != null) {
      listener.tracked(said);
    }
    int mark = CtAnswer.mark(said);
    if (ct.commit() && (CtAnswer.state(said) & CtAnswer.INV) == 0) {
      mark = changed(mark, ct.exec());
      if (changesPartly(ct.exec())) {
        way.decision().mask().useCt(index, true);
      }
      way.decision().commit(index, !ct.exec().isEmpty(), mark);
    }
    if (ct.table() == Action.NONE) {
      translate(ct, index);
    } else if (ct.table() > table || way.deepen()) {
      save();
      translate(ct, index); // what goes on here is as it was
      answer = index;
      fields.set(MatchField.CT_STATE, CtAnswer.state(said));
      fields.set(MatchField.CT_ZONE, zone);
      fields.set(MatchField.CT_MARK, mark & 0xffff_ffffL);
      int meter = way.decision().meter();
      lookUp(ct.table(), in.logical());
      way.decision().backToMeter(meter);
      restore();
      if (ct.table() <= table) {
        way.surface();
      }
    }
    if (listener != null) {
      listener.done();
    }
  }

  /** From here on the packet is as its connection is on the other side of nat. */
  private void translate(Ct ct, int index) {
    Nat to = ct.nat();
    long said = way.key().ct(index);
    if (to == null || (CtAnswer.state(said) & CtAnswer.INV) != 0) {
      return;
    }
    NatRange range = to.range();
    if (range != null) {
      int number = way.ranges().number(range);
      if (number == 0) {
        way.end(DropReason.NAT_RANGES);
        return;
      }
      way.decision().range(index, number);
    }
    nat = index;
    natHides |= isAnswered(said) || range != null;
    rewrites = true;
    rewriteIsStale = true;
  }

  private static boolean isAnswered(long said) {
    return (CtAnswer.state(said) & (CtAnswer.EST | CtAnswer.REL)) != 0;
  }

  private boolean looksAtTuple() {
    for (int word = 0; word < FieldValues.WORDS; word++) {
      lookedAt.word(word, lookup.looked(word));
    }
    return isTupleWritten(lookedAt);
  }

  /** Whether flows changed something by which connections are told apart. */
  static boolean isTupleWritten(FieldValues of) {
    return (of.get(MatchField.IP_SRC) | of.get(MatchField.IP_DST)) != 0
        || (of.bits(MatchField.IPV6_SRC, 0, 64) | of.bits(MatchField.IPV6_SRC, 64, 64)) != 0
        || (of.bits(MatchField.IPV6_DST, 0, 64) | of.bits(MatchField.IPV6_DST, 64, 64)) != 0
        || (of.get(MatchField.TCP_SRC) | of.get(MatchField.TCP_DST)) != 0;
  }

  private static int changed(int mark, Action exec) {
    if (exec instanceof SetField set) {
      return (int) ((mark & ~set.mask()) | set.value());
    }
    Load load = (Load) exec;
    long bits = ((1L << load.to().width()) - 1) << load.to().offset();
    return (int) ((mark & ~bits) | (load.value() << load.to().offset()));
  }

  private static boolean changesPartly(List<Action> exec) {
    return !exec.isEmpty() && changed(-1, exec) != changed(0, exec);
  }

  private static int changed(int mark, List<Action> exec) {
    int changed = mark;
    for (Action each : exec) {
      changed = changed(changed, each);
    }
    return changed;
  }

  private void act(Simple action) {
    switch (action) {
      case NORMAL -> {
        Rewrite before = leave();
        int outer = way.beginAction();
        Normal.forward(way, bridge, in, tags);
        way.endAction(outer);
        way.rewrite(before);
      }
      case FLOOD, ALL -> {
        List<Port> ports = bridge.logicalPorts();
        for (int i = 0; i < ports.size() && !way.isRefused() && !way.isEnded(); i++) {
          send(ports.get(i), false);
        }
      }
      case IN_PORT -> {
        Port back = way.state().port(in.logical());
        if (back != null) {
          emit(back, true);
        }
      }
      case STRIP_VLAN -> retag(TagStack.pop(tags));
      case DEC_TTL -> throw new AssertionError("is done elsewhere");
    }
  }

  /** The packet is to leave: its headers are from now on as they were written here. */
  private @Nullable Rewrite leave() {
    way.tunnel(fields.get(MatchField.TUN_ID), fields.get(MatchField.TUN_DST));
    Rewrite before = way.rewrite();
    if (rewrites) {
      if (rewriteIsStale) {
        rewrite.set(way.key(), fields, written, nat, natHides);
        rewriteIsStale = false;
      }
      way.rewrite(rewrite);
    }
    return before;
  }

  /** False: the flow's further actions are not done, as in Open vSwitch. */
  private boolean decrementTtl() {
    if (!isThere(MatchField.NW_TTL)) {
      return true;
    }
    long ttl = read(Subfield.of(MatchField.NW_TTL));
    if (ttl <= 1) {
      way.decision().reason(DropReason.TTL_EXCEEDED);
      return false;
    }
    write(MatchField.NW_TTL, ttl - 1);
    return true;
  }

  /** As in Open vSwitch the number may be one of those that OpenFlow reserves. */
  private void outputTo(long number) {
    if (number == 0xfff8) {
      act(Simple.IN_PORT);
    } else if (number == 0xfffa) {
      act(Simple.NORMAL);
    } else if (number == 0xfffb || number == 0xfffc) {
      act(Simple.ALL);
    } else if (number < PortNumbers.LIMIT && number > 0) {
      output((int) number);
    }
  }

  private void output(int number) {
    Port port = way.state().port(number);
    if (port != null && port.bridge() == bridge.number() && port.logical() == number) {
      send(port, true);
    }
  }

  private void send(Port port, boolean known) {
    if (port.number() == in.logical()) {
      way.decision().reason(DropReason.SAME_PORT);
    } else if (in.mesh() != 0 && port.mesh() == in.mesh()) {
      way.decision().reason(DropReason.SAME_MESH);
    } else {
      emit(port, known);
    }
  }

  private void emit(Port port, boolean known) {
    if (way.decision().outputs() >= OUTPUTS) {
      way.end(DropReason.TOO_MANY_LOOKUPS);
    } else if (!way.state().isSendable(port)) {
      way.decision().reason(DropReason.OUTPUT_DOWN);
    } else {
      Rewrite before = leave();
      if (!way.guard().letsOut(bridge, in, port, Guard.vlan(port, tags))) {
        way.rewrite(before);
        return;
      }
      if (port.kind() == PortKind.PATCH) {
        int outer = way.beginAction();
        Translator.cross(way, port, tags);
        way.endAction(outer);
      } else {
        way.output(port, tags, known);
      }
      way.rewrite(before);
    }
  }

  private void modify(Modify modify) {
    switch (modify.part()) {
      case MOD_VLAN_VID, MOD_VLAN_PCP -> modifyTag(modify);
      case MOD_TP_SRC, MOD_TP_DST -> {
        if (isThere(MatchField.TCP_SRC) || isThere(MatchField.UDP_SRC)) {
          put(modify.part().field(), modify.value());
        }
      }
      default -> write(modify.part().field(), modify.value());
    }
  }

  private void modifyTag(Modify modify) {
    boolean isVlan = modify.part() == Part.MOD_VLAN_VID;
    int priority = isVlan ? TagStack.priority(tags) : (int) modify.value();
    int vlan = isVlan ? (int) modify.value() : TagStack.vlan(tags, 0);
    retag(TagStack.push(TagStack.pop(tags), TagStack.tpid(tags), priority, vlan));
  }

  private void push(int tpid) {
    if (TagStack.depth(tags) == TagStack.LIMIT) {
      way.end(DropReason.TOO_MANY_TAGS);
    } else {
      retag(TagStack.push(tags, tpid, 0, 0));
    }
  }

  /** Whether the packet has the field. */
  private boolean isThere(MatchField field) {
    if (field.isTransport()) {
      way.look(MatchField.IP_PROTO, 0, MatchField.IP_PROTO.width(), written);
      way.look(MatchField.IP_FRAG, 1, 1, written);
    }
    return switch (field) {
      case VLAN_VID, VLAN_PCP -> TagStack.depth(tags) > 0;
      default -> field.isIn(fields);
    };
  }

  /** Bits that are looked at, as what is done next depends on them; the lowest 64 of more. */
  private long read(Subfield from) {
    return read(from.field(), from.offset(), Math.min(from.width(), Long.SIZE));
  }

  private long read(MatchField field, int offset, int width) {
    if (field == MatchField.CT_MARK && answer >= 0) {
      way.decision().mask().useCt(answer, true);
    }
    way.look(field, offset, width, written);
    if (natHides) {
      lookedAt.clear();
      lookedAt.bits(field, offset, width, -1);
      if (isTupleWritten(lookedAt)) {
        way.end(DropReason.NAT_HIDES);
      }
    }
    return fields.bits(field, offset, width);
  }

  private void move(Move move) {
    Subfield from = move.from();
    if (isThere(from.field()) && isThere(move.to().field())) {
      int above = from.width() - Long.SIZE;
      long low = read(from);
      long high = above > 0 ? read(from.field(), from.offset() + Long.SIZE, above) : 0;
      write(move.to().field(), move.to().offset(), from.width(), low, high);
    }
  }

  private void set(SetField set) {
    MatchField field = set.field();
    int low = Math.min(field.width(), Long.SIZE);
    newBits.clear();
    newValues.clear();
    newBits.bits(field, 0, low, set.mask());
    newValues.bits(field, 0, low, set.value());
    if (field.width() > Long.SIZE) {
      newBits.bits(field, Long.SIZE, field.width() - Long.SIZE, set.maskHigh());
      newValues.bits(field, Long.SIZE, field.width() - Long.SIZE, set.high());
    }
    if (isThere(field)) {
      putNew(field);
    }
  }

  private void write(MatchField field, long value) {
    write(field, 0, field.width(), value, 0);
  }

  private void write(MatchField field, int offset, int width, long low, long high) {
    if (isThere(field)) {
      put(field, offset, width, low, high);
    }
  }

  private void put(MatchField field, long value) {
    put(field, 0, field.width(), value, 0);
  }

  private void put(MatchField field, int offset, int width, long low, long high) {
    newBits.clear();
    newValues.clear();
    newBits.bits(field, offset, Math.min(width, Long.SIZE), -1);
    newValues.bits(field, offset, Math.min(width, Long.SIZE), low);
    if (width > Long.SIZE) {
      newBits.bits(field, offset + Long.SIZE, width - Long.SIZE, -1);
      newValues.bits(field, offset + Long.SIZE, width - Long.SIZE, high);
    }
    putNew(field);
  }

  /** Writes what is new. */
  private void putNew(MatchField field) {
    if (nat >= 0 && isTupleWritten(newBits)) {
      way.end(DropReason.NAT_REWRITTEN);
      return;
    }
    if (field == MatchField.NW_TOS) {
      newBits.bits(MatchField.NW_ECN, 0, MatchField.NW_ECN.width(), 0); // is a field by itself
    }
    for (int word = 0; word < FieldValues.WORDS; word++) {
      long bits = newBits.word(word);
      if (bits != 0) {
        fields.word(word, (fields.word(word) & ~bits) | (newValues.word(word) & bits));
        written.word(word, written.word(word) | bits);
      }
    }
    if (field.isHeader()) {
      rewrites = true;
      rewriteIsStale = true;
    } else if (TAG.contains(field)) {
      int tci = (int) fields.get(MatchField.VLAN_TCI);
      long rest = TagStack.pop(tags);
      retag(
          (tci & FlowKey.VLAN_PRESENT) == 0
              ? rest
              : TagStack.push(rest, TagStack.tpid(tags), tci >> 13, tci & 0xfff));
    }
  }

  private void retag(long newTags) {
    tags = newTags;
    fields.set(
        MatchField.VLAN_TCI,
        TagStack.depth(tags) == 0 ? 0 : TagStack.tci(tags) | FlowKey.VLAN_PRESENT);
  }
}
