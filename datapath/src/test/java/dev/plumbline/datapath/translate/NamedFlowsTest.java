// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.translate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.plumbline.datapath.bridge.MacTable;
import dev.plumbline.datapath.config.BridgeConfig;
import dev.plumbline.datapath.config.FlowConfig;
import dev.plumbline.datapath.config.MacTableConfig;
import dev.plumbline.datapath.config.PortConfig;
import dev.plumbline.datapath.config.PortConfig.DevicePort;
import dev.plumbline.datapath.config.PortConfig.TunnelPort;
import dev.plumbline.datapath.config.PortConfig.TunnelType;
import dev.plumbline.datapath.config.PortVlan;
import dev.plumbline.datapath.config.SwitchConfig;
import dev.plumbline.datapath.flow.FlowField;
import dev.plumbline.datapath.flow.FlowKey;
import dev.plumbline.datapath.openflow.FlowSyntaxException;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Ports in configured flows are names, whatever numbers ports have at the moment. */
class NamedFlowsTest {
  private final Map<String, PortConfig> ports = new LinkedHashMap<>();
  private final Set<FlowConfig> flows = new LinkedHashSet<>();
  private SwitchState state = SwitchState.EMPTY;

  /** Priorities of the flows that were read. */
  private final Set<Integer> asked = new HashSet<>();

  private PortNumbers numbers = PortNumbers.NONE;
  private final MacTable table = new MacTable(64, 300, 1);

  private void port(String name) {
    ports.put(name, new DevicePort(name, PortVlan.TRUNK_ALL));
  }

  private void flow(String text) throws FlowSyntaxException {
    flows.add(NamedFlows.of(ports.keySet()).read(text));
  }

  private void configure() {
    SwitchConfig config =
        new SwitchConfig(
            Map.of("br0", new BridgeConfig(ports, MacTableConfig.DEFAULT, false, flows)));
    numbers = numbers.assign(config);
    state = state.reconfigured(config, numbers, Map.of("br0", table), this::number);
    for (int number : numbers.ports().values()) {
      state = state.withUp(number, true);
    }
  }

  private long number(String bridge, FlowConfig flow) {
    asked.add(flow.priority());
    return 0;
  }

  private int number(String port) {
    return numbers.port(new PortId("br0", port, ""));
  }

  private FlowTables tables() {
    Bridge bridge = state.bridge(numbers.bridge("br0"));
    assertNotNull(bridge);
    FlowTables flows = bridge.flows();
    assertNotNull(flows);
    return flows;
  }

  /** The ports that a packet from a port goes to. */
  private List<Integer> from(int port) {
    FlowKey key = new FlowKey();
    key.inPort(port);
    key.ethSrc(0x0200_0000_0001L);
    key.ethDst(0x0200_0000_0002L);
    key.set(FlowField.ETH_TYPE, 0x0800);
    Decision decision = new Decision();
    new Translator().translate(key, state, 0, decision);
    return FrameActions.execute(decision.actions(), new byte[64]).stream()
        .map(FrameActions.Output::port)
        .toList();
  }

  @Test
  void theNormalFormIsWhatAFlowIsComparedBy() throws Exception {
    NamedFlows names = NamedFlows.of(List.of("eth1", "vx-1"));
    FlowConfig flow =
        names.read(" dl_vlan=1000, in_port=\"vx-1\" priority=3 actions=mod_vlan_vid:1,output:eth1");
    assertEquals("priority=3,in_port=\"vx-1\",dl_vlan=1000", flow.key());
    assertEquals("mod_vlan_vid:1,output:eth1", flow.actions());
    assertEquals(flow, names.read(flow.text()));
  }

  @Test
  void aNumberOrAnUnknownNameIsAMistakeAtItsColumn() {
    NamedFlows names = NamedFlows.of(List.of("eth1"));
    FlowSyntaxException number =
        assertThrows(FlowSyntaxException.class, () -> names.read("in_port=1 actions=drop"));
    assertEquals(9, number.column());
    assertTrue(number.getMessage().contains("ports are named"), number.getMessage());
    FlowSyntaxException unknown =
        assertThrows(FlowSyntaxException.class, () -> names.read("actions=output:eth2"));
    assertEquals(16, unknown.column());
  }

  @Test
  void aFieldThatSaysThePortIsNoNameOfAPortThatIsNotThere() throws Exception {
    port("eth1");
    port("eth2");
    flow("actions=load:2->NXM_NX_REG1[],output:NXM_NX_REG1[],output:NXM_NX_REG1[0..15]");
    configure();
    assertEquals(2, number("eth2"));
    assertEquals(List.of(2, 2), from(number("eth1")));
  }

