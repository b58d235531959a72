// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.translate;

import dev.plumbline.datapath.bridge.MacTable;
import dev.plumbline.datapath.bridge.VlanRule;
import dev.plumbline.datapath.config.BridgeConfig;
import dev.plumbline.datapath.config.PortConfig;
import dev.plumbline.datapath.config.PortConfig.BondPort;
import dev.plumbline.datapath.config.PortConfig.DevicePort;
import dev.plumbline.datapath.config.PortConfig.HostPort;
import dev.plumbline.datapath.config.PortConfig.PatchPort;
import dev.plumbline.datapath.config.PortConfig.TunnelPort;
import dev.plumbline.datapath.config.PortFilter;
import dev.plumbline.datapath.config.SwitchConfig;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Makes the ports and bridges of a {@link SwitchState} from a configuration. */
final class StateCompiler {
  private final SwitchConfig config;
  private final PortNumbers numbers;
  private final SwitchState before;
  private final @Nullable Port[] ports = new Port[PortNumbers.LIMIT];
  private final @Nullable Bridge[] bridges = new Bridge[PortNumbers.BRIDGE_LIMIT];

  StateCompiler(
      SwitchConfig config,
      PortNumbers numbers,
      Map<String, MacTable> tables,
      FlowNumbers flowNumbers,
      SwitchState before) {
    this.config = config;
    this.numbers = numbers;
    this.before = before;
    config.bridges().forEach((bridge, of) -> of.ports().forEach((n, p) -> compile(bridge, n, p)));
    numbers
        .ports()
        .forEach(
            (id, number) -> {
              TunnelEnd end = ports[number] == null ? TunnelEnd.of(id) : null;
              if (end != null) {
                end(ports, numbers, id, end);
              }
            });
    Map<String, String> domains = domains();
    config
        .bridges()
        .forEach(
            (name, bridge) -> {
              MacTable table = tables.get(name);
              if (table == null) {
                throw new IllegalArgumentException("no MAC table for the bridge " + name);
              }
              List<Port> logical = logicalPorts(name, bridge);
              boolean hasBond =
                  bridge.ports().values().stream().anyMatch(BondPort.class::isInstance);
              bridges[number(name)] =
                  new Bridge(
                      number(name),
                      name,
                      bridge.forwardBpdu(),
                      hasBond,
                      logical,
                      table,
                      number(root(domains, name)),
                      flows(name, bridge, flowNumbers, before));
            });
  }

  @Nullable Port[] ports() {
    return ports;
  }

  @Nullable Bridge[] bridges() {
    return bridges;
  }

  private void compile(String bridge, String name, PortConfig port) {
    VlanRule vlan = VlanRule.of(port.vlan());
    int at = number(bridge);
    PortId id = new PortId(bridge, name, "");
    if (port instanceof DevicePort || port instanceof HostPort) {
      PortKind kind = port instanceof DevicePort ? PortKind.DEVICE : PortKind.HOST;
      put(new Port(number(id), id, kind, at, number(id), vlan, 0, null));
    } else if (port instanceof PatchPort patch) {
      int peer = peer(bridge, name, patch);
      put(new Port(number(id), id, PortKind.PATCH, at, number(id), vlan, peer, null));
    } else if (port instanceof TunnelPort tunnel) {
      List<PortId> remotes = PortNumbers.remotes(bridge, name, tunnel);
      int mesh = remotes.size() > 1 ? number(remotes.get(0)) : 0;
      for (int i = 0; i < remotes.size(); i++) {
        long key = tunnel.isKeyOfFlow() ? Port.OF_FLOW : Math.max(0, tunnel.key());
        long remote =
            tunnel.isRemoteOfFlow() ? Port.OF_FLOW : TunnelEnd.number(tunnel.remotes().get(i));
        put(tunnel(number(remotes.get(i)), remotes.get(i), at, vlan, mesh, key, remote));
      }
    } else if (port instanceof BondPort bond) {
      int logical = number(id);
      put(new Port(logical, id, PortKind.BOND, at, logical, vlan, 0, bond.mode()));
      for (String device : bond.members()) {
        PortId member = new PortId(bridge, name, device);
        put(new Port(number(member), member, PortKind.MEMBER, at, logical, vlan, 0, bond.mode()));
      }
    }
  }

