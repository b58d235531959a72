// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.openflow;

import dev.plumbline.datapath.openflow.Action.Ct;
import dev.plumbline.datapath.openflow.Action.Load;
import dev.plumbline.datapath.openflow.Action.Nat;
import dev.plumbline.datapath.openflow.Action.SetField;
import dev.plumbline.datapath.openflow.FlowScanner.Entry;
import dev.plumbline.datapath.openflow.ValueText.Masked;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads what is in the brackets of the action {@code ct}. */
final class CtParser {
  private static final int ZONE_BITS = 16;

  private final SubfieldText subfields;
  private final List<Action> exec = new ArrayList<>();
  private @Nullable Nat nat;
  private boolean commit;
  private int table = Action.NONE;
  private int zone;
  private @Nullable Subfield zoneFrom;

  CtParser(SubfieldText subfields) {
    this.subfields = subfields;
  }

  Ct parse(Entry ct) throws FlowSyntaxException {
    if (!subfields.isIp()) {
      throw ct.key().mistake("ct is for IP packets: the match must ask for ip or ipv6");
    }
    Token execKey = null;
    Token natKey = null;
    FlowScanner scanner = new FlowScanner(ct.value());
    for (Entry entry = scanner.next(); entry != null; entry = scanner.next()) {
      Token value = entry.value();
      switch (entry.key().text()) {
        case "commit" -> commit = true;
        case "table" -> table = (int) ValueText.number(value, Flow.LAST_TABLE, "a table");
        case "zone" -> zone(value);
        case "exec" -> {
          execKey = entry.key();
          exec(value);
        }
        case "nat" -> {
          natKey = entry.key();
          nat = new Nat(NatText.parse(value, subfields));
        }
        case "force", "alg" ->
            throw entry.key().mistake("the switch cannot do " + entry.key().text() + " in ct");
        default ->
            throw entry
                .key()
                .mistake("commit, table, zone, nat or exec, not " + entry.key().text());
      }
    }
    if (execKey != null && !commit) {
      throw execKey.mistake("exec changes a connection that is kept: commit is missing");
    }
    if (natKey != null && nat != null && nat.range() != null && !commit) {
      throw natKey.mistake(
          "nat with an address says what a connection that is kept becomes: commit is missing");
    }
    return new Ct(commit, table, zone, zoneFrom, nat, exec);
  }

  private void zone(Token value) throws FlowSyntaxException {
    if (!SubfieldText.isField(value)) {
      zone = (int) ValueText.number(value, Flow.LAST_ZONE, "a zone");
      return;
    }
    Subfield from = subfields.readable(value);
    if (from.width() != ZONE_BITS) {
      throw value.mistake(
          "a zone has " + ZONE_BITS + " bits, but " + from + " has " + from.width());
    }
    zoneFrom = from;
  }

  private void exec(Token value) throws FlowSyntaxException {
    FlowScanner scanner = new FlowScanner(value);
    for (Entry entry = scanner.next(); entry != null; entry = scanner.next()) {
      Token key = entry.key();
      int arrow = entry.value().text().indexOf("->");
      if (arrow < 0 || !(key.text().equals("set_field") || key.text().equals("load"))) {
        throw key.mistake("exec takes set_field:…->ct_mark and load:…->NXM_NX_CT_MARK[…]");
      }
      Token name = entry.value().from(arrow + 2);
      Subfield to = subfields.readable(name);
      if (to.field() != MatchField.CT_MARK) {
        throw name.mistake("of a connection only ct_mark can be changed");
      }
      Token number = entry.value().part(0, arrow);
      if (key.text().equals("load")) {
        exec.add(new Load(ValueText.number(number, FieldValues.ones(to.width()), "a mark"), to));
      } else if (name.text().indexOf('[') >= 0) {
        throw name.mistake("set_field takes a whole field; load takes bits of one");
      } else {
        Masked mark = ValueText.parse(MatchField.CT_MARK, number);
        exec.add(new SetField(MatchField.CT_MARK, 0, mark.low(), 0, mark.maskLow()));
      }
    }
  }
}
