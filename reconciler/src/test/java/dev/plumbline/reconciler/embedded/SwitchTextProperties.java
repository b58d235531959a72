// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.embedded;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.plumbline.datapath.config.BridgeConfig;
import dev.plumbline.datapath.config.FlowConfig;
import dev.plumbline.datapath.config.GroupConfig;
import dev.plumbline.datapath.config.MacTableConfig;
import dev.plumbline.datapath.config.MacTableConfig.StaticMac;
import dev.plumbline.datapath.config.MeterConfig;
import dev.plumbline.datapath.config.PortConfig;
import dev.plumbline.datapath.config.PortConfig.BondMode;
import dev.plumbline.datapath.config.PortConfig.TunnelPort;
import dev.plumbline.datapath.config.PortConfig.TunnelType;
import dev.plumbline.datapath.config.PortVlan;
import dev.plumbline.datapath.config.PortVlan.Mode;
import dev.plumbline.datapath.config.PortVlan.PriorityTags;
import dev.plumbline.datapath.config.SwitchConfig;
import dev.plumbline.spec.value.IpAddress;
import java.net.InetAddress;
import java.util.BitSet;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** What a switch is becomes text and the same again: else it would drift from itself for ever. */
class SwitchTextProperties {
  @Property(tries = 2_000)
  void aSwitchSurvivesItsText(@ForAll Random random) {
    SwitchConfig config = config(random);
    SwitchConfig again = SwitchText.config(SwitchText.resources(config));
    assertEquals(config, again);
  }

  @Property(tries = 1_000)
  void legsHaveNamesOfTheirOwnThatFit(@ForAll Set<String> keys) {
    Set<String> names = new HashSet<>();
    for (String key : keys) {
      String leg = Leg.of(key);
      assertTrue(leg.length() <= 15 && Leg.isOne(leg), leg);
      names.add(leg);
    }
    assertEquals(keys.size(), names.size());
  }

  private static SwitchConfig config(Random random) {
    Map<String, BridgeConfig> bridges = new LinkedHashMap<>();
    for (int i = random.nextInt(3); i >= 0; i--) {
      Map<String, PortConfig> ports = new LinkedHashMap<>();
      for (int p = random.nextInt(6); p > 0; p--) {
        ports.put("port" + p, port(random));
      }
      List<StaticMac> statics =
          random.nextBoolean()
              ? List.of()
              : List.of(new StaticMac(random.nextLong(1L << 48), random.nextInt(4096), "port1"));
      MacTableConfig table =
          new MacTableConfig(15 + random.nextInt(3586), 1 + random.nextInt(1 << 20), statics);
      bridges.put(
          "br-" + i,
          new BridgeConfig(
              ports,
              table,
              random.nextBoolean(),
              flows(random),
              Map.of(),
              groups(random),
              meters(random)));
    }
    return new SwitchConfig(bridges);
  }

  private static Set<FlowConfig> flows(Random random) {
    Set<FlowConfig> flows = new HashSet<>();
    for (int i = random.nextInt(5); i > 0; i--) {
      flows.add(
          new FlowConfig(
              random.nextInt(254),
              random.nextInt(65_536),
              random.nextBoolean() ? "" : "in_port=\"port-1\",dl_vlan=" + i,
              "mod_vlan_vid:" + random.nextInt(4096) + ",NORMAL",
              random.nextLong(),
              random.nextInt(65_536),
              random.nextInt(65_536)));
    }
    return flows;
  }

  private static Set<GroupConfig> groups(Random random) {
    Set<GroupConfig> groups = new HashSet<>();
    for (int i = random.nextInt(3); i > 0; i--) {
      groups.add(
          new GroupConfig(
              i + random.nextLong(0xffff_ff00L - 3),
              random.nextBoolean() ? "all" : "select",
              random.nextBoolean() ? "" : "bucket=actions=output:\"port-1\""));
    }
    return groups;
  }

  private static Set<MeterConfig> meters(Random random) {
    Set<MeterConfig> meters = new HashSet<>();
    for (int i = random.nextInt(3); i > 0; i--) {
      meters.add(
          new MeterConfig(
              i + random.nextLong(1000) * 3,
              any(MeterConfig.Unit.values(), random),
              1 + random.nextLong(0xffff_ffffL),
              random.nextBoolean() ? 0 : random.nextLong(1L << 32)));
    }
    return meters;
  }

  private static PortConfig port(Random random) {
    PortVlan vlan = vlan(random);
    return switch (random.nextInt(5)) {
      case 0 -> new PortConfig.DevicePort("eth" + random.nextInt(9), vlan);
      case 1 -> new PortConfig.HostPort("mgmt0", Leg.of("mgmt0"), vlan);
      case 2 -> new PortConfig.PatchPort("br-" + random.nextInt(3), "p" + random.nextInt(9), vlan);
      case 3 ->
          new PortConfig.BondPort(
              List.of("eth1", "eth0"),
              any(BondMode.values(), random),
              random.nextBoolean() ? "eth1" : null,
              random.nextInt(5000),
              random.nextInt(5000),
              random.nextInt(10_001),
              vlan);
      default -> tunnel(random, vlan);
    };
  }

  private static PortConfig tunnel(Random random, PortVlan vlan) {
    TunnelType type = any(TunnelType.values(), random);
    boolean gre = type == TunnelType.GRE;
    return new PortConfig.TunnelPort(
        type,
        random.nextBoolean() ? address("2001:db8::1") : null,
        any(
            List.of(
                List.of(),
                List.of(address("2001:db8::2")),
                List.of(address("10.0.0.1"), address("10.0.0.2"))),
            random),
        gre
            ? random.nextLong(TunnelPort.KEY_OF_FLOW, 1L << 32)
            : random.nextInt(4) == 0 ? TunnelPort.KEY_OF_FLOW : random.nextLong(1 << 24),
        gre ? 0 : 1 + random.nextInt(65_535),
        random.nextInt(256),
        random.nextInt(-1, 256),
        random.nextBoolean(),
        random.nextBoolean(),
        vlan);
  }

  private static <E> E any(List<E> values, Random random) {
    return values.get(random.nextInt(values.size()));
  }

  private static <E> E any(E[] values, Random random) {
    return List.of(values).get(random.nextInt(values.length));
  }

  private static InetAddress address(String text) {
    return IpAddress.parse(text).toInetAddress();
  }

  private static PortVlan vlan(Random random) {
    Mode mode = any(Mode.values(), random);
    int tag = mode == Mode.TRUNK ? 0 : random.nextInt(4096);
    BitSet list = new BitSet();
    if (mode != Mode.ACCESS && random.nextBoolean()) {
      for (int i = random.nextInt(6); i >= 0; i--) {
        int first = random.nextInt(4096);
        list.set(first, Math.min(4096, first + 1 + random.nextInt(5)));
      }
      if (mode == Mode.NATIVE_TAGGED || mode == Mode.NATIVE_UNTAGGED) {
        list.set(tag);
      }
    }
    PriorityTags tags = any(PriorityTags.values(), random);
    return new PortVlan(mode, tag, list, tags);
  }
}
