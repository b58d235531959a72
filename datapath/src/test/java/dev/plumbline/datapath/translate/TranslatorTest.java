// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.translate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.plumbline.datapath.bridge.MacTable;
import dev.plumbline.datapath.bridge.TagStack;
import dev.plumbline.datapath.config.BridgeConfig;
import dev.plumbline.datapath.config.MacTableConfig;
import dev.plumbline.datapath.config.PortConfig;
import dev.plumbline.datapath.config.PortConfig.BondMode;
import dev.plumbline.datapath.config.PortConfig.BondPort;
import dev.plumbline.datapath.config.PortConfig.DevicePort;
import dev.plumbline.datapath.config.PortConfig.PatchPort;
import dev.plumbline.datapath.config.PortConfig.TunnelPort;
import dev.plumbline.datapath.config.PortConfig.TunnelType;
import dev.plumbline.datapath.config.PortVlan;
import dev.plumbline.datapath.config.SwitchConfig;
import dev.plumbline.datapath.flow.ActionList;
import dev.plumbline.datapath.flow.FlowField;
import dev.plumbline.datapath.flow.FlowKey;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** One rule a test; that all of them together are right is {code TranslatorProperties}' matter. */
class TranslatorTest {
  private static final long BROADCAST = 0xffff_ffff_ffffL;
  private static final long A = 0x0200_0000_000aL;
  private static final long B = 0x0200_0000_000bL;

  private final Map<String, Map<String, PortConfig>> bridges = new LinkedHashMap<>();
  private final Map<String, MacTable> tables = new LinkedHashMap<>();
  private final FlowKey key = new FlowKey();
  private final Decision decision = new Decision();
  private final Translator translator = new Translator();
  private boolean forwardBpdu;
  private SwitchState state = SwitchState.EMPTY;

  private void port(String bridge, String name, PortConfig port) {
    bridges.computeIfAbsent(bridge, any -> new LinkedHashMap<>()).put(name, port);
  }

  private void device(String name, PortVlan vlan) {
    port("br0", name, new DevicePort(name, vlan));
  }

  private void patch(String a, PortVlan aVlan, String b, PortVlan bVlan, String name) {
    port(a, name + "a", new PatchPort(b, name + "b", aVlan));
    port(b, name + "b", new PatchPort(a, name + "a", bVlan));
  }

  private void build() {
    Map<String, BridgeConfig> configs = new LinkedHashMap<>();
    bridges.forEach(
        (name, ports) -> {
          configs.put(name, new BridgeConfig(ports, MacTableConfig.DEFAULT, forwardBpdu));
          tables.computeIfAbsent(name, any -> new MacTable(100, 300, 1));
        });
    SwitchConfig config = new SwitchConfig(configs);
    PortNumbers numbers = state.numbers().assign(config);
    state = state.reconfigured(config, numbers, tables);
    for (int number : numbers.ports().values()) {
      if (number < PortNumbers.BONDS) {
        state = state.withUp(number, true);
      }
    }
  }

  private int number(String bridge, String port, String part) {
    return state.numbers().port(new PortId(bridge, port, part));
  }

  private String send(int inPort, long src, long dst, int... vlans) {
    key.clear();
    key.inPort(inPort);
    key.ethSrc(src);
    key.ethDst(dst);
    key.set(FlowField.ETH_TYPE, 0x88b5);
    if (vlans.length > 0) {
      key.set(FlowField.VLAN_TCI, vlans[0] | FlowKey.VLAN_PRESENT);
      key.set(FlowField.VLAN_TPID, TagStack.TPID_8021Q);
    }
    if (vlans.length > 1) {
      key.set(FlowField.INNER_TCI, vlans[1] | FlowKey.VLAN_PRESENT);
      key.set(FlowField.INNER_TPID, TagStack.TPID_8021Q);
    }
    return decide(0);
  }

  private String decide(long now) {
    translator.translate(key, state, now, decision);
    for (int i = 0; i < decision.learns(); i++) {
      decision.learn(i, state, now);
    }
    return decision.actions().toString();
  }

  private void assertDropped(DropReason reason, String actions) {
    assertEquals("drop(" + reason.code() + ")", actions);
    assertEquals(reason, decision.dropReason());
  }

