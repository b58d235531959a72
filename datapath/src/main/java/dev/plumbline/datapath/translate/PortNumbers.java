// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.translate;

import dev.plumbline.datapath.config.BridgeConfig;
import dev.plumbline.datapath.config.PortConfig;
import dev.plumbline.datapath.config.PortConfig.BondPort;
import dev.plumbline.datapath.config.PortConfig.PatchPort;
import dev.plumbline.datapath.config.PortConfig.TunnelPort;
import dev.plumbline.datapath.config.SwitchConfig;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Which numbers ports and bridges have. What has a number keeps it for as long as the configuration
 * names it, over restarts too (whoever owns the switch saves them), because flows in the kernel are
 * made of numbers. Numbers that become free are given out again last, so that a flow of an old port
 * is gone before its number means something else.
 */
public final class PortNumbers {
  /** Numbers below are those of the fast path's ports; 0 is none. */
  public static final int BONDS = 4096;

  /** Most bonds; bond 0 has the number {@link #BONDS}. */
  public static final int BOND_LIMIT = 64;

  /** The first of the patch ports. */
  public static final int PATCHES = BONDS + BOND_LIMIT;

  /** All numbers are below. */
  public static final int LIMIT = 8192;

  /** Most ends of tunnels, of those that flows say: so many ports are left to others. */
  static final int ENDS = 2048;

  /** Bridges have 1 to 1,023. */
  public static final int BRIDGE_LIMIT = 1024;

  public static final PortNumbers NONE = new PortNumbers(Map.of(), Map.of(), 0, 0, 0, 0);

  private final Map<PortId, Integer> ports;
  private final Map<String, Integer> bridges;
  private final int lastPort;
  private final int lastBond;
  private final int lastPatch;
  private final int lastBridge;

  private PortNumbers(
      Map<PortId, Integer> ports,
      Map<String, Integer> bridges,
      int lastPort,
      int lastBond,
      int lastPatch,
      int lastBridge) {
    this.ports = Collections.unmodifiableMap(ports);
    this.bridges = Collections.unmodifiableMap(bridges);
    this.lastPort = lastPort;
    this.lastBond = lastBond;
    this.lastPatch = lastPatch;
    this.lastBridge = lastBridge;
  }

  /** Numbers as they were saved. */
  public static PortNumbers of(Map<PortId, Integer> ports, Map<String, Integer> bridges) {
    int lastPort = 0;
    int lastBond = 0;
    int lastPatch = 0;
    for (int number : ports.values()) {
      if (number < 1 || number >= LIMIT) {
        throw new IllegalArgumentException("no port's number: " + number);
      }
      if (number < BONDS) {
        lastPort = Math.max(lastPort, number);
      } else if (number < PATCHES) {
        lastBond = Math.max(lastBond, number);
      } else {
        lastPatch = Math.max(lastPatch, number);
      }
    }
    int lastBridge = bridges.values().stream().mapToInt(Integer::intValue).max().orElse(0);
    return new PortNumbers(
        new LinkedHashMap<>(ports),
        new LinkedHashMap<>(bridges),
        lastPort,
        lastBond,
        lastPatch,
        lastBridge);
  }

  /** All that a configuration needs numbers for, bonds before their members. */
  static List<PortId> ids(SwitchConfig config) {
    List<PortId> ids = new ArrayList<>();
    config
        .bridges()
        .forEach(
            (bridge, bridgeConfig) ->
                bridgeConfig.ports().forEach((name, port) -> add(bridge, name, port, ids)));
    return ids;
  }

  private static void add(String bridge, String name, PortConfig port, List<PortId> ids) {
    if (port instanceof TunnelPort tunnel) {
      ids.addAll(remotes(bridge, name, tunnel));
      return;
    }
    ids.add(new PortId(bridge, name, ""));
    if (port instanceof BondPort bond) {
      for (String member : bond.members()) {
        ids.add(new PortId(bridge, name, member));
      }
    }
  }

  /** What a tunnel is without the ends that flows say: a port for each remote, or one. */
  static List<PortId> remotes(String bridge, String name, TunnelPort tunnel) {
    if (tunnel.isRemoteOfFlow()) {
      return List.of(new PortId(bridge, name, TunnelEnd.ANY));
    }
    return tunnel.remotes().stream()
        .map(remote -> new PortId(bridge, name, remote.getHostAddress()))
        .toList();
  }

  /** Whether it is an end that flows of the configuration can have said. */
  private static boolean isEnd(SwitchConfig config, PortId id) {
    BridgeConfig bridge = config.bridges().get(id.bridge());
    PortConfig port = bridge == null ? null : bridge.ports().get(id.port());
    TunnelEnd end = port instanceof TunnelPort ? TunnelEnd.of(id) : null;
    return end != null && port instanceof TunnelPort tunnel && end.isOf(tunnel);
  }

