// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.translate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.plumbline.datapath.flow.FlowField;
import dev.plumbline.datapath.flow.FlowKey;
import dev.plumbline.datapath.openflow.Flow;
import dev.plumbline.datapath.openflow.FlowGroup;
import dev.plumbline.datapath.openflow.FlowText;
import dev.plumbline.datapath.openflow.GroupText;
import dev.plumbline.datapath.openflow.PortNames;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** br0 has the ports a, b, c and a patch, x, to br1, where it is y beside d. */
class RewriteTest {
  private final Translator translator = new Translator();
  private final Decision decision = new Decision();
  private final FlowKey key = new FlowKey();
  private final Map<String, Integer> numbers = new LinkedHashMap<>();
  private final List<FlowGroup> groups = new ArrayList<>();
  private SwitchState state = SwitchState.EMPTY;

  RewriteTest() {
    state = TwoBridges.with(Map.of());
    state.numbers().ports().forEach((id, number) -> numbers.put(id.port(), number));
    key.inPort(numbers.get("a"));
    key.ethDst(0x0200_0000_0002L);
    key.ethSrc(0x0200_0000_0001L);
    ip(6);
  }

  private void ip(int proto) {
    key.set(FlowField.ETH_TYPE, 0x0800);
    key.set(FlowField.IP_PROTO, proto);
    key.set(FlowField.IP_TTL, 64);
    key.set(FlowField.IP_TOS, 0x03);
    ByteBuffer.wrap(key.bytes()).putInt(FlowField.IP_SRC.offset(), 0x0a000001);
    ByteBuffer.wrap(key.bytes()).putInt(FlowField.IP_DST.offset(), 0x0a000002);
    key.set(FlowField.TP_SRC, 1000);
    key.set(FlowField.TP_DST, 80);
  }

  private String numbered(String text) {
    String numbered = text;
    for (Map.Entry<String, Integer> port : numbers.entrySet()) {
      numbered = numbered.replace("@" + port.getKey(), String.valueOf(port.getValue()));
    }
    return numbered;
  }

  /** Flows in which ports have the names above, each behind a "@". */
  private void flows(String bridge, String... texts) throws Exception {
    List<Flow> flows = new ArrayList<>();
    for (String text : texts) {
      flows.add(FlowText.parse(numbered(text), PortNames.NUMBERS));
    }
    FlowTables tables = FlowTables.EMPTY.withMeters(Set.of(1L, 2L)).withGroups(groups);
    state = state.withFlows(bridge, tables.with(List.of(), flows));
  }

  private void decides(String expected) {
    String numbered = expected;
    for (Map.Entry<String, Integer> port : numbers.entrySet()) {
      numbered = numbered.replace("@" + port.getKey(), "output:" + port.getValue());
    }
    translator.translate(key, state, 0, decision);
    assertEquals(
        numbered,
        decision.dropReason() == null
            ? decision.actions().toString()
            : String.valueOf(decision.dropReason()));
  }

  private int looked(FlowField field) {
    int bits = 0;
    for (int i = 0; i < field.length(); i++) {
      bits += Integer.bitCount(decision.mask().bytes()[field.offset() + i] & 0xff);
    }
    return bits;
  }

  @Test
  void headersAreWrittenBeforeEachOutputAndOnlyWhatIsNewThere() throws Exception {
    flows(
        "br0",
        "actions=@c,mod_nw_dst:10.0.0.9,@b,mod_nw_src:10.0.0.8,mod_nw_dst:10.0.0.9,@c,in_port");
    decides("@c,set(ip_dst=0xa000009),@b,set(ip_src=0xa000008),@c,@a");
    assertEquals(0, looked(FlowField.IP_DST), "what it was makes no difference");
    assertTrue(decision.mask().isLayer2());
  }

  @Test
  void aRouterChangesAddressesAndTtl() throws Exception {
    flows(
        "br0",
        "ip,nw_dst=10.0.0.0/24"
            + " actions=mod_dl_src:02:00:00:00:00:0a,mod_dl_dst:02:00:00:00:00:0b,dec_ttl,@b");
    decides("set(eth_dst=0x2000000000b),set(eth_src=0x2000000000a),set(ip_ttl=0x3f),@b");
    assertEquals(8, looked(FlowField.IP_TTL));
    key.set(FlowField.IP_TTL, 1);
    decides("TTL_EXCEEDED");
    flows("br0", "ip actions=@c,resubmit(,1),@b", "table=1 actions=dec_ttl,@b");
    decides("@c,@b");
  }

