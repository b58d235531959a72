// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.translate;

import dev.plumbline.datapath.bridge.TagStack;
import dev.plumbline.datapath.classifier.Wildcards;
import dev.plumbline.datapath.flow.FlowKey;
import dev.plumbline.datapath.openflow.Action;
import dev.plumbline.datapath.openflow.Action.GotoTable;
import dev.plumbline.datapath.openflow.Action.Load;
import dev.plumbline.datapath.openflow.Action.Modify;
import dev.plumbline.datapath.openflow.Action.Move;
import dev.plumbline.datapath.openflow.Action.Output;
import dev.plumbline.datapath.openflow.Action.OutputField;
import dev.plumbline.datapath.openflow.Action.Part;
import dev.plumbline.datapath.openflow.Action.PushVlan;
import dev.plumbline.datapath.openflow.Action.Resubmit;
import dev.plumbline.datapath.openflow.Action.SetField;
import dev.plumbline.datapath.openflow.Action.Simple;
import dev.plumbline.datapath.openflow.Action.WriteMetadata;
import dev.plumbline.datapath.openflow.FieldValues;
import dev.plumbline.datapath.openflow.Flow;
import dev.plumbline.datapath.openflow.MatchField;
import dev.plumbline.datapath.openflow.Subfield;
import java.util.List;

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

  private static final List<MatchField> TAG =
      List.of(MatchField.VLAN_TCI, MatchField.VLAN_VID, MatchField.VLAN_PCP);

  private final Way way;
  private final FieldValues fields = new FieldValues();
  private final Wildcards looked;
  private Bridge bridge;
  private Port in;
  private FlowTables tables;
  private long tags;

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
    KeyFields.read(way.key(), fields);
    fields.set(MatchField.IN_PORT, in.logical());
    retag(arrived);
    lookUp(0, in.logical());
    way.decision().reason(DropReason.FLOW_DROPS);
  }

  private void lookUp(int table, int port) {
    if (!way.countLookup()) {
      return;
    }
    fields.set(MatchField.IN_PORT, port);
    Flow flow = tables.lookup(table, fields, looked);
    fields.set(MatchField.IN_PORT, in.logical());
    DecisionListener listener = way.listener();
    if (listener != null) {
      listener.looksUp(bridge.number(), table, flow);
    }
    if (flow == null) {
      way.decision().reason(DropReason.NO_FLOW);
      if (listener != null) {
        listener.done();
      }
      return;
    }
    List<Action> actions = flow.actions();
    for (int i = 0; i < actions.size() && !way.isRefused() && !way.isEnded(); i++) {
      if (listener != null) {
        listener.does(actions.get(i));
      }
      act(actions.get(i), table);
    }
    if (listener != null) {
      listener.done();
    }
  }

  private void act(Action action, int table) {
    if (action instanceof Simple simple) {
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
      long old = fields.get(set.field());
      write(Subfield.of(set.field()), (old & ~set.mask()) | set.value());
    } else if (action instanceof Load load) {
      write(load.to(), load.value());
    } else if (action instanceof Move move) {
      write(move.to(), read(move.from()));
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
  }

  private void act(Simple action) {
    switch (action) {
      case NORMAL -> Normal.forward(way, bridge, in, tags);
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
      case DEC_TTL -> throw new AssertionError("no action that the switch can do");
    }
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
    } else if (port.kind() == PortKind.PATCH) {
      Translator.cross(way, port, tags);
    } else {
      way.decision().addOutput(port, tags, known);
    }
  }

  private void modify(Modify modify) {
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

  /** Bits that are looked at, as what is done next depends on them. */
  private long read(Subfield from) {
    int width = Math.min(from.width(), Long.SIZE); // no wider field can be written to
    way.look(from.field(), from.offset(), width);
    return fields.bits(from.field(), from.offset(), width);
  }

  private void write(Subfield to, long value) {
    boolean isTag = TAG.contains(to.field());
    if (isTag && to.field() != MatchField.VLAN_TCI && TagStack.depth(tags) == 0) {
      return; // no such field in the packet
    }
    fields.bits(to.field(), to.offset(), Math.min(to.width(), Long.SIZE), value);
    if (isTag) {
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
