// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.openflow;

import dev.plumbline.datapath.config.MeterConfig;
import dev.plumbline.datapath.flow.FlowKey;
import dev.plumbline.datapath.openflow.Action.GotoTable;
import dev.plumbline.datapath.openflow.Action.Group;
import dev.plumbline.datapath.openflow.Action.Load;
import dev.plumbline.datapath.openflow.Action.Meter;
import dev.plumbline.datapath.openflow.Action.Modify;
import dev.plumbline.datapath.openflow.Action.Move;
import dev.plumbline.datapath.openflow.Action.Output;
import dev.plumbline.datapath.openflow.Action.OutputField;
import dev.plumbline.datapath.openflow.Action.Part;
import dev.plumbline.datapath.openflow.Action.PushVlan;
import dev.plumbline.datapath.openflow.Action.Resubmit;
import dev.plumbline.datapath.openflow.Action.SetField;
import dev.plumbline.datapath.openflow.Action.SetTunnel;
import dev.plumbline.datapath.openflow.Action.Simple;
import dev.plumbline.datapath.openflow.Action.WriteMetadata;
import dev.plumbline.datapath.openflow.FlowScanner.Entry;
import dev.plumbline.datapath.openflow.ValueText.Masked;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Reads the actions of a flow. */
final class ActionParser {
  private static final Map<String, Part> PARTS =
      Stream.of(Part.values()).collect(Collectors.toUnmodifiableMap(Part::toString, part -> part));

  private final PortNames ports;
  private final int table;
  private final SubfieldText subfields;
  private final List<Action> actions = new ArrayList<>(2);
  private boolean drops;

  /** For a flow of that table and match. */
  ActionParser(PortNames ports, int table, Match match) {
    this(ports, table, new SubfieldText(match));
  }

  private ActionParser(PortNames ports, int table, SubfieldText subfields) {
    this.ports = ports;
    this.table = table;
    this.subfields = subfields;
  }

  /** For a bucket of a group, of whose packets nothing is known. */
  static ActionParser forBucket(PortNames ports) {
    return new ActionParser(ports, 0, SubfieldText.ofAnyPacket());
  }

  List<Action> parse(FlowScanner scanner) throws FlowSyntaxException {
    for (Entry entry = scanner.next(); entry != null; entry = scanner.next()) {
      take(entry);
    }
    return actions;
  }

  /** Reads the next action. */
  void take(Entry entry) throws FlowSyntaxException {
    String name = entry.key().text().toLowerCase(Locale.ROOT);
    if (drops || (name.equals("drop") && !actions.isEmpty())) {
      throw entry.key().mistake("drop stands alone: there are other actions");
    }
    if (name.equals("drop")) {
      refuseValue(entry);
      drops = true;
      return;
    }
    refuseOrder(entry.key(), name);
    actions.add(action(entry, name));
  }

  /** Those that have been read. */
  List<Action> actions() {
    return actions;
  }

  /** Open vSwitch's order of instructions: meter, actions, write_metadata, goto_table. */
  private void refuseOrder(Token key, String name) throws FlowSyntaxException {
    Action last = actions.isEmpty() ? null : actions.get(actions.size() - 1);
    if (name.equals("meter") && last != null) {
      throw key.mistake("a meter is the first action");
    }
    if (last instanceof GotoTable) {
      throw key.mistake("goto_table is the last action");
    }
    if (last instanceof WriteMetadata && !name.equals("goto_table")) {
      throw key.mistake("behind write_metadata there is only goto_table");
    }
  }

  private Action action(Entry entry, String name) throws FlowSyntaxException {
    Token value = entry.value();
    Part part = PARTS.get(name);
    if (part != null) {
      return modify(part, value);
    }
    switch (name) {
      case "strip_vlan", "pop_vlan" -> {
        refuseValue(entry);
        subfields.tagged(false);
        return Simple.STRIP_VLAN;
      }
      case "dec_ttl" -> {
        refuseValue(entry);
        return Simple.DEC_TTL;
      }
      case "output" -> {
        return output(value);
      }
      case "push_vlan" -> {
        long tpid = ValueText.number(value, 0xffff, name);
        if (tpid != 0x8100 && tpid != 0x88a8) {
          throw value.mistake("the type of a VLAN tag is 0x8100 or 0x88a8");
        }
        subfields.tagged(true);
        return new PushVlan((int) tpid);
      }
      case "set_tunnel", "set_tunnel64" -> {
        boolean isWide = name.endsWith("64");
        return new SetTunnel(ValueText.number(value, isWide ? -1L : 0xffff_ffffL, name), isWide);
      }
      case "group" -> {
        return new Group(ValueText.number(value, FlowGroup.LAST, name));
      }
      case "meter" -> {
        return new Meter(ValueText.number(value, MeterConfig.LAST, name));
      }
      case "resubmit" -> {
        return resubmit(entry);
      }
      case "goto_table" -> {
        int to = (int) ValueText.number(value, Flow.LAST_TABLE, name);
        if (to <= table) {
          throw value.mistake("goto_table leads to a later table than " + table);
        }
        return new GotoTable(to);
      }
      case "write_metadata" -> {
        Masked metadata = ValueText.parse(MatchField.METADATA, value);
        return new WriteMetadata(metadata.low(), metadata.maskLow());
      }
      case "ct" -> {
        return new CtParser(subfields).parse(entry);
      }
      case "load" -> {
        return load(value);
      }
      case "move" -> {
        return move(value);
      }
      case "set_field" -> {
        return setField(value);
      }
      default -> {
        return port(entry, name);
      }
    }
  }

