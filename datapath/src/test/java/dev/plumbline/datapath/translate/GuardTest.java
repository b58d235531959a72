// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.translate;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.plumbline.datapath.bridge.MacTable;
import dev.plumbline.datapath.config.BridgeConfig;
import dev.plumbline.datapath.config.MacTableConfig;
import dev.plumbline.datapath.config.PortConfig;
import dev.plumbline.datapath.config.PortConfig.DevicePort;
import dev.plumbline.datapath.config.PortFilter;
import dev.plumbline.datapath.config.PortVlan;
import dev.plumbline.datapath.config.SwitchConfig;
import dev.plumbline.datapath.flow.CtAnswer;
import dev.plumbline.datapath.flow.FlowKey;
import dev.plumbline.datapath.openflow.Flow;
import dev.plumbline.datapath.openflow.FlowText;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Guests a to e, filtered, and r, a router that is not, in VLAN 5; t is a filtered trunk. */
class GuardTest {
  private static final int FORWARD = CtAnswer.NEW;
  private static final int ANSWER = CtAnswer.EST | CtAnswer.RPL;
  private static final PortFilter SERVER =
      new PortFilter(List.of("established", "tcp 22", "icmp 13"), List.of("established"));
  private static final Map<String, PortFilter> FILTERS =
      Map.of(
          "a",
          new PortFilter(List.of("established"), List.of("any")),
          "b",
          SERVER,
          "c",
          SERVER,
          "d",
          new PortFilter(List.of("tcp 22 from 10.0.0.0/8"), List.of()),
          "e",
          new PortFilter(List.of("established"), List.of("udp 53 to 10.0.0.9/32")),
          "t",
          SERVER);
  private static final String TCP = "tcp,nw_src=10.0.0.1,nw_dst=10.0.0.2,tp_src=9,tp_dst=22";
  private static final String BACK = "tcp,nw_src=10.0.0.2,nw_dst=10.0.0.1,tp_src=22,tp_dst=9";

  private final MacTable table = new MacTable(100, 300, 1);
  private final Translator translator = new Translator();
  private final Decision decision = new Decision();
  private SwitchState state = SwitchState.EMPTY;

  GuardTest() {
    Map<String, PortConfig> ports = new LinkedHashMap<>();
    for (String name : List.of("a", "b", "c", "d", "e", "r")) {
      ports.put(name, new DevicePort(name, PortVlan.access(5)));
    }
    ports.put("t", new DevicePort("t", PortVlan.TRUNK_ALL));
    BridgeConfig bridge =
        new BridgeConfig(ports, MacTableConfig.DEFAULT, false).withFilters(FILTERS);
    SwitchConfig config = new SwitchConfig(Map.of("br0", bridge));
    PortNumbers numbers = SwitchState.EMPTY.numbers().assign(config);
    state = SwitchState.EMPTY.reconfigured(config, numbers, Map.of("br0", table));
    for (int number : numbers.ports().values()) {
      state = state.withUp(number, true);
      for (int vlan : new int[] {5, 6}) {
        table.learn(vlan, 0x0200_0000_0000L | number, number, false, false, 0);
      }
    }
  }

  private int port(String name) {
    return state.numbers().port(new PortId("br0", name, ""));
  }

  private int mark(String began, String accepted) {
    return (port(began) << 16) | (accepted.isEmpty() ? 0 : port(accepted));
  }

  private FlowKey packet(String from, String to, String packet) throws Exception {
    String text = "in_port=%s,dl_src=02:00:00:00:00:%02x,dl_dst=02:00:00:00:00:%02x,%s";
    return PacketText.parse(text.formatted(from, port(from), port(to), packet), state, "br0");
  }

  /** What is done with a packet, or why it is dropped; connection tracking says the same always. */
  private String decides(String from, String to, String packet, int ctState, int mark)
      throws Exception {
    FlowKey key = packet(from, to, packet);
    translator.translate(key, state, 0, decision);
    for (int i = 0; i < FlowKey.CT_ANSWERS && decision.asked() >= 0; i++) {
      key.ct(i, CtAnswer.of(decision.asked(), ctState, mark));
      translator.translate(key, state, 0, decision);
    }
    return decision.dropReason() == null
        ? decision.actions().toString()
        : String.valueOf(decision.dropReason());
  }

