// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.translate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.plumbline.datapath.config.PortConfig.DevicePort;
import dev.plumbline.datapath.config.PortVlan;
import dev.plumbline.datapath.flow.CtAnswer;
import dev.plumbline.datapath.flow.FlowField;
import dev.plumbline.datapath.flow.FlowKey;
import dev.plumbline.datapath.openflow.Flow;
import dev.plumbline.datapath.openflow.FlowSyntaxException;
import dev.plumbline.datapath.openflow.FlowText;
import dev.plumbline.datapath.openflow.PortNames;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Two bridges, br0 with a, b, c and br1 with d, and a patch between them. */
class FlowTablesTest {
  private final Map<String, Integer> numbers = new LinkedHashMap<>();
  private final Translator translator = new Translator();
  private final Decision decision = new Decision();
  private final FlowKey key = new FlowKey();
  private SwitchState state = SwitchState.EMPTY;

  /** Ports by the names that {@link FlowTablesTest} has for them. */
  private final PortNames names =
      new PortNames() {
        @Override
        public int number(String name) {
          return numbers.getOrDefault(name, -1);
        }

        @Override
        public @Nullable String name(int number) {
          return null;
        }
      };

  FlowTablesTest() {
    state = TwoBridges.with(Map.of("vm", new DevicePort("vm", PortVlan.access(1))));
    state.numbers().ports().forEach((id, number) -> numbers.put(id.port(), number));
    key.inPort(port("a"));
    key.ethDst(0x0200_0000_0002L);
    key.ethSrc(0x0200_0000_0001L);
    key.set(FlowField.ETH_TYPE, 0x0800);
    key.set(FlowField.IP_PROTO, 6);
    key.set(FlowField.TP_DST, 80);
  }

  private int port(String name) {
    return numbers.get(name);
  }

  private static List<Flow> flows(PortNames names, String... texts) throws FlowSyntaxException {
    List<Flow> flows = new ArrayList<>();
    for (String text : texts) {
      flows.add(FlowText.parse(text, names));
    }
    return flows;
  }

  private void flows(String bridge, String... texts) throws FlowSyntaxException {
    state = state.withFlows(bridge, FlowTables.EMPTY.with(List.of(), flows(names, texts)));
  }

  private String decided() {
    translator.translate(key, state, 0, decision);
    return decision.dropReason() == null
        ? decision.actions().toString()
        : String.valueOf(decision.dropReason());
  }

  private void tag(int vlan) {
    key.set(FlowField.VLAN_TCI, FlowKey.VLAN_PRESENT | vlan);
    key.set(FlowField.VLAN_TPID, 0x8100);
  }

  @Test
  void anOpenStackNodesVlan1000IsVlan1InsideAndAllElseIsDropped() throws Exception {
    flows(
        "br0",
        "priority=3,in_port=a,dl_vlan=1000 actions=mod_vlan_vid:1,NORMAL",
        "priority=2,in_port=a actions=drop",
        "priority=1 actions=NORMAL");
    tag(1000);
    assertTrue(decided().startsWith("pop_vlan,output:" + port("vm") + ","), decided());
    assertTrue(decided().contains("push_vlan(tpid=0x8100,vid=1,pcp=0)"), decided());
    assertEquals(1, decision.learn(0).vlan(), "learnt where it is inside");
    tag(1001);
    assertEquals("FLOW_DROPS", decided());
    assertEquals(0, decision.learns());
    key.inPort(port("vm"));
    key.set(FlowField.VLAN_TCI, 0);
    key.set(FlowField.VLAN_TPID, 0);
    assertTrue(decided().contains("output:" + port("a")), decided());
    assertTrue(decision.mask().isLayer2());
  }

  @Test
  void whatFlowsLookAtBelowLayer2IsInTheMaskAndNothingElse() throws Exception {
    flows("br0", "tcp,tp_dst=80 actions=b", "priority=0 actions=c");
    assertEquals("output:" + port("b"), decided());
    byte[] mask = decision.mask().bytes();
    for (int i = FlowKey.LAYER2_BYTES; i < FlowKey.BYTES; i++) {
      boolean asked =
          i == FlowField.IP_PROTO.offset()
              || i == FlowField.TP_DST.offset()
              || i == FlowField.TP_DST.offset() + 1;
      assertEquals(asked ? -1 : 0, mask[i], "byte " + i);
    }
    key.set(FlowField.ETH_TYPE, 0x0806);
    assertEquals("output:" + port("c"), decided());
    assertTrue(decision.mask().isLayer2(), "ARP is told by its type");
  }

