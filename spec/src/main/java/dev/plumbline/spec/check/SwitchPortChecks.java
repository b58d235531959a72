// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.spec.check;

import dev.plumbline.spec.model.Bridge;
import dev.plumbline.spec.model.Devices.Device;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Two ports of one embedded bridge that have one name. A port is named like its device; an internal
 * port, whose device may be in a container, and a bond, a tunnel and a patch like their keys.
 */
final class SwitchPortChecks {
  private static final Set<String> NAMED_BY_KEY = Set.of("bonds", "tunnels", "internalPorts");

  private final Scope scope;
  private final String bridge;

  /** By name, and by the word that the file uses: what it stands for. */
  private final Map<String, String> taken = new HashMap<>();

  private SwitchPortChecks(Scope scope, String bridge) {
    this.scope = scope;
    this.bridge = bridge;
  }

  static void run(Scope scope) {
    scope
        .state
        .bridges()
        .forEach(
            (key, bridge) -> {
              if (bridge.isEmbedded() && scope.isSure("bridges." + key, "datapath", "namespace")) {
                new SwitchPortChecks(scope, key).run(bridge);
              }
            });
  }

  private void run(Bridge of) {
    for (String reference : of.ports().keySet()) {
      String at = "bridges." + bridge + ".ports." + reference;
      Device device = scope.devices.resolve("", reference);
      if (device == null) {
        take(at, reference, reference, "the device " + reference);
      } else if (scope.isPlaced(device)) {
        take(at, reference, name(device), device.address());
      }
    }
    scope.state.bonds().forEach((key, bond) -> joins("bonds." + key, key, bond.bridge()));
    scope.state.tunnels().forEach((key, tunnel) -> joins("tunnels." + key, key, tunnel.bridge()));
    scope
        .state
        .internalPorts()
        .forEach((key, port) -> joins("internalPorts." + key, key, port.bridge()));
    scope
        .state
        .patches()
        .forEach(
            (key, patch) -> {
              int end = patch.bridges().indexOf(bridge);
              if (end >= 0) {
                take(scope.item("patches." + key + ".bridges", end), key, key, "patches." + key);
              }
            });
  }

  private static String name(Device device) {
    String key = device.key();
    return key != null && NAMED_BY_KEY.contains(device.kind()) ? key : device.name();
  }

  private void joins(String object, String key, @Nullable String joined) {
    if (bridge.equals(joined)) {
      boolean free = take(object + ".bridge", key, key, object);
      for (Device device : scope.devices.candidates("", key)) { // what the key means as a port
        free = free && take(object + ".bridge", key, key, device.address());
      }
    }
  }

  /** Whether nothing else has the name. */
  private boolean take(String at, String word, String name, String what) {
    String other = taken.putIfAbsent("name " + name, what);
    String meant = taken.putIfAbsent("word " + word, what);
    String first = other == null || other.equals(what) ? meant : other;
    if (first == null || first.equals(what)) {
      return true;
    }
    scope.error(
        at,
        "bridges." + bridge,
        "its port `" + name + "` would be both " + first + " and " + what,
        "another key for one of them");
    return false;
  }
}