  @Test
  void it_floods_what_it_does_not_know_and_sends_what_it_knows() {
    device("p1", PortVlan.TRUNK_ALL);
    device("p2", PortVlan.TRUNK_ALL);
    device("p3", PortVlan.TRUNK_ALL);
    build();
    assertEquals("output:2,output:3", send(1, A, B));
    assertNull(decision.dropReason());
    assertTrue(decision.cacheable());
    assertTrue(decision.mask().isLayer2());
    assertEquals("output:1", send(2, B, A));
    assertEquals("output:2", send(1, A, B));
    assertDropped(DropReason.SAME_PORT, send(1, BROADCAST - 1 & ~(1L << 40), A));
    assertDropped(DropReason.SAME_PORT, send(3, 0x0200_0000_00ccL, 0x0200_0000_00ccL));
  }

  @Test
  void ports_that_are_down_are_not_sent_to() {
    device("p1", PortVlan.TRUNK_ALL);
    device("p2", PortVlan.TRUNK_ALL);
    build();
    send(2, B, A);
    state = state.withUp(2, false);
    assertDropped(DropReason.OUTPUT_DOWN, send(1, A, B));
    assertDropped(DropReason.NO_OUTPUT, send(1, A, BROADCAST));
  }

  @Test
  void outputs_are_ordered_so_that_tags_change_seldom_and_the_last_action_is_an_output() {
    device("p1", PortVlan.TRUNK_ALL);
    device("p2", PortVlan.access(10));
    device("p3", PortVlan.TRUNK_ALL);
    device("p4", PortVlan.access(10));
    device("p5", PortVlan.dot1qTunnel(10));
    build();
    assertEquals("output:3,pop_vlan,output:2,output:4,output:5", send(1, A, B, 10));
    assertEquals(
        "output:4,output:5,push_vlan(tpid=0x8100,vid=10,pcp=0),output:1,output:3",
        send(2, A, BROADCAST));
    assertEquals("output:3,pop_vlan,output:5", send(1, A, BROADCAST, 10, 20));
    assertEquals(
        "output:2,output:4,push_vlan(tpid=0x88a8,vid=10,pcp=0),output:1,output:3",
        send(5, A, BROADCAST));
  }

  @Test
  void reserved_addresses_are_dropped_unless_they_are_to_be_forwarded() {
    device("p1", PortVlan.TRUNK_ALL);
    device("p2", PortVlan.TRUNK_ALL);
    build();
    assertDropped(DropReason.RESERVED_ADDRESS, send(1, A, 0x0180_c200_000eL));
    assertEquals("output:2", send(1, A, 0x0180_c200_0010L));
    forwardBpdu = true;
    build();
    assertEquals("output:2", send(1, A, 0x0180_c200_0000L));
  }

  @Test
  void odd_frames_are_dropped() {
    device("p1", PortVlan.access(10));
    device("p2", PortVlan.TRUNK_ALL);
    build();
    assertDropped(DropReason.GROUP_SOURCE, send(2, BROADCAST, A));
    assertDropped(DropReason.VLAN_NOT_ACCEPTED, send(1, A, B, 10));
    assertDropped(DropReason.UNKNOWN_PORT, send(9, A, B));
    assertFalse(decision.cacheable());
    send(2, A, B);
    key.set(FlowField.ETH_TYPE, TagStack.TPID_8021Q);
    assertDropped(DropReason.MALFORMED_TAG, decide(0));
  }

  @Test
  void no_remote_of_a_mesh_is_sent_what_another_sent() throws Exception {
    List<InetAddress> remotes = new ArrayList<>();
    for (int i = 1; i <= 3; i++) {
      remotes.add(InetAddress.getByAddress(new byte[] {10, 0, 0, (byte) i}));
    }
    device("p1", PortVlan.TRUNK_ALL);
    port(
        "br0",
        "vx",
        new TunnelPort(
            TunnelType.VXLAN, null, remotes, 42, 4789, 0, 0, true, false, PortVlan.TRUNK_ALL));
    build();
    assertEquals("output:2,output:3,output:4", send(1, A, BROADCAST));
    assertEquals("output:1", send(2, B, BROADCAST));
    assertDropped(DropReason.SAME_MESH, send(3, A, B));
    assertEquals("output:2", send(1, A, B));
  }

  @Test
  void patch_ports_lead_to_other_bridges_which_learn_too() {
    device("p1", PortVlan.access(10));
    patch("br0", PortVlan.access(10), "br1", PortVlan.access(20), "x");
    port("br1", "q1", new DevicePort("q1", PortVlan.TRUNK_ALL));
    build();
    assertEquals("push_vlan(tpid=0x8100,vid=20,pcp=0),output:2", send(1, A, B));
    assertEquals(number("br1", "xb", ""), tables.get("br1").lookup(20, A));
    assertEquals("pop_vlan,output:1", send(2, B, A, 20));
  }

