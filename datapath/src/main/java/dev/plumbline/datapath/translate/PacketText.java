// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.translate;

import dev.plumbline.datapath.bridge.TagStack;
import dev.plumbline.datapath.flow.CtAnswer;
import dev.plumbline.datapath.flow.FlowField;
import dev.plumbline.datapath.flow.FlowKey;
import dev.plumbline.datapath.flow.FlowMask;
import dev.plumbline.datapath.openflow.FieldValues;
import dev.plumbline.datapath.openflow.Flow;
import dev.plumbline.datapath.openflow.FlowSyntaxException;
import dev.plumbline.datapath.openflow.FlowText;
import dev.plumbline.datapath.openflow.Match;
import dev.plumbline.datapath.openflow.MatchField;
import dev.plumbline.datapath.openflow.PortNames;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Packets in the words of a flow's match, with a bridge's ports by name. */
public final class PacketText {
  private static final String NO_ACTIONS = " actions=drop";

  private PacketText() {}

  /** The names that a bridge's ports have in flows; a bond's members and remotes have a slash. */
  public static PortNames names(SwitchState state, String bridge) {
    return new PortNames() {
      @Override
      public int number(String name) {
        int slash = name.indexOf('/');
        String port = slash < 0 ? name : name.substring(0, slash);
        String part = slash < 0 ? "" : name.substring(slash + 1);
        int number = state.numbers().port(new PortId(bridge, port, part));
        if (number == 0 && part.isEmpty()) {
          number = state.tunnel(bridge, port);
        }
        return number == 0 ? -1 : number;
      }

      @Override
      public @Nullable String name(int number) {
        PortId id = state.id(number);
        return id == null ? null : id.part().isEmpty() ? id.port() : id.port() + "/" + id.part();
      }

      @Override
      public boolean areNamed() {
        return true;
      }
    };
  }

  /**
   * Reads a packet: {@code in_port=eth1,dl_dst=02:00:00:00:00:01,ip,nw_dst=10.0.0.1}. What is not
   * said is 0.
   *
   * @throws FlowSyntaxException it is none, or says bits of a field alone
   */
  public static FlowKey parse(String text, SwitchState state, String bridge)
      throws FlowSyntaxException {
    Flow flow = FlowText.parse(text + NO_ACTIONS, names(state, bridge));
    Match match = flow.match();
    if (match.mask(MatchField.IN_PORT) == 0) {
      throw new FlowSyntaxException(1, "a packet comes in by a port: in_port=… is missing");
    }
    FlowKey key = new FlowKey();
    key.inPort((int) match.value(MatchField.IN_PORT));
    key.ethSrc(match.value(MatchField.ETH_SRC));
    key.ethDst(match.value(MatchField.ETH_DST));
    key.set(FlowField.ETH_TYPE, (int) match.value(MatchField.ETH_TYPE));
    int tci = (int) match.value(MatchField.VLAN_TCI);
    if ((tci & FlowKey.VLAN_PRESENT) != 0) {
      key.set(FlowField.VLAN_TCI, tci);
      key.set(FlowField.VLAN_TPID, TagStack.TPID_8021Q);
    }
    FieldValues values = new FieldValues();
    for (int word = 0; word < FieldValues.WORDS; word++) {
      values.word(word, match.value(word));
    }
    FlowMask upper = new FlowMask();
    upper.clear();
    KeyFields.add(key, values, upper);
    byte[] bytes = key.bytes();
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] |= upper.bytes()[i];
    }
    return key;
  }

  /**
   * The end that a packet comes from by its {@code tun_id} and {@code tun_src}; null: its port has
   * no ends that flows say.
   */
  public static TunnelEnd.@Nullable Wanted end(String text, SwitchState state, String bridge)
      throws FlowSyntaxException {
    Match match = FlowText.parse(text + NO_ACTIONS, names(state, bridge)).match();
    int port = (int) match.value(MatchField.IN_PORT);
    long remote = match.value(MatchField.TUN_SRC);
    if (remote == 0 && state.isRemoteOfFlow(port)) {
      throw new FlowSyntaxException(
          1, "its port has many remotes: tun_src=… is missing, the one that it comes from");
    }
    return state.wanted(port, remote, match.value(MatchField.TUN_ID));
  }

  /**
   * What connection tracking shall say of a packet, by its {@code ct_state} and {@code ct_mark}; of
   * no zone. A packet that says nothing begins a connection.
   */
  public static long answer(String text, SwitchState state, String bridge)
      throws FlowSyntaxException {
    Match match = FlowText.parse(text + NO_ACTIONS, names(state, bridge)).match();
    int said = (int) match.value(MatchField.CT_STATE);
    int mark = (int) match.value(MatchField.CT_MARK);
    return CtAnswer.of(0, said == 0 ? CtAnswer.NEW : said, mark);
  }

  /** A packet, or the packets that are alike under a mask, as a match with the port's name. */
  public static String print(FlowKey key, FlowMask mask, SwitchState state) {
    FieldValues values = new FieldValues();
    KeyFields.read(key, values);
    values.set(MatchField.IN_PORT, key.inPort());
    values.set(MatchField.VLAN_TCI, key.vlanTci());
    FlowKey masked = new FlowKey();
    System.arraycopy(mask.bytes(), 0, masked.bytes(), 0, FlowKey.BYTES);
    FieldValues masks = new FieldValues();
    KeyFields.read(masked, KeyFields.isArp(key), masks);
    masks.set(MatchField.IN_PORT, 0xffff);
    masks.set(MatchField.VLAN_TCI, 0xffff);
    if (key.ct(0) != 0) {
      values.set(MatchField.CT_STATE, CtAnswer.state(key.ct(0)));
      values.set(MatchField.CT_ZONE, CtAnswer.zone(key.ct(0)) & 0xffff);
      values.set(MatchField.CT_MARK, CtAnswer.mark(key.ct(0)) & 0xffff_ffffL);
      masks.set(MatchField.CT_STATE, CtAnswer.state(masked.ct(0)));
      masks.set(MatchField.CT_ZONE, CtAnswer.zone(masked.ct(0)) & 0xffff);
      masks.set(MatchField.CT_MARK, CtAnswer.mark(masked.ct(0)) & 0xffff_ffffL);
    }
    Match.Builder match = new Match.Builder();
    for (int word = 0; word < FieldValues.WORDS; word++) {
      match.word(word, values.word(word), masks.word(word));
    }
    String bridge = state.bridgeName(state.bridgeOf(key.inPort()));
    Flow flow = new Flow(0, 0, 0, 0, 0, match.build(), List.of());
    return FlowText.printMatch(flow, bridge == null ? PortNames.NUMBERS : names(state, bridge));
  }
}