  @Test
  void whatIsSentOnAfterAPatchOrByNormalHasTheNewHeaders() throws Exception {
    flows("br0", "tcp actions=mod_dl_src:02:00:00:00:00:0a,mod_tp_dst:8080,NORMAL");
    flows("br1", "tcp,tp_dst=8080,dl_src=02:00:00:00:00:0a actions=mod_tp_dst:81,@d");
    decides("set(eth_src=0x2000000000a),set(tp_dst=0x1f90),@b,@c,set(tp_dst=0x51),@d");
    assertEquals(0x0200_0000_000aL, decision.learn(0).mac());
    assertEquals(0, looked(FlowField.TP_DST), "the next bridge sees what was written");
    assertEquals(8, looked(FlowField.IP_PROTO), "only TCP and UDP have ports");
    assertTrue(state.rewritesAddresses());
    assertTrue(state.concerns(key, 1, 0x0200_0000_00ffL));
  }

  @Test
  void whatIsLeftOfAFieldIsLookedAt() throws Exception {
    flows("br0", "ip actions=set_field:0.0.0.5/0.0.0.255->ip_dst,mod_nw_tos:8,@b");
    decides("set(ip_tos=0xb),set(ip_dst=0xa000005),@b");
    assertEquals(24, looked(FlowField.IP_DST));
    assertEquals(2, looked(FlowField.IP_TOS), "ECN stays");
  }

  @Test
  void aFieldThatThePacketDoesNotHaveIsNotWritten() throws Exception {
    flows("br0", "actions=mod_nw_src:1.2.3.4,mod_tp_src:5,dec_ttl,mod_nw_ttl:3,@b");
    key.set(FlowField.ETH_TYPE, 0x88b5);
    decides("@b");
    ip(17);
    key.set(FlowField.IP_FRAG, 3);
    decides("set(ip_ttl=0x3),set(ip_src=0x1020304),@b");
    ip(1);
    key.set(FlowField.IP_FRAG, 0);
    decides("set(ip_ttl=0x3),set(ip_src=0x1020304),@b");
  }

  @Test
  void anArpRequestBecomesItsReply() throws Exception {
    key.clear();
    key.inPort(numbers.get("a"));
    key.ethSrc(0x0200_0000_0001L);
    key.ethDst(0xffff_ffff_ffffL);
    key.set(FlowField.ETH_TYPE, 0x0806);
    key.set(FlowField.IP_PROTO, 1);
    ByteBuffer.wrap(key.bytes())
        .putInt(FlowField.IP_SRC.offset(), 0x0a000001)
        .putShort(FlowField.IP_SRC.offset() + 4, (short) 0x0200)
        .putInt(FlowField.IP_SRC.offset() + 6, 1)
        .putInt(FlowField.IP_DST.offset(), 0x0a000002);
    flows(
        "br0",
        "arp,arp_op=1,arp_tpa=10.0.0.2 actions=move:eth_src->eth_dst,mod_dl_src:02:00:00:00:00:0b,"
            + "load:2->arp_op,move:arp_sha->arp_tha,load:0x02000000000b->arp_sha,"
            + "move:arp_tpa->reg0,move:arp_spa->arp_tpa,move:reg0->arp_spa,in_port");
    decides(
        "set(eth_dst=0x20000000001),set(eth_src=0x2000000000b),set(arp_op=0x2),"
            + "set(arp_spa=0xa000002),set(arp_sha=0x2000000000b),"
            + "set(arp_tpa=0xa000001),set(arp_tha=0x20000000001),@a");
  }

  @Test
  void anIpv6AddressIsWrittenInWords() throws Exception {
    key.set(FlowField.ETH_TYPE, 0x86dd);
    flows("br0", "ipv6 actions=set_field:2001:db8::/64->ipv6_dst,@b");
    decides("set(ip_dst=0x20010db8),set(ip_dst[1]=0x0),@b");
    assertEquals(0, looked(FlowField.IP_DST));
    flows("br0", "ipv6 actions=@b,move:ipv6_dst->ipv6_src,@c");
    decides("@b,set(ip_src=0xa000002),set(ip_src[1]=0x0),set(ip_src[2]=0x0),set(ip_src[3]=0x0),@c");
    assertEquals(128, looked(FlowField.IP_DST));
    assertFalse(decision.slowPathOnly());
  }

  /** Groups for the flows that are put in after them. */
  @Test
  void aMeterLetsThroughOnlyWhatIsSentBehindIt() throws Exception {
    flows(
        "br0",
        "ip,actions=mod_nw_ttl:9,resubmit(,1),resubmit(,2),@b",
        "table=1,actions=@c",
        "table=2,ip,actions=meter:1,mod_nw_ttl:7,@c,resubmit(,3)",
        "table=3,ip,actions=meter:2,mod_nw_ttl:9,@b");
    decides("set(ip_ttl=0x9),@c,meter(1),set(ip_ttl=0x7),@c,meter(2),set(ip_ttl=0x9),@b,@b");
    flows("br0", "actions=meter:1");
    decides("FLOW_DROPS");
  }