  /** A port without {@code output}. */
  private Action port(Entry entry, String name) throws FlowSyntaxException {
    if (Unsupported.action(name)) {
      throw entry.key().mistake("the switch has no action " + name);
    }
    if (PortText.find(entry.key(), ports) < 0) {
      throw entry.key().mistake("no action and no port: " + entry.key().text());
    }
    refuseValue(entry);
    return output(entry.key());
  }

  private Action output(Token token) throws FlowSyntaxException {
    if (token.text().endsWith("]") && SubfieldText.isField(token)) {
      // A port's name of that form is in quotes: any other one may be a port that is not there.
      return new OutputField(subfields.readable(token));
    }
    int port = PortText.find(token, ports);
    return switch (port) {
      case PortText.NORMAL -> Simple.NORMAL;
      case PortText.FLOOD -> Simple.FLOOD;
      case PortText.ALL -> Simple.ALL;
      case PortText.IN_PORT -> Simple.IN_PORT;
      case PortText.LOCAL -> new Output(port);
      case -1 -> {
        if (SubfieldText.isField(token)) {
          yield new OutputField(subfields.readable(token));
        }
        throw token.mistake("no port and no field: " + token.text());
      }
      default -> {
        if (port > PortText.LAST) {
          throw token.mistake("the switch has no output to " + token.text());
        }
        yield new Output(port);
      }
    };
  }

  private Action resubmit(Entry entry) throws FlowSyntaxException {
    Token value = entry.value();
    int comma = entry.delimiter() == '(' ? value.text().indexOf(',') : -1;
    Token port = comma < 0 ? value : value.part(0, comma);
    int number = Action.NONE;
    if (!port.isEmpty()) {
      number = PortText.find(port, ports);
      if (number < 0
          || (number > PortText.LAST && number != PortText.LOCAL && number != PortText.IN_PORT)) {
        throw port.mistake("no port: " + port.text());
      }
    }
    number = number == PortText.IN_PORT ? Action.NONE : number;
    Token behind = comma < 0 ? value.from(value.text().length()) : value.from(comma + 1);
    if (behind.text().indexOf(',') >= 0) {
      throw behind
          .from(behind.text().indexOf(',') + 1)
          .mistake("resubmit takes a port and a table");
    }
    int to =
        behind.isEmpty() ? Action.NONE : (int) ValueText.number(behind, Flow.LAST_TABLE, "a table");
    if (number == Action.NONE && to == Action.NONE) {
      throw value.mistake("resubmit needs another port or a table");
    }
    return new Resubmit(number, to);
  }

  private Action modify(Part part, Token value) throws FlowSyntaxException {
    Masked parsed = ValueText.parse(part.field(), value);
    if (!parsed.isExact(part.field())) {
      throw value.mistake(part + " takes no mask");
    }
    if (part == Part.MOD_NW_TOS && (parsed.low() & 3) != 0) {
      throw value.mistake("mod_nw_tos takes a multiple of 4: the low bits are mod_nw_ecn's");
    }
    if (part == Part.MOD_VLAN_VID || part == Part.MOD_VLAN_PCP) {
      subfields.tagged(true);
    }
    return new Modify(part, parsed.low());
  }

  private Action load(Token value) throws FlowSyntaxException {
    int arrow = arrow(value);
    Subfield to = subfields.writable(value.from(arrow + 2));
    int width = Math.min(to.width(), Long.SIZE);
    return new Load(
        ValueText.number(value.part(0, arrow), FieldValues.ones(width), "a value for " + to), to);
  }

  private Action move(Token value) throws FlowSyntaxException {
    int arrow = arrow(value);
    Subfield from = subfields.readable(value.part(0, arrow));
    Subfield to = subfields.writable(value.from(arrow + 2));
    if (from.width() != to.width()) {
      throw value
          .from(arrow + 2)
          .mistake(from + " has " + from.width() + " bits, but " + to + " has " + to.width());
    }
    return new Move(from, to);
  }

  private Action setField(Token value) throws FlowSyntaxException {
    int arrow = arrow(value);
    Token name = value.from(arrow + 2);
    MatchField field = subfields.settable(name);
    Masked set = ValueText.parse(field, value.part(0, arrow));
    if (field == MatchField.VLAN_VID
        && set.isExact(field)
        && (set.low() & FlowKey.VLAN_PRESENT) == 0) {
      throw value.mistake("vlan_vid is the VLAN + 4096: bit 12 says that there is a tag");
    }
    return new SetField(field, set.high(), set.low(), set.maskHigh(), set.maskLow());
  }

  private static int arrow(Token value) throws FlowSyntaxException {
    int arrow = value.text().indexOf("->");
    if (arrow < 0) {
      throw value.mistake("-> and a field are expected");
    }
    return arrow;
  }

  private static void refuseValue(Entry entry) throws FlowSyntaxException {
    if (!entry.value().isEmpty()) {
      throw entry.value().mistake(entry.key().text() + " takes no value here");
    }
  }
}