  /**
   * Numbers for ends of tunnels as well.
   *
   * @throws IllegalArgumentException there is no room for them
   */
  PortNumbers with(Collection<PortId> ends) {
    if (!hasRoom(ends.size())) {
      throw new IllegalArgumentException("more ends of tunnels than " + ENDS);
    }
    Map<PortId, Integer> all = new LinkedHashMap<>(ports);
    BitSet taken = new BitSet(LIMIT);
    all.values().forEach(taken::set);
    int port = lastPort;
    for (PortId end : ends) {
      if (!all.containsKey(end)) {
        port = next(taken, port, 1, BONDS, "ports");
        taken.set(port);
        all.put(end, port);
      }
    }
    return new PortNumbers(all, bridges, port, lastBond, lastPatch, lastBridge);
  }

  /** Whether so many ends more can have numbers. */
  boolean hasRoom(int more) {
    long ends = ports.keySet().stream().filter(id -> TunnelEnd.of(id) != null).count();
    long physical = ports.values().stream().filter(number -> number < BONDS).count();
    return ends + more <= ENDS && physical + more < BONDS;
  }

  PortNumbers without(Set<PortId> ends) {
    Map<PortId, Integer> rest = new LinkedHashMap<>(ports);
    rest.keySet().removeAll(ends);
    return new PortNumbers(rest, bridges, lastPort, lastBond, lastPatch, lastBridge);
  }

  /**
   * The same numbers for what the configuration still names, new ones for what is new.
   *
   * @throws IllegalArgumentException there are more ports, bonds, patch ports or bridges than
   *     numbers
   */
  public PortNumbers assign(SwitchConfig config) {
    Map<PortId, Integer> kept = new LinkedHashMap<>();
    BitSet taken = new BitSet(LIMIT);
    List<PortId> ids = ids(config);
    for (PortId id : ids) {
      Integer number = ports.get(id);
      if (number != null && kindFits(config, id, number)) {
        kept.put(id, number);
        taken.set(number);
      }
    }
    ports.forEach(
        (id, number) -> {
          if (isEnd(config, id)) {
            kept.put(id, number);
            taken.set(number);
          }
        });
    int port = lastPort;
    int bond = lastBond;
    int patch = lastPatch;
    for (PortId id : ids) {
      if (kept.containsKey(id)) {
        continue;
      }
      int first = first(config, id);
      int number;
      if (first == BONDS) {
        number = bond = next(taken, bond, BONDS, PATCHES, "bonds");
      } else if (first == PATCHES) {
        number = patch = next(taken, patch, PATCHES, LIMIT, "patch ports");
      } else {
        number = port = next(taken, port, 1, BONDS, "ports");
      }
      taken.set(number);
      kept.put(id, number);
    }
    Map<String, Integer> keptBridges = new LinkedHashMap<>();
    BitSet takenBridges = new BitSet();
    for (String bridge : config.bridges().keySet()) {
      Integer number = bridges.get(bridge);
      if (number != null) {
        keptBridges.put(bridge, number);
        takenBridges.set(number);
      }
    }
    int last = lastBridge;
    for (String bridge : config.bridges().keySet()) {
      if (!keptBridges.containsKey(bridge)) {
        last = next(takenBridges, last, 1, BRIDGE_LIMIT, "bridges");
        takenBridges.set(last);
        keptBridges.put(bridge, last);
      }
    }
    return new PortNumbers(kept, keptBridges, port, bond, patch, last);
  }

  /** A port that becomes a bond or a patch port under the same name needs another number. */
  private static boolean kindFits(SwitchConfig config, PortId id, int number) {
    int first = first(config, id);
    return number >= first && number < (first == 1 ? BONDS : first == BONDS ? PATCHES : LIMIT);
  }

  private static int first(SwitchConfig config, PortId id) {
    BridgeConfig bridge = config.bridges().get(id.bridge());
    PortConfig port = bridge == null ? null : bridge.ports().get(id.port());
    if (port instanceof PatchPort) {
      return PATCHES;
    }
    return port instanceof BondPort && id.part().isEmpty() ? BONDS : 1;
  }

  private static int next(BitSet taken, int last, int from, int to, String what) {
    int number = taken.nextClearBit(Math.max(last + 1, from));
    if (number >= to) {
      number = taken.nextClearBit(from);
    }
    if (number >= to) {
      throw new IllegalArgumentException("more " + what + " than " + (to - from));
    }
    return number;
  }

  /** What flows mean by the names of a bridge's ports: a number each, several of a mesh. */
  static Map<String, List<Integer>> named(String name, BridgeConfig bridge, PortNumbers numbers) {
    Map<String, List<Integer>> named = new LinkedHashMap<>();
    bridge
        .ports()
        .forEach(
            (port, config) -> {
              List<Integer> all = new ArrayList<>();
              if (config instanceof TunnelPort tunnel) {
                remotes(name, port, tunnel).forEach(remote -> all.add(numbers.port(remote)));
              } else {
                all.add(numbers.port(new PortId(name, port, "")));
              }
              named.put(port, List.copyOf(all));
            });
    return named;
  }

  /** The number; 0: it has none. */
  public int port(PortId id) {
    return ports.getOrDefault(id, 0);
  }

  /** The bridge's number; 0: it has none. */
  public int bridge(String name) {
    return bridges.getOrDefault(name, 0);
  }

  /** To be saved. */
  public Map<PortId, Integer> ports() {
    return ports;
  }

  public Map<String, Integer> bridges() {
    return bridges;
  }
}
