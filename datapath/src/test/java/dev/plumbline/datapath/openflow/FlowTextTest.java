// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.openflow;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FlowTextTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\'',
      value = {
        "1 | foo=3 actions=drop | not foo",
        "4 | ip,tp_dst=80 actions=drop | tcp, udp",
        "1 | tcp_dst=80 actions=drop | tcp or tcp6",
        "5 | udp,tcp_dst=80 actions=drop | tcp or tcp6",
        "1 | nw_src=1.2.3.4 actions=drop | ip, arp or rarp",
        "4 | ip,ipv6_src=::1 actions=drop | field of ipv6",
        "11 | ip,nw_src=1.2.3.4.5 actions=drop | IPv4 address",
        "20 | ip,nw_src=10.0.0.1/33 actions=drop | 0 to 32",
        "15 | ip,nw_proto=6/7 actions=drop | no mask",
        "9 | dl_vlan=5000 actions=drop | 0 to 4095",
        "13 | dl_vlan_pcp=9 actions=drop | 0 to 7",
        "11 | ip,nw_tos=3 actions=drop | multiple of 4",
        "11 | dl_vlan=1,dl_vlan=2 actions=drop | contradicts",
        "5 | tcp,udp actions=drop | contradicts",
        "10 | priority=70000 actions=drop | 0 to 65535",
        "7 | table=254 actions=drop | 0 to 253",
        "12 | priority=1,priority=2 actions=drop | before",
        "8 | cookie=1/2 actions=drop | no mask",
        "6 | reg0=010 actions=drop | octal",
        "1 | send_flow_rem actions=drop | no send_flow_rem",
        "1 | ct_label=1 actions=drop | no field ct_label",
        "15 | ct_state=+trk+snat actions=drop | does not tell flows",
        "11 | ct_state=+foo actions=drop | no state of connections",
        "10 | ct_state=0x40 actions=drop | 0 to 63",
        "9 | actions=ct(commit) | must ask for ip or ipv6",
        "15 | ip actions=ct(force,commit) | cannot do force in ct",
        "15 | ip actions=ct(exec(load:1->NXM_NX_CT_MARK[])) | commit is missing",
        "42 | ip actions=ct(commit,exec(set_field:0x1->reg0)) | only ct_mark",
        "20 | ip actions=ct(zone=70000) | 0 to 61439",
        "20 | ip actions=ct(zone=reg0[0..5]) | has 6",
        "27 | ip actions=set_field:0x1->ct_mark | cannot be changed",
        "9 | in_port=eth1 actions=drop | no port: eth1",
        "9 | in_port=any actions=drop | no port: any",
        "10 | in_port=1 | needs actions",
        "9 | actions=foo | no port: foo",
        "16 | actions=output:70000 | 0 to 65535",
        "16 | actions=output:controller | no output to controller",
        "9 | actions=controller:20 | no action controller",
        "11 | actions=1,drop | stands alone",
        "14 | actions=drop,1 | stands alone",
        "11 | actions=1,meter:2 | first action",
        "22 | actions=goto_table:2,1 | last action",
        "28 | table=5 actions=goto_table:5 | later table",
        "29 | actions=set_field:10.0.0.1->nw_src | field of ip",
        "25 | actions=set_field:4097->vlan_vid | VLAN tag",
        "32 | udp,nw_frag=later actions=move:udp_src[]->reg0[0..15] | later fragments",
        "5 | udp,tp_dst=1,nw_frag=later actions=drop | later fragments",
        "26 | ip actions=set_field:17->nw_proto | cannot be changed",
        "14 | actions=load:0x100->reg0[0..3] | 0 to 15",
        "26 | actions=move:reg0[0..3]->reg1[0..4] | has 4 bits",
        "22 | actions=move:reg0[0..40]->reg1 | 0 to 31",
        "19 | actions=push_vlan:0x1234 | 0x8100 or 0x88a8",
        "22 | actions=mod_vlan_vid:4096 | 0 to 4095",
        "18 | actions=resubmit(,) | another port or a table",
        "17 | actions=resubmit(1,2 | not closed",
        "16 | actions=output:\"eth1 | not closed",
        "24 | actions=set_field:0x1->reg0[0..3] | whole field",
      })
  void mistakesAreNamedWhereTheyAre(int column, String text, String expected) {
    FlowSyntaxException e =
        assertThrows(
            FlowSyntaxException.class, () -> FlowText.parse(text, PortNames.NUMBERS), text);
    assertTrue(e.getMessage().contains(expected), text + ": " + e.getMessage());
    assertEquals(column, e.column(), text + ": " + e.getMessage());
  }

  @Test
  void theFlowsOfAnOpenStackNodeAreReadAsPeopleHaveThem() throws FlowSyntaxException {
    for (String text :
        new String[] {
          "priority=3,in_port=1,dl_vlan=1000 actions=mod_vlan_vid:1,NORMAL",
          "priority=2,in_port=1 actions=drop",
          "priority=1 actions=NORMAL"
        }) {
      assertEquals(text, FlowText.parse(text, PortNames.NUMBERS).toString());
      String dumped =
          " cookie=0x0, duration=5.301s, table=0, n_packets=4, n_bytes=392, idle_age=3, " + text;
      assertEquals(text, FlowText.parse(dumped, PortNames.NUMBERS).toString());
    }
  }

  @Test
  void aMatchIsForThePacketsThatItSays() throws FlowSyntaxException {
    Match match =
        FlowText.parse(
                "tcp6,ipv6_src=fe80::/10,tp_dst=0x50/0xfff0,reg3=7 actions=drop", PortNames.NUMBERS)
            .match();
    FieldValues packet = new FieldValues();
    packet.set(MatchField.ETH_TYPE, 0x86dd);
    packet.set(MatchField.IP_PROTO, 6);
    packet.bits(MatchField.IPV6_SRC, 112, 16, 0xfebf);
    packet.set(MatchField.TCP_DST, 0x5f);
    packet.set(MatchField.REG3, 7);
    assertTrue(match.matches(packet));
    packet.bits(MatchField.IPV6_SRC, 112, 16, 0xfec0);
    assertFalse(match.matches(packet));
    packet.bits(MatchField.IPV6_SRC, 112, 16, 0xfe80);
    packet.set(MatchField.TCP_DST, 0x60);
    assertFalse(match.matches(packet));
  }

  @Test
  void bitsAcrossTheMiddleOfAWideFieldAreOne() {
    FieldValues packet = new FieldValues();
    packet.bits(MatchField.IPV6_DST, 60, 8, 0xa5);
    assertEquals(0xa5, packet.bits(MatchField.IPV6_DST, 60, 8));
    assertEquals(0x5, packet.bits(MatchField.IPV6_DST, 60, 4));
    assertEquals(0xa, packet.bits(MatchField.IPV6_DST, 64, 64));
    assertEquals(0, packet.bits(MatchField.IPV6_SRC, 0, 64));
  }
}
