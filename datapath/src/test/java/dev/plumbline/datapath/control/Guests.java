// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.control;

import dev.plumbline.datapath.config.BridgeConfig;
import dev.plumbline.datapath.config.FlowConfig;
import dev.plumbline.datapath.config.MacTableConfig;
import dev.plumbline.datapath.config.PortConfig;
import dev.plumbline.datapath.config.PortConfig.DevicePort;
import dev.plumbline.datapath.config.PortVlan;
import dev.plumbline.datapath.config.SwitchConfig;
import dev.plumbline.datapath.openflow.FlowSyntaxException;
import dev.plumbline.datapath.translate.NamedFlows;
import dev.plumbline.netlink.testing.Sh;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Guests: namespaces with an eth0 whose other half, {@code v} and the guest's name, is a port. */
final class Guests {
  private Guests() {}

  static void add(String name, String address) {
    Sh.run("ip netns add " + name);
    plug(name, address);
  }

  /** Gives the guest its veth pair. */
  static void plug(String name, String address) {
    Sh.run("ip link add v" + name + " type veth peer name eth0 netns " + name);
    Sh.run("ip link set v" + name + " up");
    Sh.run("ip -n " + name + " addr add " + address + " dev eth0");
    Sh.run("ip -n " + name + " link set eth0 up");
  }

  /** Whether one of two pings is answered. */
  static boolean reaches(String from, String to) {
    String command = "ip netns exec " + from + " ping -q -c 2 -i 0.2 -W 1 " + to;
    return Sh.run(command + " > /dev/null && echo yes || echo no").trim().equals("yes");
  }

  static SwitchConfig oneBridge(Map<String, PortConfig> ports) {
    return new SwitchConfig(Map.of("br0", new BridgeConfig(ports, MacTableConfig.DEFAULT, false)));
  }

  /** The same switch, of one bridge, with flows in it. */
  static SwitchConfig withFlows(SwitchConfig plain, List<String> flows) throws FlowSyntaxException {
    BridgeConfig bridge = plain.bridges().values().iterator().next();
    NamedFlows names = NamedFlows.of(bridge.ports().keySet());
    Set<FlowConfig> read = new LinkedHashSet<>();
    for (String flow : flows) {
      read.add(names.read(flow));
    }
    return new SwitchConfig(
        Map.of(plain.bridges().keySet().iterator().next(), bridge.withFlows(read)));
  }

  /** A bridge with the guests' devices, each with its VLANs: name, VLANs, name, VLANs, … */
  static SwitchConfig bridgeOf(Object... guestsAndVlans) {
    Map<String, PortConfig> ports = new LinkedHashMap<>();
    for (int i = 0; i < guestsAndVlans.length; i += 2) {
      String device = "v" + guestsAndVlans[i];
      ports.put(device, new DevicePort(device, (PortVlan) guestsAndVlans[i + 1]));
    }
    return oneBridge(ports);
  }

  /**
   * Neighbours probe each other every now and then. A probe is a new flow and waits for the second
   * process; where that takes three seconds, the neighbour is given up.
   */
  static void keepNeighbour(String guest, String address, String other) {
    String mac = Sh.run("ip netns exec " + other + " cat /sys/class/net/eth0/address").strip();
    Sh.run(
        String.join(
            " ",
            "ip -n",
            guest,
            "neighbour replace",
            address,
            "dev eth0 lladdr",
            mac,
            "nud permanent"));
  }
}
