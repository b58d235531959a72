// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.spec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.plumbline.spec.model.DesiredState;
import dev.plumbline.spec.model.VlanMode;
import dev.plumbline.spec.source.MapSource;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DevicesTest {
  private static DesiredState state(String text) {
    return HostFile.load(
            MapSource.ofTexts(Map.of("f", "version: 1\n" + text)), "f", LoadOptions.defaults())
        .orThrow();
  }

  @Test
  void a_reference_means_the_key_then_the_name_then_a_key_elsewhere() {
    DesiredState state =
        state(
            """
            namespaces: {web: {}}
            dummies:
              a: {device: b}
              b: {device: c}
              far: {namespace: web}
            veths: {v: {peer: {device: eth0, namespace: web}}}
            """);
    var devices = state.devices();
    assertEquals("dummies.b", address(state, "", "b"), "the key before the name");
    assertEquals("dummies.b", address(state, "", "c"), "the name");
    assertEquals("dummies.far", address(state, "", "far"), "a key of another namespace");
    assertEquals("veths.v.peer", address(state, "web", "eth0"), "the far end of a veth");
    assertNull(devices.resolve("", "eth0"), "the far end's name is of its own namespace");
  }

  private static String address(DesiredState state, String namespace, String reference) {
    var device = state.devices().resolve(namespace, reference);
    assertNotNull(device, reference);
    return device.address();
  }

  @Test
  void a_veths_far_end_is_named_after_the_key() {
    var veth = state("veths: {v: {}}\n").veths().get("v");
    assertEquals("v-peer", veth.peer().settings().device());
    assertEquals(
        "abcdefghij-peer",
        state("veths: {abcdefghijklmno: {}}\n")
            .veths()
            .get("abcdefghijklmno")
            .peer()
            .settings()
            .device());
  }

  @Test
  void ports_are_those_listed_and_those_that_join() {
    DesiredState state =
        state(
            """
            bridges:
              br0: {datapath: kernel, ports: {eth1: {pathCost: 5}, t: {pathCost: 7}}}
              br1: {datapath: kernel}
            tunnels: {t: {bridge: br0, vlan: {access: 9}, type: vxlan, key: 1, remote: 192.0.2.1}}
            """);
    var ports = state.portsOf("br0");
    assertEquals(List.of("eth1", "t"), List.copyOf(ports.keySet()));
    assertEquals(7, ports.get("t").pathCost());
    assertTrue(ports.get("t").vlan() instanceof VlanMode.Access);
    assertTrue(state.filtersVlans("br0"), "a port has a VLAN");
    assertFalse(state.filtersVlans("br1"));
    assertEquals(List.of(), state.usesEmbeddedSwitch());
  }

  @Test
  void default_is_of_the_gateways_family() {
    DesiredState state =
        state(
            """
            routes:
              - {to: default, via: 192.0.2.1}
              - {to: default, via: 'fe80::1', dev: eth0}
              - {to: default, dev: eth0, table: 5}
            """);
    assertEquals(
        List.of("0.0.0.0/0", "::/0", "0.0.0.0/0"),
        state.routes().stream().map(route -> route.to().toString()).toList());
  }
}
