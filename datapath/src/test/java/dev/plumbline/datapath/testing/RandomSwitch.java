// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.testing;

import dev.plumbline.datapath.config.BridgeConfig;
import dev.plumbline.datapath.config.MacTableConfig;
import dev.plumbline.datapath.config.MacTableConfig.StaticMac;
import dev.plumbline.datapath.config.PortConfig;
import dev.plumbline.datapath.config.PortConfig.BondMode;
import dev.plumbline.datapath.config.PortConfig.BondPort;
import dev.plumbline.datapath.config.PortConfig.DevicePort;
import dev.plumbline.datapath.config.PortConfig.PatchPort;
import dev.plumbline.datapath.config.PortConfig.TunnelPort;
import dev.plumbline.datapath.config.PortConfig.TunnelType;
import dev.plumbline.datapath.config.PortVlan;
import dev.plumbline.datapath.config.PortVlan.Mode;
import dev.plumbline.datapath.config.PortVlan.PriorityTags;
import dev.plumbline.datapath.config.SwitchConfig;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * Switches of one to four bridges with ports of all kinds and VLAN modes, and changes of them. Few
 * VLANs, so that ports often share one. The same random numbers give the same switches.
 */
public final class RandomSwitch {
  /** The VLANs that ports and {@link RandomTraffic} use. */
  static final int[] VLANS = {0, 10, 20, 4095};

  private final Random random;
  private final Map<String, Map<String, PortConfig>> ports = new LinkedHashMap<>();
  private final Map<String, Boolean> forwardsBpdu = new LinkedHashMap<>();

  /** By bridge, and there by VLAN and address, of which each has one at most. */
  private final Map<String, Map<Long, StaticMac>> statics = new LinkedHashMap<>();

  private int made;

  public RandomSwitch(Random random) {
    this.random = random;
    int bridges = 1 + random.nextInt(4);
    for (int i = 0; i < bridges; i++) {
      String bridge = "br" + i;
      ports.put(bridge, new LinkedHashMap<>());
      forwardsBpdu.put(bridge, random.nextInt(8) == 0);
      int devices = 1 + random.nextInt(4);
      for (int j = 0; j < devices; j++) {
        addPort(bridge);
      }
    }
    int patches = random.nextInt(bridges + 1);
    for (int i = 0; i < patches; i++) {
      addPatch();
    }
  }

  public SwitchConfig config() {
    Map<String, BridgeConfig> bridges = new LinkedHashMap<>();
    ports.forEach(
        (name, of) ->
            bridges.put(
                name,
                new BridgeConfig(
                    of,
                    new MacTableConfig(
                        MacTableConfig.DEFAULT.agingSeconds(),
                        MacTableConfig.DEFAULT.size(),
                        List.copyOf(statics.getOrDefault(name, Map.of()).values())),
                    forwardsBpdu.getOrDefault(name, false))));
    return new SwitchConfig(bridges);
  }

  /** Changes one thing. */
  public void change() {
    String bridge = anyBridge();
    Map<String, PortConfig> of = ports.get(bridge);
    switch (random.nextInt(10)) {
      case 0 -> addPort(bridge);
      case 1 -> addPatch();
      case 8, 9 -> changeStatic(bridge);
      case 2 -> forwardsBpdu.merge(bridge, true, (a, b) -> !a);
      case 3, 4 -> {
        if (of.size() > 1) {
          of.remove(anyPort(of));
        }
      }
      default -> of.computeIfPresent(anyPort(of), (name, port) -> withVlan(port, vlan()));
    }
  }

  /** An address stays at a port from now on, or not any more; the port may go before it. */
  private void changeStatic(String bridge) {
    Map<Long, StaticMac> of = statics.computeIfAbsent(bridge, any -> new LinkedHashMap<>());
    int vlan = VLANS[random.nextInt(VLANS.length)];
    long mac = RandomTraffic.host(random);
    long key = ((long) vlan << 48) | mac;
    if (random.nextInt(3) == 0) {
      of.remove(key);
    } else {
      of.put(key, new StaticMac(mac, vlan, anyPort(ports.get(bridge))));
    }
  }

  private String anyBridge() {
    return new ArrayList<>(ports.keySet()).get(random.nextInt(ports.size()));
  }

  private String anyPort(Map<String, PortConfig> of) {
    return of.isEmpty() ? "" : new ArrayList<>(of.keySet()).get(random.nextInt(of.size()));
  }

  private void addPort(String bridge) {
    String name = "p" + made++;
    PortConfig port =
        switch (random.nextInt(8)) {
          case 0 ->
              new BondPort(
                  List.of(name + "m0", name + "m1"),
                  random.nextInt(3) > 0 ? BondMode.BALANCE_SLB : BondMode.ACTIVE_BACKUP,
                  null,
                  0,
                  0,
                  10,
                  vlan());
          case 1 -> tunnel();
          default -> new DevicePort(name, vlan());
        };
    ports.get(bridge).put(name, port);
  }

  private PortConfig tunnel() {
    List<InetAddress> remotes = new ArrayList<>();
    int count = 1 + random.nextInt(3);
    for (int i = 0; i < count; i++) {
      try {
        remotes.add(InetAddress.getByAddress(new byte[] {10, 0, (byte) made, (byte) (i + 1)}));
      } catch (UnknownHostException e) {
        throw new AssertionError("four bytes are an address", e);
      }
    }
    return new TunnelPort(TunnelType.VXLAN, null, remotes, 42, 4789, 0, 0, true, false, vlan());
  }

  private void addPatch() {
    String a = anyBridge();
    String b = anyBridge();
    if (!a.equals(b)) {
      String name = "x" + made++;
      ports.get(a).put(name, new PatchPort(b, name, vlan()));
      ports.get(b).put(name, new PatchPort(a, name, vlan()));
    }
  }

  private static PortConfig withVlan(PortConfig port, PortVlan vlan) {
    if (port instanceof BondPort bond) {
      return new BondPort(bond.members(), bond.mode(), null, 0, 0, 10, vlan);
    }
    if (port instanceof PatchPort patch) {
      return new PatchPort(patch.peerBridge(), patch.peerPort(), vlan);
    }
    if (port instanceof TunnelPort tunnel) {
      return new TunnelPort(
          tunnel.type(), null, tunnel.remotes(), 42, 4789, 0, 0, true, false, vlan);
    }
    return new DevicePort(((DevicePort) port).device(), vlan);
  }

  private PortVlan vlan() {
    if (random.nextInt(3) == 0) {
      return PortVlan.TRUNK_ALL;
    }
    Mode mode = List.of(Mode.values()).get(random.nextInt(Mode.values().length));
    int tag = mode == Mode.TRUNK ? 0 : VLANS[random.nextInt(VLANS.length)];
    BitSet trunks = new BitSet();
    for (int vlan : VLANS) {
      trunks.set(vlan, random.nextInt(2) == 0);
    }
    if (mode == Mode.ACCESS || random.nextInt(3) == 0) {
      trunks.clear();
    } else if (mode == Mode.NATIVE_TAGGED || mode == Mode.NATIVE_UNTAGGED) {
      // One way to write one thing: the native VLAN is not listed, nor 0.
      trunks.clear(0);
      trunks.clear(tag);
      trunks.set(30);
    }
    PriorityTags priorityTags =
        List.of(PriorityTags.values()).get(random.nextInt(PriorityTags.values().length));
    return new PortVlan(mode, tag, trunks, priorityTags);
  }
}
