// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.spec.model;

import dev.plumbline.spec.value.Position;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * All that a host file says, includes merged and variables put in.
 *
 * @param version of the file's form; 1
 * @param host the only host that the file is for; null: any
 * @param drift what becomes of drift
 * @param protect globs ({@code *}, {@code ?}) of device names that are never touched
 * @param sources where everything was written
 */
public record DesiredState(
    int version,
    @Nullable String host,
    List<String> protect,
    DriftRules drift,
    Map<String, Namespace> namespaces,
    Map<String, Interface> interfaces,
    Map<String, Veth> veths,
    Map<String, Vlan> vlans,
    Map<String, Dummy> dummies,
    Map<String, Bridge> bridges,
    Map<String, Bond> bonds,
    Map<String, InternalPort> internalPorts,
    Map<String, Patch> patches,
    Map<String, Tunnel> tunnels,
    Map<String, Vrf> vrfs,
    List<Route> routes,
    List<Rule> rules,
    Map<String, Check> checks,
    Map<String, Reachability> reachability,
    SourceMap sources) {

  public DesiredState {
    protect = List.copyOf(protect);
    namespaces = ordered(namespaces);
    interfaces = ordered(interfaces);
    veths = ordered(veths);
    vlans = ordered(vlans);
    dummies = ordered(dummies);
    bridges = ordered(bridges);
    bonds = ordered(bonds);
    internalPorts = ordered(internalPorts);
    patches = ordered(patches);
    tunnels = ordered(tunnels);
    vrfs = ordered(vrfs);
    routes = List.copyOf(routes);
    rules = List.copyOf(rules);
    checks = ordered(checks);
    reachability = ordered(reachability);
  }

  private static <T> Map<String, T> ordered(Map<String, T> map) {
    return Collections.unmodifiableMap(new LinkedHashMap<>(map));
  }

  /** A file that says nothing but its version. */
  public static DesiredState empty() {
    return new DesiredState(
        1,
        null,
        List.of(),
        DriftRules.USUAL,
        Map.of(),
        Map.of(),
        Map.of(),
        Map.of(),
        Map.of(),
        Map.of(),
        Map.of(),
        Map.of(),
        Map.of(),
        Map.of(),
        Map.of(),
        List.of(),
        List.of(),
        Map.of(),
        Map.of(),
        SourceMap.empty());
  }

  /** Where the address, or the nearest thing around it, was written. */
  public @Nullable Position position(String address) {
    return sources.position(address);
  }

  /** Every device that the file makes or sets, in file order of kinds; made anew at each call. */
  public Devices devices() {
    return new Devices(this);
  }

  /**
   * All ports of a bridge: those under its {@code ports} and the bonds, tunnels (and internal
   * ports) that name it as their {@code bridge}, by reference. One that does both appears once,
   * with the settings of {@code ports} and its own {@code vlan} if it has one.
   */
  public Map<String, BridgePort> portsOf(String bridgeKey) {
    return portsByBridge().getOrDefault(bridgeKey, Map.of());
  }

  /**
   * {@link #portsOf} of every bridge in one pass over the file: with thousands of bridges, ask for
   * this once. Has every bridge of the file, and those that are only named as somebody's {@code
   * bridge}.
   */
  public Map<String, Map<String, BridgePort>> portsByBridge() {
    Map<String, Map<String, BridgePort>> all = new LinkedHashMap<>();
    bridges.forEach((key, bridge) -> all.put(key, new LinkedHashMap<>(bridge.ports())));
    bonds.forEach((key, bond) -> join(all, key, bond.bridge(), bond.vlan()));
    internalPorts.forEach((key, port) -> join(all, key, port.bridge(), port.vlan()));
    tunnels.forEach((key, tunnel) -> join(all, key, tunnel.bridge(), tunnel.vlan()));
    return all;
  }

  private static void join(
      Map<String, Map<String, BridgePort>> all,
      String key,
      @Nullable String bridge,
      @Nullable VlanMode vlan) {
    if (bridge != null) {
      Map<String, BridgePort> ports = all.computeIfAbsent(bridge, k -> new LinkedHashMap<>());
      BridgePort listed = ports.getOrDefault(key, BridgePort.plain());
      ports.put(key, vlan == null ? listed : listed.inVlan(vlan));
    }
  }

  /** Whether the bridge filters VLANs: as named, else if any port or the bridge itself has some. */
  public boolean filtersVlans(String bridgeKey) {
    return filtersVlans(bridgeKey, portsOf(bridgeKey));
  }

  /** {@link #filtersVlans(String)} for those who have asked for the bridge's ports already. */
  public boolean filtersVlans(String bridgeKey, Map<String, BridgePort> ports) {
    Bridge bridge = bridges.get(bridgeKey);
    if (bridge != null && bridge.vlanFiltering() != null) {
      return bridge.vlanFiltering();
    }
    return (bridge != null && bridge.vlan() != null)
        || ports.values().stream().anyMatch(port -> port.vlan() != null);
  }

  /**
   * Addresses of all objects that need the embedded switch: embedded bridges, internal ports,
   * patches, and bonds in a mode that only the switch has. Bonds and tunnels in an embedded bridge
   * are covered by the bridge.
   */
  public List<String> usesEmbeddedSwitch() {
    List<String> addresses = new ArrayList<>();
    bridges.forEach(
        (key, bridge) -> {
          if (bridge.isEmbedded()) {
            addresses.add("bridges." + key);
          }
        });
    internalPorts.keySet().forEach(key -> addresses.add("internalPorts." + key));
    patches.keySet().forEach(key -> addresses.add("patches." + key));
    bonds.forEach(
        (key, bond) -> {
          if (bond.mode() == BondMode.BALANCE_SLB || bond.mode() == BondMode.BALANCE_TCP) {
            addresses.add("bonds." + key);
          }
        });
    return addresses;
  }
}