  /** The zone that is asked first. */
  private int zone(String from, String to, String packet) throws Exception {
    translator.translate(packet(from, to, packet), state, 0, decision);
    return decision.asked() & 0xffff;
  }

  private String sent(String to) {
    return "output:" + port(to);
  }

  private String kept(String began, String accepted, String to) {
    return "commit(mark=0x" + Integer.toHexString(mark(began, accepted)) + ")," + sent(to);
  }

  @Test
  void whoBeganARoutedConnectionStaysSo() throws Exception {
    assertEquals(kept("a", "", "r"), decides("a", "r", TCP, FORWARD, 0));
    assertEquals(kept("a", "b", "b"), decides("r", "b", TCP, FORWARD, mark("a", "")));
    int mark = mark("a", "b");
    assertEquals(sent("r"), decides("b", "r", BACK, ANSWER, mark));
    assertEquals(sent("a"), decides("r", "a", BACK, ANSWER, mark));
    assertEquals(sent("r"), decides("a", "r", TCP, CtAnswer.EST, mark), "nothing is new");
    assertEquals(sent("b"), decides("r", "b", TCP, CtAnswer.EST, mark), "nothing is new");
  }

  @Test
  void whoHasNotLetAConnectionInByARuleDoesNotAnswerForIt() throws Exception {
    assertEquals("FILTERED", decides("b", "r", BACK, ANSWER, mark("r", "")));
    assertEquals("FILTERED", decides("b", "r", BACK, ANSWER, mark("r", "c")));
    assertEquals(
        kept("r", "b", "b"),
        decides("r", "b", TCP, CtAnswer.EST, mark("r", "")),
        "one that is older than the filter");
    assertEquals(sent("r"), decides("b", "r", BACK, ANSWER, mark("r", "b")));
  }

  @Test
  void ofSeveralThatLetItInThoseAnswerWhoseRulesLetItIn() throws Exception {
    assertEquals(
        "commit(mark=0x"
            + Integer.toHexString((port("r") << 16) | Guard.SEVERAL)
            + "),"
            + sent("b"),
        decides("r", "b", TCP, FORWARD, mark("r", "c")));
    int mark = (port("r") << 16) | Guard.SEVERAL;
    assertEquals(sent("r"), decides("b", "r", BACK, ANSWER, mark));
    assertEquals(
        "FILTERED", decides("b", "r", BACK.replace("tp_src=22", "tp_src=23"), ANSWER, mark));
    assertEquals("FILTERED", decides("r", "a", "icmp,icmp_type=3", CtAnswer.REL, mark));
  }

  @Test
  void icmpErrorsAreForThoseWhoseConnectionItIs() throws Exception {
    String error = "icmp,icmp_type=3";
    assertEquals("FILTERED", decides("r", "a", error, CtAnswer.REL, mark("r", "")));
    assertEquals("FILTERED", decides("b", "r", error, CtAnswer.REL, mark("r", "")));
    assertEquals(sent("b"), decides("r", "b", error, CtAnswer.REL, mark("r", "b")));
    int toBeginner = CtAnswer.REL | CtAnswer.RPL;
    assertEquals(sent("a"), decides("r", "a", error, toBeginner, mark("a", "")));
    assertEquals("FILTERED", decides("r", "b", error, toBeginner, mark("a", "b")));
  }

  @Test
  void eachVlanHasItsZone() throws Exception {
    assertEquals(0xf005, zone("a", "r", TCP));
    assertEquals(0xf005, zone("r", "b", TCP));
    assertEquals(0xf005, zone("t", "r", "dl_vlan=5," + BACK));
    assertEquals(0xf005, zone("r", "t", TCP));
    assertEquals(0xf006, zone("t", "r", "dl_vlan=6," + BACK));
  }