  private static Port tunnel(
      int number, PortId id, int bridge, VlanRule vlan, int mesh, long key, long remote) {
    return new Port(
        number, id, PortKind.TUNNEL, bridge, number, vlan, mesh, 0, null, key, remote, null);
  }

  /** Puts an end that flows said beside its tunnel. */
  static void end(@Nullable Port[] ports, PortNumbers numbers, PortId id, TunnelEnd end) {
    for (String part : List.of(TunnelEnd.ANY, end.remote().getHostAddress())) {
      Port tunnel = ports[numbers.port(new PortId(id.bridge(), id.port(), part))];
      if (tunnel != null) {
        ports[numbers.port(id)] = tunnel.end(numbers.port(id), id, end);
      }
    }
  }

  /** Tables of which only what is different is made anew. */
  private @Nullable FlowTables flows(
      String name, BridgeConfig bridge, FlowNumbers flowNumbers, SwitchState before) {
    BridgeConfig old = before.config().bridges().get(name);
    Bridge compiled = before.bridge(before.numbers().bridge(name));
    FlowTables tables = compiled == null ? null : compiled.flows();
    FlowCompiler compiler =
        new FlowCompiler(
            PortNumbers.named(name, bridge, numbers), flow -> flowNumbers.number(name, flow));
    if (old == null || tables == null) {
      return compiler.compile(bridge);
    }
    Map<String, List<Integer>> named = PortNumbers.named(name, old, before.numbers());
    return compiler.compile(bridge, tables, old, new FlowCompiler(named, flow -> 0));
  }

  private void put(Port port) {
    BridgeConfig bridge = config.bridges().get(port.id().bridge());
    PortFilter filter = bridge == null ? null : bridge.filters().get(port.id().port());
    Port old = before.port(port.number());
    PortFilters known = old == null ? null : old.filters();
    if (filter == null) {
      ports[port.number()] = port;
    } else if (known != null && known.config().equals(filter)) {
      ports[port.number()] = port.with(known);
    } else {
      ports[port.number()] = port.with(PortFilters.of(filter));
    }
  }

  /** The other end's number, if it names this one as its own other end. */
  private int peer(String bridge, String name, PatchPort patch) {
    BridgeConfig there = config.bridges().get(patch.peerBridge());
    if (there == null
        || !(there.ports().get(patch.peerPort()) instanceof PatchPort back)
        || !back.peerBridge().equals(bridge)
        || !back.peerPort().equals(name)) {
      return 0;
    }
    return number(new PortId(patch.peerBridge(), patch.peerPort(), ""));
  }

  private List<Port> logicalPorts(String name, BridgeConfig bridge) {
    List<Port> found = new ArrayList<>();
    for (Port port : ports) {
      if (port != null && port.logical() == port.number() && port.bridge() == number(name)) {
        found.add(port);
      }
    }
    if (found.size() < bridge.ports().size()) {
      throw new IllegalArgumentException("ports of " + name + " share numbers");
    }
    found.sort(Comparator.comparingInt(Port::number));
    return List.copyOf(found);
  }

  /** Bridge by bridge another one that it is joined to, or itself: a forest, a tree a domain. */
  private Map<String, String> domains() {
    Map<String, String> above = new LinkedHashMap<>();
    config.bridges().keySet().forEach(name -> above.put(name, name));
    for (Port port : ports) {
      Port peer = port == null || port.peer() == 0 ? null : ports[port.peer()];
      if (port != null && peer != null) {
        above.put(root(above, port.id().bridge()), root(above, peer.id().bridge()));
      }
    }
    return above;
  }

  private static String root(Map<String, String> above, String bridge) {
    String at = bridge;
    for (String next = above.get(at); next != null && !next.equals(at); next = above.get(at)) {
      at = next;
    }
    return at;
  }

  private int number(PortId id) {
    int number = numbers.port(id);
    if (number == 0) {
      throw new IllegalArgumentException("no number for the port " + id);
    }
    return number;
  }

  private int number(String bridge) {
    int number = numbers.bridge(bridge);
    if (number == 0) {
      throw new IllegalArgumentException("no number for the bridge " + bridge);
    }
    return number;
  }
}