  @Test
  void a_loop_of_patches_is_dropped_and_teaches_nothing() {
    device("p1", PortVlan.TRUNK_ALL);
    patch("br0", PortVlan.TRUNK_ALL, "br1", PortVlan.TRUNK_ALL, "x");
    patch("br0", PortVlan.trunk(10), "br1", PortVlan.trunk(10), "y");
    port("br1", "q1", new DevicePort("q1", PortVlan.TRUNK_ALL));
    build();
    assertEquals("output:2", send(1, A, BROADCAST, 20));
    assertDropped(DropReason.PATCH_LOOP, send(1, A, BROADCAST, 10));
    assertEquals(0, tables.get("br0").lookup(10, A));
  }

  @Test
  void two_vlans_may_be_joined_through_another_bridge() {
    device("p1", PortVlan.access(10));
    device("p2", PortVlan.access(20));
    patch("br0", PortVlan.access(10), "br1", PortVlan.TRUNK_ALL, "x");
    patch("br0", PortVlan.access(20), "br1", PortVlan.TRUNK_ALL, "y");
    build();
    assertEquals("output:2", send(1, A, BROADCAST));
    assertEquals("output:1", send(2, B, A));
  }

  private void bond(BondMode mode) {
    device("p1", PortVlan.TRUNK_ALL);
    port(
        "br0",
        "bond0",
        new BondPort(List.of("m1", "m2"), mode, null, 0, 0, 10, PortVlan.TRUNK_ALL));
    build();
    state = state.withActive(PortNumbers.BONDS, number("br0", "bond0", "m1"));
  }

  @Test
  void a_bond_is_sent_to_by_its_buckets_and_never_back() {
    bond(BondMode.BALANCE_SLB);
    assertEquals("bond:0", send(1, A, BROADCAST));
    assertEquals("output:1", send(2, B, BROADCAST));
    assertEquals("bond:0", send(1, A, B));
    assertDropped(DropReason.SAME_PORT, send(2, 0x0200_0000_00ccL, B));
  }

  @Test
  void active_backup_listens_to_the_active_member_alone() {
    bond(BondMode.ACTIVE_BACKUP);
    assertDropped(DropReason.BOND_INACTIVE, send(3, B, A));
    assertEquals("output:1", send(2, B, A));
    state = state.withActive(PortNumbers.BONDS, 3);
    assertEquals("output:1", send(3, B, A));
    assertDropped(DropReason.BOND_INACTIVE, send(2, B, A));
  }

  @Test
  void slb_takes_groups_by_the_active_member_and_no_reflections() {
    bond(BondMode.BALANCE_SLB);
    assertDropped(DropReason.BOND_INACTIVE, send(3, B, BROADCAST));
    assertEquals("output:1", send(3, B, A));
    send(1, A, BROADCAST);
    assertDropped(DropReason.BOND_REFLECTED, send(2, A, BROADCAST));
    assertDropped(DropReason.BOND_REFLECTED, send(3, A, B));
  }

  @Test
  void a_gratuitous_arp_by_a_bond_moves_a_host_unless_it_is_a_reflection() {
    bond(BondMode.BALANCE_SLB);
    send(1, A, BROADCAST);
    arp(1);
    assertEquals("bond:0", decide(0));
    arp(2);
    assertDropped(DropReason.BOND_REFLECTED, decide(4_999));
    assertFalse(decision.cacheable());
    assertFalse(decision.mask().isLayer2());
    assertEquals("output:1", decide(5_000));
    assertEquals(PortNumbers.BONDS, tables.get("br0").lookup(0, A));
  }

  private void arp(int inPort) {
    key.inPort(inPort);
    key.ethSrc(A);
    key.ethDst(BROADCAST);
    key.set(FlowField.ETH_TYPE, 0x0806);
    key.set(FlowField.IP_PROTO, 1);
    key.bytes()[FlowField.IP_SRC.offset()] = 10;
    key.bytes()[FlowField.IP_DST.offset()] = 10;
  }

  @Test
  void more_outputs_than_a_flow_has_are_for_the_slow_path_in_several_lists() {
    for (int i = 0; i < 100; i++) {
      device("p" + i, i % 2 == 0 ? PortVlan.TRUNK_ALL : PortVlan.access(10));
    }
    build();
    send(1, A, BROADCAST, 10);
    assertTrue(decision.slowPathOnly());
    assertFalse(decision.cacheable());
    assertEquals(99, decision.outputs());
    ActionList list = new ActionList();
    int lists = 0;
    for (int next = 0; next < decision.outputs(); lists++) {
      next = decision.fill(next, list);
      assertFalse(list.overflowed());
    }
    assertEquals(4, lists);
  }
}
