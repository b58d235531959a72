// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.translate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.plumbline.datapath.bridge.MacTable;
import dev.plumbline.datapath.config.BridgeConfig;
import dev.plumbline.datapath.config.MacTableConfig;
import dev.plumbline.datapath.config.PortConfig;
import dev.plumbline.datapath.config.PortConfig.BondMode;
import dev.plumbline.datapath.config.PortConfig.BondPort;
import dev.plumbline.datapath.config.PortConfig.DevicePort;
import dev.plumbline.datapath.config.PortConfig.PatchPort;
import dev.plumbline.datapath.config.PortVlan;
import dev.plumbline.datapath.config.SwitchConfig;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class StateChangeTest {
  private final Map<String, Map<String, PortConfig>> bridges = new LinkedHashMap<>();
  private final Map<String, MacTable> tables = new LinkedHashMap<>();

  StateChangeTest() {
    for (String bridge : List.of("br0", "br1", "br2")) {
      tables.put(bridge, new MacTable(100, 300, 1));
      for (String port : List.of("a", "b")) {
        put(bridge, port, new DevicePort(port + bridge, PortVlan.TRUNK_ALL));
      }
    }
    put("br0", "x", new PatchPort("br1", "x", PortVlan.TRUNK_ALL));
    put("br1", "x", new PatchPort("br0", "x", PortVlan.TRUNK_ALL));
  }

  private void put(String bridge, String name, PortConfig port) {
    bridges.computeIfAbsent(bridge, any -> new LinkedHashMap<>()).put(name, port);
  }

  private SwitchState state(SwitchState before) {
    Map<String, BridgeConfig> configs = new LinkedHashMap<>();
    bridges.forEach(
        (name, ports) -> configs.put(name, new BridgeConfig(ports, MacTableConfig.DEFAULT, false)));
    SwitchConfig config = new SwitchConfig(configs);
    return before.reconfigured(config, before.numbers().assign(config), tables);
  }

  private static BitSet numbers(SwitchState state, String... bridges) {
    BitSet found = new BitSet();
    state
        .numbers()
        .ports()
        .forEach(
            (id, number) -> {
              if (number < PortNumbers.BONDS && List.of(bridges).contains(id.bridge())) {
                found.set(number);
              }
            });
    return found;
  }

  @Test
  void the_same_again_changes_nothing() {
    SwitchState before = state(SwitchState.EMPTY);
    StateChange change = StateChange.between(before, state(before));
    assertTrue(change.ports().isEmpty());
    assertTrue(change.bumped().isEmpty());
    assertTrue(change.flushes().isEmpty());
  }

  @Test
  void a_ports_vlan_concerns_its_domain_and_voids_no_flow_unread() {
    SwitchState before = state(SwitchState.EMPTY);
    put("br0", "a", new DevicePort("abr0", PortVlan.access(10)));
    SwitchState after = state(before);
    StateChange change = StateChange.between(before, after);
    assertTrue(change.bumped().isEmpty());
    assertEquals(numbers(after, "br0", "br1"), change.ports());
    BitSet flushed = new BitSet();
    flushed.set(after.numbers().port(new PortId("br0", "a", "")));
    assertEquals(flushed, change.flushes());
  }

  @Test
  void a_patch_that_goes_voids_the_flows_of_both_sides_alone() {
    SwitchState before = state(SwitchState.EMPTY);
    bridges.get("br0").remove("x");
    bridges.get("br1").remove("x");
    StateChange change = StateChange.between(before, state(before));
    assertTrue(change.bumps(before.numbers().bridge("br0")));
    assertTrue(change.bumps(before.numbers().bridge("br1")));
    assertFalse(change.bumps(before.numbers().bridge("br2")));
  }

  @Test
  void a_failover_concerns_what_comes_in_by_the_bond_alone() {
    put(
        "br0",
        "bond0",
        new BondPort(List.of("m0", "m1"), BondMode.BALANCE_SLB, null, 0, 0, 0, PortVlan.TRUNK_ALL));
    SwitchState before = state(SwitchState.EMPTY);
    int bond = before.numbers().port(new PortId("br0", "bond0", ""));
    int first = before.numbers().port(new PortId("br0", "bond0", "m0"));
    int second = before.numbers().port(new PortId("br0", "bond0", "m1"));
    StateChange change =
        StateChange.between(before.withActive(bond, first), before.withActive(bond, second));
    BitSet members = new BitSet();
    members.set(first);
    members.set(second);
    assertEquals(members, change.ports());
    assertTrue(change.bumped().isEmpty());
  }

  @Test
  void numbers_stay_and_freed_ones_are_given_out_last() {
    SwitchState before = state(SwitchState.EMPTY);
    int kept = before.numbers().port(new PortId("br1", "b", ""));
    int freed = before.numbers().port(new PortId("br0", "a", ""));
    bridges.get("br0").remove("a");
    put("br0", "new", new DevicePort("new", PortVlan.TRUNK_ALL));
    SwitchState after = state(before);
    assertEquals(kept, after.numbers().port(new PortId("br1", "b", "")));
    assertNotEquals(freed, after.numbers().port(new PortId("br0", "new", "")));
    PortNumbers saved = PortNumbers.of(after.numbers().ports(), after.numbers().bridges());
    assertEquals(after.numbers().ports(), saved.assign(after.config()).ports());
  }
}