  @Test
  void registersLeadFromTableToTable() throws Exception {
    flows(
        "br0",
        "in_port=a actions=load:5->reg0[4..7],move:NXM_OF_ETH_DST[0..7]->reg0[8..15],resubmit(,1),c",
        "table=1,reg0=0x250/0xfff0 actions=b,resubmit(x,2)",
        "table=2,in_port=x actions=set_field:0x1007->vlan_tci,b",
        "table=2,priority=0 actions=drop");
    assertEquals(
        "output:"
            + port("b")
            + ",push_vlan(tpid=0x8100,vid=7,pcp=0),output:"
            + port("b")
            + ",output:"
            + port("c"),
        decided(),
        "what is changed behind resubmit stays so");
  }

  @Test
  void circlesEndAndWhatWasSentIsSent() throws Exception {
    flows("br0", "actions=resubmit(,1)", "table=1 actions=resubmit(,0)");
    assertEquals("TOO_MANY_LOOKUPS", decided());
    flows("br0", "in_port=a actions=b,x", "in_port=x actions=c,in_port");
    flows("br1", "actions=d,in_port");
    translator.translate(key, state, 0, decision);
    assertEquals(Pipeline.DEPTH + 1, decision.outputs());
    flows("br0", "actions=b,resubmit(,0),resubmit(,0)");
    translator.translate(key, state, 0, decision);
    assertEquals(Pipeline.DEPTH + 1, decision.outputs());
  }

  @Test
  void aCircleBehindAPatchPortEndsThereAndNotWhereThePacketCameFrom() throws Exception {
    flows("br0", "actions=x,b");
    flows("br1", "actions=resubmit(,1)", "table=1 actions=resubmit(,0)");
    assertEquals("output:" + port("b"), decided());
    // Each bridge sends the packet back into the other, and goes on when that has come to an end.
    flows("br0", "actions=in_port,b,x");
    flows("br1", "actions=in_port,d");
    translator.translate(key, state, 0, decision);
    assertEquals(2 + Pipeline.DEPTH, decision.outputs(), "by a and b, and d or b for each time");
  }

  @Test
  void aPacketComesIntoTheNextBridgeAsItIsSentThere() throws Exception {
    flows("br0", "actions=load:1->reg0[],push_vlan:0x8100,set_field:4103->vlan_vid,x,b");
    flows("br1", "reg0=0,in_port=y,dl_vlan=7 actions=strip_vlan,d", "priority=0 actions=drop");
    assertEquals(
        "output:" + port("d") + ",push_vlan(tpid=0x8100,vid=7,pcp=0),output:" + port("b"),
        decided());
    state = state.withFlows("br1", null);
    assertEquals(
        "push_vlan(tpid=0x8100,vid=7,pcp=0),output:" + port("d") + ",output:" + port("b"),
        decided());
  }

  @Test
  void normalTwiceSendsTwice() throws Exception {
    flows("br0", "actions=NORMAL");
    String once = decided();
    flows("br0", "actions=NORMAL,dec_ttl,NORMAL");
    key.set(FlowField.IP_TTL, 64);
    translator.translate(key, state, 0, decision);
    assertEquals(2 * once.split("output:", -1).length - 2, decision.outputs(), once);
    assertEquals(4, decision.learns(), "in both bridges, twice");
  }

  @Test
  void noFlowIsADropWithAReasonAndSoIsThePortOfArrival() throws Exception {
    state = state.withFlows("br0", FlowTables.EMPTY);
    assertEquals("NO_FLOW", decided());
    flows("br0", "actions=a");
    assertEquals("SAME_PORT", decided());
    flows("br0", "actions=in_port");
    assertEquals("output:" + port("a"), decided());
    flows("br0", "actions=output:d");
    assertEquals("FLOW_DROPS", decided(), "a port of another bridge");
    state = state.withUp(port("b"), false);
    flows("br0", "actions=b");
    assertEquals("OUTPUT_DOWN", decided());
  }

  @Test
  void whatTheFastPathCannotDoIsRefusedByName() {
    for (String action : List.of("group:1", "meter:1", "load:1->in_port")) {
      String message =
          assertThrows(
                  IllegalArgumentException.class, () -> flows("br0", "actions=" + action), action)
              .getMessage();
      assertTrue(message.contains(action.substring(0, 4)), message);
    }
  }

  @Test
  void aChangeOfFlowsDecidesAgainWhatCameInByTheBridgesDomain() throws Exception {
    SwitchState before = state;
    flows("br1", "actions=drop");
    StateChange change = StateChange.between(before, state);
    assertTrue(change.redecides(port("a")) && change.redecides(port("d")));
    assertTrue(change.bumped().isEmpty());
    assertFalse(StateChange.between(state, state).redecides(port("a")));
  }

  private void answered(int state) {
    key.ct(0, CtAnswer.of(this.state.numbers().bridge("br0") << 16, state, 0));
  }