  /** As `clone(meter(0),3),2` of Open vSwitch. */
  @Test
  void aMeterBehindAPatchHoldsForWhatIsSentThere() throws Exception {
    flows("br0", "ip,actions=mod_nw_ttl:9,@x,@b,resubmit(,1)", "table=1,actions=meter:2,@c");
    flows("br1", "ip,actions=meter:1,mod_nw_ttl:7,@d");
    decides("set(ip_ttl=0x9),@b,meter(1,actions=2),set(ip_ttl=0x7),@d,meter(2),set(ip_ttl=0x9),@c");
    flows("br0", "ip,actions=meter:2,mod_nw_ttl:9,@x,@b");
    decides("meter(2),set(ip_ttl=0x9),@b,meter(1),set(ip_ttl=0x7),@d");
    flows("br0", "ip,actions=meter:2,@x,resubmit(,1)", "table=1,actions=meter:1,@b");
    decides("meter(2),meter(1,actions=2),set(ip_ttl=0x7),@d,meter(1),set(ip_ttl=0x40),@b");
  }

  /** However many there are, some list has room for each output. */
  @Test
  void aPacketThatWouldPassTooManyMetersEnds() throws Exception {
    String[] flows = new String[18];
    for (int i = 0; i < 16; i++) {
      flows[i] = "table=" + i + ",actions=meter:1,resubmit(," + (i + 1) + ")";
    }
    flows[0] = "actions=meter:1,@c,resubmit(,1)";
    flows[16] = "table=16,actions=@b";
    flows[17] = "table=17,actions=@c";
    flows("br0", flows);
    decides("meter(1),@c," + "meter(1),".repeat(15) + "@b");
    flows[16] = "table=16,actions=meter:1,@b";
    flows("br0", flows);
    decides("meter(1),@c");
  }

  private void groups(String... texts) throws Exception {
    groups.clear();
    for (String text : texts) {
      groups.add(GroupText.parse(numbered(text), PortNames.NUMBERS));
    }
  }

  @Test
  void everyBucketOfAGroupForAllGetsThePacketAsItWas() throws Exception {
    groups(
        "group_id=1,type=all,bucket=@b,mod_dl_dst:02:00:00:00:00:0b,bucket=set_field:5->nw_ttl,@x");
    flows("br0", "ip actions=mod_nw_src:10.0.0.7,@c,group:1");
    decides(
        "set(ip_src=0xa000007),@c,set(eth_dst=0x2000000000b),@b,"
            + "set(eth_dst=0x20000000002),set(ip_ttl=0x5),@d");
    groups("group_id=1,type=all,bucket=group:1");
    flows("br0", "ip actions=mod_nw_src:10.0.0.7,@c,group:1");
    translator.translate(key, state, 0, decision);
    assertEquals(1, decision.outputs(), "a group in itself ends, and so do the flow's actions");
  }

  @Test
  void aConnectionKeepsToItsBucketAndAllGetTheirShare() throws Exception {
    groups("group_id=1,type=select,bucket=weight:3,@b,bucket=@c,bucket=weight:0,in_port");
    flows("br0", "ip actions=group:1");
    int[] taken = new int[numbers.size() + 1];
    for (int port = 0; port < 4_000; port++) {
      key.set(FlowField.TP_SRC, port);
      translator.translate(key, state, 0, decision);
      assertEquals(1, decision.outputs());
      taken[decision.actions().port(0)]++;
    }
    assertEquals(16, looked(FlowField.TP_SRC));
    assertEquals(8, looked(FlowField.IP_FRAG));
    assertTrue(Math.abs(taken[numbers.get("b")] - 3_000) < 150, taken[numbers.get("b")] + " by b");
    assertEquals(4_000, taken[numbers.get("b")] + taken[numbers.get("c")]);
    key.set(FlowField.IP_FRAG, 1);
    translator.translate(key, state, 0, decision);
    int first = decision.actions().port(0);
    key.set(FlowField.IP_FRAG, 3);
    key.set(FlowField.TP_SRC, 0);
    key.set(FlowField.TP_DST, 0);
    translator.translate(key, state, 0, decision);
    assertEquals(first, decision.actions().port(0), "fragments stay together");
    assertEquals(0, looked(FlowField.TP_SRC));
    groups("group_id=1,type=select,bucket=weight:0,@b");
    flows("br0", "ip actions=group:1");
    decides("NO_GROUP");
  }

  @Test
  void theKeyOfATunnelIsWhatActionsMakeOfIt() throws Exception {
    flows(
        "br0",
        "tun_id=0 actions=set_tunnel:7,resubmit(,1)",
        "table=1,tun_id=7 actions=move:tun_id[0..15]->eth_dst[0..15],@b,@x");
    flows("br1", "tun_id=0 actions=@d");
    decides("set(eth_dst=0x20000000007),@b,@d");
    assertTrue(decision.mask().isLayer2());
  }
}