  @Test
  void aNumberThatIsGivenOutAgainLeadsNowhere() throws Exception {
    port("eth1");
    port("eth2");
    flow("in_port=eth1 actions=output:eth2");
    configure();
    assertEquals(List.of(number("eth2")), from(number("eth1")));
    int old = number("eth2");
    ports.remove("eth2");
    port("eth3");
    // As if all other numbers were taken.
    numbers = PortNumbers.of(Map.of(new PortId("br0", "eth3", ""), old), Map.of("br0", 1));
    configure();
    assertEquals(old, number("eth3"));
    assertEquals(List.of(), from(number("eth1")), "eth2 is not there, whoever has its number");
    ports.remove("eth3");
    port("eth2");
    configure();
    assertEquals(List.of(number("eth2")), from(number("eth1")), "and there again");
  }

  @Test
  void aTunnelWithSeveralRemotesIsAllOfThem() throws Exception {
    port("eth1");
    ports.put(
        "vx",
        new TunnelPort(
            TunnelType.VXLAN,
            null,
            List.of(InetAddress.getByName("192.0.2.1"), InetAddress.getByName("192.0.2.2")),
            7,
            4789,
            64,
            0,
            true,
            false,
            PortVlan.TRUNK_ALL));
    flow("in_port=eth1 actions=output:vx");
    flow("in_port=vx actions=output:eth1");
    configure();
    int first = numbers.port(new PortId("br0", "vx", "192.0.2.1"));
    int second = numbers.port(new PortId("br0", "vx", "192.0.2.2"));
    assertEquals(List.of(first, second), from(number("eth1")));
    assertEquals(List.of(number("eth1")), from(first));
    assertEquals(List.of(number("eth1")), from(second));
  }

  @Test
  void withoutFlowsThereIsNormalAndNoTable() throws Exception {
    port("eth1");
    port("eth2");
    configure();
    Bridge bridge = state.bridge(numbers.bridge("br0"));
    assertNotNull(bridge);
    assertNull(bridge.flows());
    assertEquals(List.of(number("eth2")), from(number("eth1")));
  }

  @Test
  void onlyFlowsThatMayNameAPortAreReadWhenItComes() throws Exception {
    port("eth1");
    port("eth2");
    for (String flow :
        List.of(
            "priority=1,in_port=eth1 actions=output:eth2",
            "priority=2,in_port=eth1 actions=output:later",
            "priority=3,in_port=later actions=output:eth1")) {
      flows.add(NamedFlows.ofAny().read(flow));
    }
    configure();
    assertEquals(List.of(), from(number("eth1")), "nobody is there yet");
    port("later");
    asked.clear();
    configure();
    assertEquals(Set.of(2, 3), asked);
    assertEquals(List.of(number("later")), from(number("eth1")));
    assertEquals(List.of(number("eth1")), from(number("later")));
    assertEquals(3, tables().size());
    ports.remove("later");
    asked.clear();
    configure();
    assertEquals(Set.of(2, 3), asked);
    assertEquals(List.of(), from(number("eth1")));
  }

  @Test
  void tablesAreMadeAnewOnlyWhereFlowsOrPortsChange() throws Exception {
    port("eth1");
    port("eth2");
    flow("in_port=eth1 actions=output:eth2");
    configure();
    FlowTables before = tables();
    configure();
    assertSame(before, tables());
    flow("priority=1 actions=drop");
    configure();
    assertNotSame(before, tables());
    assertEquals(2, tables().size());
    flows.clear();
    flow("in_port=eth1 actions=NORMAL");
    configure();
    assertEquals(1, tables().size(), "changed in its place, and the other gone");
  }

  /** So many that all processors read them. */
  @Test
  void manyAreReadInTheirOrderAndTheFirstMistakeIsNamed() throws Exception {
    List<String> texts = new ArrayList<>();
    for (int i = 0; i < 3 * NamedFlows.MANY; i++) {
      texts.add("priority=" + i + ",in_port=eth1,tcp,tp_dst=" + i + " actions=output:eth2");
    }
    NamedFlows names = NamedFlows.of(List.of("eth1", "eth2"));
    List<NamedFlows.Read> read = names.readAll(texts);
    for (int i = 0; i < texts.size(); i++) {
      assertEquals(names.read(texts.get(i)), read.get(i).config());
    }
    port("eth1");
    port("eth2");
    read.forEach(each -> flows.add(each.config()));
    configure();
    assertEquals(texts.size(), tables().size());
    texts.set(4_321, "priority=4321,in_port=eth3 actions=drop");
    texts.set(1_234, "priority=1234,in_prt=eth1 actions=drop");
    var thrown = assertThrows(IllegalArgumentException.class, () -> names.readAll(texts));
    assertTrue(thrown.getMessage().startsWith("priority=1234,in_prt"), thrown::getMessage);
  }
}