  @Test
  void aZoneOfFiltersIsNoneThatAFieldMaySay() throws Exception {
    String flow = "ip actions=load:0x%x->reg5[0..15],ct(zone=reg5[0..15],commit),NORMAL";
    for (int zone : new int[] {0xf000, 0xf005, 0xffff}) {
      flow(flow.formatted(zone));
      assertEquals("RESERVED_ZONE", decides("r", "r", TCP, FORWARD, 0));
    }
    flow(flow.formatted(0xefff));
    assertEquals(0xefff, zone("r", "r", TCP));
  }

  private void flow(String text) throws Exception {
    List<Flow> flows = List.of(FlowText.parse(text, PacketText.names(state, "br0")));
    state = state.withFlows("br0", FlowTables.EMPTY.with(List.of(), flows));
  }

  @Test
  void laterFragmentsPassWhereTheirFirstOneMay() throws Exception {
    String fragment = "%s,ip_frag=later,nw_src=10.0.0.%d,nw_dst=10.0.0.2";
    String tcp = fragment.formatted("tcp", 9);
    String udp = fragment.formatted("udp", 9);
    assertEquals(sent("d"), decides("r", "d", tcp, 0, 0));
    assertEquals("FILTERED", decides("r", "d", udp, 0, 0));
    assertEquals("FILTERED", decides("r", "d", tcp.replace("=10.0.0.9", "=11.0.0.9"), 0, 0));
    assertEquals("FILTERED", decides("d", "r", tcp, 0, 0));
    assertEquals(sent("e"), decides("r", "e", udp, 0, 0), "may be an answer");
    assertEquals("FILTERED", decides("r", "e", tcp, 0, 0));
    assertEquals("FILTERED", decides("r", "e", fragment.formatted("udp", 8), 0, 0));
    assertEquals(sent("a"), decides("r", "a", udp, 0, 0), "a may ask whom it likes");
  }

  @Test
  void neighbourDiscoveryAndMldAreOfThisLink() throws Exception {
    String neighbour = "icmp6,icmpv6_type=%d,nw_ttl=%d";
    for (int type : new int[] {135, 136}) {
      assertEquals(sent("d"), decides("r", "d", neighbour.formatted(type, 255), 0, 0));
      assertEquals(sent("r"), decides("d", "r", neighbour.formatted(type, 255), 0, 0));
      assertEquals("FILTERED", decides("r", "d", neighbour.formatted(type, 64), 0, 0));
    }
    assertEquals(sent("d"), decides("r", "d", neighbour.formatted(134, 255), 0, 0));
    assertEquals("FILTERED", decides("d", "r", neighbour.formatted(134, 255), 0, 0));
    String listener = "icmp6,icmpv6_type=%d,nw_ttl=%d,ipv6_src=%s";
    assertEquals(sent("r"), decides("d", "r", listener.formatted(143, 1, "fe80::1"), 0, 0));
    assertEquals(sent("r"), decides("d", "r", listener.formatted(143, 1, "::"), 0, 0));
    assertEquals("FILTERED", decides("d", "r", listener.formatted(143, 2, "fe80::1"), 0, 0));
    assertEquals("FILTERED", decides("d", "r", listener.formatted(143, 1, "2001:db8::1"), 0, 0));
    assertEquals("FILTERED", decides("d", "r", listener.formatted(130, 1, "::"), 0, 0));
  }

  @Test
  void whatCannotBeTrackedPassesByARuleForIcmp() throws Exception {
    assertEquals(sent("b"), decides("r", "b", "icmp,icmp_type=13", CtAnswer.INV, 0));
    assertEquals("FILTERED", decides("r", "b", "icmp,icmp_type=14", CtAnswer.INV, 0));
    assertEquals("UNTRACKED", decides("r", "b", TCP, CtAnswer.INV, 0));
    assertEquals(sent("r"), decides("a", "r", BACK, CtAnswer.INV, 0), "a may send anything");
  }
}