  @Test
  void aTranslatedPacketLeavesTranslatedAndFlowsCannotAskToWhat() throws Exception {
    flows(
        "br0",
        "priority=2,ip,in_port=a actions=ct(commit,nat(src=192.0.2.9)),b",
        "ip,in_port=b actions=ct(nat,table=1)",
        "table=1,priority=9,ct_state=+est+trk,tcp,tp_dst=81 actions=c",
        "table=1,ct_state=+new+trk,tcp,tp_dst=80 actions=a");
    answered(CtAnswer.NEW);
    assertEquals("commit,nat,output:" + port("b"), decided());
    assertEquals(1, decision.actions().port(0), "the range's number");
    answered(CtAnswer.EST);
    assertEquals("commit,nat,output:" + port("b"), decided());
    answered(CtAnswer.INV);
    assertEquals("output:" + port("b"), decided(), "as in Open vSwitch");
    key.inPort(port("b"));
    answered(CtAnswer.NEW);
    assertEquals("nat,output:" + port("a"), decided());
    answered(CtAnswer.EST | CtAnswer.RPL);
    assertEquals("NAT_HIDES", decided());
  }

  @Test
  void whatGetsAnAddressOfARangeIsNotSeenByItsOldOne() throws Exception {
    String[] outside = {
      "table=1,priority=9,ip,nw_dst=10.0.0.5 actions=drop", "table=1,priority=1 actions=b"
    };
    String first = "ip,in_port=a actions=ct(commit,nat(dst=10.0.0.5),table=1)";
    flows("br0", first, outside[0], outside[1]);
    for (int state : List.of(CtAnswer.NEW, CtAnswer.EST)) {
      answered(state);
      assertEquals("NAT_HIDES", decided());
    }
    flows("br0", first, outside[1]);
    answered(CtAnswer.NEW);
    assertEquals("commit,nat,output:" + port("b"), decided());
    // The other bridge is not asked for it either.
    flows("br0", "ip,in_port=a actions=ct(commit,nat(dst=10.0.0.5)),output:" + port("x"));
    flows("br1", "priority=9,ip,nw_dst=10.0.0.5 actions=drop", "priority=1 actions=d");
    assertEquals("NAT_HIDES", decided());
  }

  @Test
  void twoZonesDoNotTranslateForEachOther() throws Exception {
    flows(
        "br0",
        "ip actions=ct(commit,nat(src=192.0.2.9),table=1),"
            + "ct(commit,zone=3,nat(src=192.0.2.8),table=2)",
        "table=1 actions=b",
        "table=2,in_port=a actions=c");
    answered(CtAnswer.NEW);
    key.ct(1, CtAnswer.of((state.numbers().bridge("br0") << 16) | 3, CtAnswer.NEW, 0));
    assertEquals("NAT_MIXED", decided());
    flows(
        "br0",
        "ip actions=ct(commit,nat(src=192.0.2.9),table=1),ct(commit,zone=3,nat(src=192.0.2.8))",
        "table=1 actions=b");
    assertEquals("commit,nat,commit,output:" + port("b"), decided());
  }

  @Test
  void ofTwoRangesAConnectionGetsTheFirst() throws Exception {
    flows("br0", "ip actions=ct(commit,nat(src=192.0.2.9)),c");
    answered(CtAnswer.NEW);
    assertEquals("commit,nat,output:" + port("c"), decided());
    int first = decision.actions().port(0);
    flows("br0", "ip actions=ct(commit,nat(src=192.0.2.9)),c,ct(commit,nat(src=192.0.2.8)),b");
    assertTrue(decided().startsWith("commit,nat,output:"), decided());
    assertEquals(first, decision.actions().port(0));
    assertEquals(2, decision.outputs());
  }

  @Test
  void nothingLeavesBothTranslatedAndAsItCameNorTranslatedAndSet() throws Exception {
    answered(CtAnswer.NEW);
    flows("br0", "ip actions=b,ct(commit,nat(src=192.0.2.9)),c");
    assertEquals("NAT_MIXED", decided());
    flows("br0", "ip actions=ct(commit,nat(src=192.0.2.9)),b,c");
    assertTrue(decided().startsWith("commit,nat,output:"), decided());
    flows("br0", "ip actions=ct(commit,nat(src=192.0.2.9)),mod_nw_dst:192.0.2.1,b");
    assertEquals("NAT_REWRITTEN", decided());
    flows("br0", "ip actions=ct(commit,nat(src=192.0.2.9)),mod_dl_dst:02:00:00:00:00:07,b");
    assertEquals("commit,nat,set(eth_dst=0x20000000007),output:" + port("b"), decided());
    flows("br0", "ip actions=ct(commit,nat(src=192.0.2.9)),ct(commit,zone=3),b");
    assertEquals("track(zone=3)", decided());
    key.ct(1, CtAnswer.of((state.numbers().bridge("br0") << 16) | 3, CtAnswer.NEW, 0));
    assertEquals("CT_REWRITTEN", decided());
  }
}
