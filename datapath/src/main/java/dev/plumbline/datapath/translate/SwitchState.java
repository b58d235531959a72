// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.translate;

import dev.plumbline.datapath.bridge.MacTable;
import dev.plumbline.datapath.config.BridgeConfig;
import dev.plumbline.datapath.config.MacTableConfig.StaticMac;
import dev.plumbline.datapath.config.SwitchConfig;
import dev.plumbline.datapath.flow.FlowKey;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * All that a decision depends on, in the form in which it is looked up: a {@link SwitchConfig} with
 * numbers, which ports are up, which members of bonds are active, and the bridges' MAC tables.
 * Immutable but for the tables, which decisions only read. {@link #reconfigured}, {@link #withUp}
 * and {@link #withActive} make another one that shares what is the same; {@link StateChange} says
 * what became of the flows.
 */
public final class SwitchState {
  /** A switch without bridges. */
  public static final SwitchState EMPTY =
      new SwitchState(
          SwitchConfig.EMPTY,
          PortNumbers.NONE,
          new Port[PortNumbers.LIMIT],
          new Bridge[PortNumbers.BRIDGE_LIMIT],
          new BitSet(),
          new int[PortNumbers.BOND_LIMIT]);

  private final SwitchConfig config;
  private final PortNumbers numbers;
  private final @Nullable Port[] ports;
  private final @Nullable Bridge[] bridges;
  private final BitSet up;
  private final int[] active;
  private final boolean hasBond;
  private final boolean rewritesAddresses;

  /** The ends of tunnels that flows said, by what they said. */
  private final Map<TunnelEnd.Wanted, Port> ends;

  private SwitchState(
      SwitchConfig config,
      PortNumbers numbers,
      @Nullable Port[] ports,
      @Nullable Bridge[] bridges,
      BitSet up,
      int[] active) {
    this.config = config;
    this.numbers = numbers;
    this.ports = ports;
    this.bridges = bridges;
    this.up = up;
    this.active = active;
    this.ends = new HashMap<>();
    for (Port port : ports) {
      if (port != null && port.isEnd()) {
        Port tunnel = ports[port.logical()];
        boolean says = tunnel != null && tunnel.tunnelRemote() == Port.OF_FLOW;
        ends.put(
            new TunnelEnd.Wanted(port.logical(), says ? port.tunnelRemote() : 0, port.tunnelKey()),
            port);
      }
    }
    this.hasBond = Arrays.stream(bridges).anyMatch(bridge -> bridge != null && bridge.hasBond());
    this.rewritesAddresses =
        Arrays.stream(bridges)
            .map(bridge -> bridge == null ? null : bridge.flows())
            .anyMatch(flows -> flows != null && flows.rewritesAddresses());
  }

  /**
   * As {@link #reconfigured(SwitchConfig, PortNumbers, Map, FlowNumbers)}, and nothing is counted
   * for flows.
   */
  public SwitchState reconfigured(
      SwitchConfig newConfig, PortNumbers newNumbers, Map<String, MacTable> tables) {
    return reconfigured(newConfig, newNumbers, tables, FlowNumbers.NONE);
  }

  /**
   * The state for another configuration, its flows included. Ports that remain stay up, bonds keep
   * their active member.
   *
   * @param newNumbers for all that the configuration names: {@link PortNumbers#assign}
   * @param tables by bridge, one for each
   * @param flowNumbers is asked for each flow that was not there before, or not as it is now
   */
  public SwitchState reconfigured(
      SwitchConfig newConfig,
      PortNumbers newNumbers,
      Map<String, MacTable> tables,
      FlowNumbers flowNumbers) {
    StateCompiler compiler = new StateCompiler(newConfig, newNumbers, tables, flowNumbers, this);
    BitSet stillUp = (BitSet) up.clone();
    for (int i = stillUp.nextSetBit(0); i >= 0; i = stillUp.nextSetBit(i + 1)) {
      if (!isSame(ports[i], compiler.ports()[i])) {
        stillUp.clear(i);
      }
    }
    int[] stillActive = active.clone();
    for (int i = 0; i < stillActive.length; i++) {
      int member = stillActive[i];
      Port now = compiler.ports()[member];
      if (member != 0 && (!isSame(ports[member], now) || now.logical() != PortNumbers.BONDS + i)) {
        stillActive[i] = 0;
      }
    }
    return new SwitchState(
        newConfig, newNumbers, compiler.ports(), compiler.bridges(), stillUp, stillActive);
  }

  private static boolean isSame(@Nullable Port before, @Nullable Port now) {
    return before != null && now != null && before.id().equals(now.id());
  }

  /**
   * The state with ends of tunnels as well; they are down.
   *
   * @throws IllegalArgumentException there is no room for them
   */
  public SwitchState withEnds(Collection<TunnelEnd.Wanted> wanted) {
    Map<PortId, TunnelEnd> added = new LinkedHashMap<>();
    for (TunnelEnd.Wanted one : wanted) {
      Port tunnel = port(one.tunnel());
      if (tunnel != null && !ends.containsKey(one)) {
        boolean says = tunnel.tunnelRemote() == Port.OF_FLOW;
        TunnelEnd end =
            new TunnelEnd(
                says ? TunnelEnd.address(one.remote()) : literal(tunnel.id().part()), one.key());
        added.put(new PortId(tunnel.id().bridge(), tunnel.id().port(), end.part()), end);
      }
    }
    PortNumbers newNumbers = numbers.with(added.keySet());
    @Nullable Port[] newPorts = ports.clone();
    added.forEach((id, end) -> StateCompiler.end(newPorts, newNumbers, id, end));
    return new SwitchState(config, newNumbers, newPorts, bridges, up, active);
  }

  /** Whether {@link #withEnds} can give numbers to them. */
  public boolean hasRoom(Collection<TunnelEnd.Wanted> wanted) {
    int more = (int) wanted.stream().filter(end -> !ends.containsKey(end)).count();
    return numbers.hasRoom(more);
  }

  private static InetAddress literal(String address) {
    try {
      return InetAddress.getByName(address);
    } catch (UnknownHostException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The state without ends of tunnels, by their numbers. */
  public SwitchState withoutEnds(BitSet numbersOfEnds) {
    @Nullable Port[] newPorts = ports.clone();
    Set<PortId> gone = new HashSet<>();
    BitSet newUp = (BitSet) up.clone();
    numbersOfEnds.stream()
        .forEach(
            number -> {
              Port port = ports[number];
              if (port != null && port.isEnd()) {
                gone.add(port.id());
                newPorts[number] = null;
                newUp.clear(number);
              }
            });
    return new SwitchState(config, numbers.without(gone), newPorts, bridges, newUp, active);
  }

  /** Numbers of the ends that flows said; a new set. */
  public BitSet ends() {
    BitSet found = new BitSet();
    ends.values().forEach(end -> found.set(end.number()));
    return found;
  }

  /** The number of a tunnel that flows say the ends of, or that has one remote; 0: no such. */
  int tunnel(String bridge, String name) {
    int found = 0;
    for (Map.Entry<PortId, Integer> one : numbers.ports().entrySet()) {
      Port port = port(one.getValue());
      if (port != null
          && port.kind() == PortKind.TUNNEL
          && !port.isEnd()
          && port.id().bridge().equals(bridge)
          && port.id().port().equals(name)) {
        found = found == 0 ? port.number() : -1;
      }
    }
    return Math.max(0, found);
  }

  /** Whether flows say where the tunnel goes. */
  public boolean isRemoteOfFlow(int tunnel) {
    Port port = port(tunnel);
    return port != null && port.tunnelRemote() == Port.OF_FLOW;
  }

  /** The number of an end; 0: it is not there. */
  public int end(TunnelEnd.Wanted wanted) {
    Port end = ends.get(wanted);
    return end == null ? 0 : end.number();
  }

  /**
   * What a packet that came by a tunnel is the first of.
   *
   * @param tunnel number of the port that flows name
   * @param remote that it came from, IPv4
   * @return null: the port has no ends
   */
  public TunnelEnd.@Nullable Wanted wanted(int tunnel, long remote, long key) {
    Port port = port(tunnel);
    if (port == null || !port.hasEnds()) {
      return null;
    }
    return new TunnelEnd.Wanted(
        tunnel,
        port.tunnelRemote() == Port.OF_FLOW ? remote : 0,
        port.tunnelKey() == Port.OF_FLOW ? key & TunnelEnd.KEY_MASK : port.tunnelKey());
  }

  /** The state with a port up or down: its device is there and has a carrier, or not. */
  public SwitchState withUp(int number, boolean isUp) {
    BitSet newUp = (BitSet) up.clone();
    newUp.set(number, isUp);
    return new SwitchState(config, numbers, ports, bridges, newUp, active);
  }

  /**
   * The state with another member of a bond active.
   *
   * @param bond its number
   * @param member number of the member; 0: none
   */
  public SwitchState withActive(int bond, int member) {
    int[] newActive = active.clone();
    newActive[bond - PortNumbers.BONDS] = member;
    return new SwitchState(config, numbers, ports, bridges, up, newActive);
  }

  /**
   * The state with other flows in a bridge: all of them in one step.
   *
   * @param flows null: none, the bridge is a learning switch
   */
  public SwitchState withFlows(String bridge, @Nullable FlowTables flows) {
    int number = numbers.bridge(bridge);
    Bridge old = bridge(number);
    if (old == null) {
      throw new IllegalArgumentException("no bridge " + bridge);
    }
    @Nullable Bridge[] newBridges = bridges.clone();
    newBridges[number] = old.withFlows(flows);
    return new SwitchState(config, numbers, ports, newBridges, up, active);
  }

  public SwitchConfig config() {
    return config;
  }

  public PortNumbers numbers() {
    return numbers;
  }

  public PortKind kind(int number) {
    Port port = port(number);
    return port == null ? PortKind.NONE : port.kind();
  }

  /** What the number stands for; null: nothing. */
  public @Nullable PortId id(int number) {
    Port port = port(number);
    return port == null ? null : port.id();
  }

  /** The number of the port's bridge; 0: no such port. */
  public int bridgeOf(int number) {
    Port port = port(number);
    return port == null ? 0 : port.bridge();
  }

  /** Where addresses are learnt for what comes in by the port: a member's bond; 0: no such port. */
  public int logical(int number) {
    Port port = port(number);
    return port == null ? 0 : port.logical();
  }

  /** Whether addresses can be at a port with that number: what is to be kept of a saved table. */
  public boolean isLogical(int number) {
    Port port = port(number);
    return port != null && port.logical() == number;
  }

  public boolean isUp(int number) {
    return up.get(number);
  }

  /** Number of the bond's active member; 0: none. */
  public int active(int bond) {
    return active[bond - PortNumbers.BONDS];
  }

  /** The bridge's name; null: no such bridge. */
  public @Nullable String bridgeName(int number) {
    Bridge bridge = bridge(number);
    return bridge == null ? null : bridge.name();
  }

  /** The bridge's addresses; null: no such bridge. */
  public @Nullable MacTable table(int bridge) {
    Bridge found = bridge(bridge);
    return found == null ? null : found.table();
  }

  /**
   * Puts the addresses that are to stay where they are into the bridges' tables, and takes others
   * out. One whose port is not there is as if nobody had named it.
   *
   * @return whether decisions may be out of date
   */
  public boolean configureStatics() {
    boolean changed = false;
    for (Map.Entry<String, BridgeConfig> one : config.bridges().entrySet()) {
      MacTable table = table(numbers.bridge(one.getKey()));
      List<MacTable.Static> statics = new ArrayList<>();
      for (StaticMac entry : one.getValue().macTable().statics()) {
        int port = numbers.port(new PortId(one.getKey(), entry.port(), ""));
        if (port != 0) {
          statics.add(new MacTable.Static(entry.vlan(), entry.mac(), port));
        }
      }
      changed |= table != null && table.configureStatics(statics);
    }
    return changed;
  }

  /**
   * Whether a packet's decision may depend on where an address is, so that it has to be decided
   * again when that address is learnt, moves or goes ({@link MacTable.Outcome#changesForwarding}).
   * Open vSwitch decides all flows of the bridge again.
   */
  public boolean concerns(FlowKey key, int bridge, long mac) {
    Bridge at = bridge(bridge);
    Bridge from = bridge(bridgeOf(key.inPort()));
    if (at == null || from == null || at.domain() != from.domain()) {
      return false;
    }
    return rewritesAddresses || key.ethDst() == mac || (at.hasBond() && key.ethSrc() == mac);
  }

  /** Whether {@link #concerns} says it of packets to other addresses too, as flows change them. */
  public boolean rewritesAddresses() {
    return rewritesAddresses;
  }

  /** Whether {@link #concerns} looks at sources in any bridge. */
  public boolean hasBond() {
    return hasBond;
  }

  /** The fast path's ports of the bridge and of all that patch ports join to it. */
  public BitSet domainPorts(int bridge) {
    BitSet found = new BitSet();
    Bridge at = bridge(bridge);
    for (int number = 1; at != null && number < PortNumbers.BONDS; number++) {
      Bridge other = bridge(bridgeOf(number));
      if (other != null && other.domain() == at.domain()) {
        found.set(number);
      }
    }
    return found;
  }

  @Nullable Port port(int number) {
    return number > 0 && number < ports.length ? ports[number] : null;
  }

  @Nullable Bridge bridge(int number) {
    return number > 0 && number < bridges.length ? bridges[number] : null;
  }

  /** Whether frames can be handed to the port: a bond's members and a patch's peer see to that. */
  boolean isSendable(Port port) {
    return port.kind() == PortKind.BOND || port.kind() == PortKind.PATCH || up.get(port.number());
  }

  @Override
  public String toString() {
    return config + " up " + up + " active " + Arrays.toString(active);
  }
}
