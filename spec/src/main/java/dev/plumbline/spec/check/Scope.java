// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.spec.check;

import dev.plumbline.spec.model.Bridge;
import dev.plumbline.spec.model.BridgePort;
import dev.plumbline.spec.model.DesiredState;
import dev.plumbline.spec.model.Devices;
import dev.plumbline.spec.model.Devices.Device;
import dev.plumbline.spec.problem.Problem;
import dev.plumbline.spec.problem.Problems;
import dev.plumbline.spec.value.Position;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the checks share: the state, its devices found by name, and who is whose port or member. */
final class Scope {
  final DesiredState state;
  final Devices devices;
  final Map<String, Map<String, BridgePort>> ports;
  final Doubts doubts;
  private final String file;
  private final Problems problems;

  /** Every use of a device as a port or member: by namespace and name of the device. */
  private final Map<DeviceId, List<Use>> uses = new LinkedHashMap<>();

  /** A device: its namespace and its name there. */
  record DeviceId(String namespace, String name) {
    static DeviceId of(Device device) {
      return new DeviceId(device.namespace(), device.name());
    }

    @Override
    public String toString() {
      return namespace.isEmpty() ? "`" + name + "`" : "`" + name + "` in `" + namespace + "`";
    }
  }

  /** What a device is part of. */
  enum Role {
    BRIDGE_PORT,
    BOND_MEMBER,
    VRF_MEMBER
  }

  /**
   * One use.
   *
   * @param user address of the bridge, bond or VRF
   * @param at address of the place that says so
   */
  record Use(Role role, String user, String at) {}

  Scope(DesiredState state, Doubts doubts, String file, Problems problems) {
    this.state = state;
    this.doubts = doubts;
    this.devices = state.devices();
    this.ports = state.portsByBridge();
    this.file = file;
    this.problems = problems;
    collectUses();
  }

  private void collectUses() {
    state
        .bridges()
        .forEach(
            (key, bridge) -> {
              String namespace = bridge.settings().namespace();
              if (isSure("bridges." + key, "namespace")) {
                bridge.ports().keySet().forEach(port -> portUse(key, namespace, port));
              }
            });
    state.bonds().forEach((key, bond) -> joins("bonds", key, bond.bridge()));
    state.tunnels().forEach((key, tunnel) -> joins("tunnels", key, tunnel.bridge()));
    state.internalPorts().forEach((key, port) -> joins("internalPorts", key, port.bridge()));
    state
        .bonds()
        .forEach(
            (key, bond) ->
                members(
                    Role.BOND_MEMBER, "bonds." + key, bond.settings().namespace(), bond.members()));
    state
        .vrfs()
        .forEach(
            (key, vrf) ->
                members(Role.VRF_MEMBER, "vrfs." + key, vrf.settings().namespace(), vrf.members()));
  }

  private void portUse(String bridge, String namespace, String port) {
    String user = "bridges." + bridge;
    use(id(namespace, port), new Use(Role.BRIDGE_PORT, user, user + ".ports." + port));
  }

  private void joins(String kind, String key, @Nullable String bridge) {
    Device device = device(kind + "." + key);
    if (bridge == null || device == null || !isPlaced(device)) {
      return;
    }
    String user = "bridges." + bridge;
    DeviceId id = DeviceId.of(device);
    boolean listed =
        uses.getOrDefault(id, List.of()).stream()
            .anyMatch(use -> use.role == Role.BRIDGE_PORT && use.user.equals(user));
    if (!listed) {
      use(id, new Use(Role.BRIDGE_PORT, user, device.address() + ".bridge"));
    }
  }

  private void members(Role role, String user, String namespace, List<String> members) {
    if (!isSure(user, "namespace")) {
      return;
    }
    for (int i = 0; i < members.size(); i++) {
      Use use = new Use(role, user, item(user + ".members", i));
      use(id(namespace, members.get(i)), use);
    }
  }

  private void use(DeviceId id, Use use) {
    uses.computeIfAbsent(id, k -> new ArrayList<>()).add(use);
  }

  /** All uses by device, in file order. */
  Map<DeviceId, List<Use>> uses() {
    return uses;
  }

  List<Use> usesOf(DeviceId id) {
    return uses.getOrDefault(id, List.of());
  }

  /** What a reference means: a device of the file, or one that the file does not know. */
  DeviceId id(String namespace, String reference) {
    Device device = devices.resolve(namespace, reference);
    return device == null ? new DeviceId(namespace, reference) : DeviceId.of(device);
  }

  /** The device with an address; null if the object makes none. */
  @Nullable Device device(String address) {
    return byAddress().get(address);
  }

  private @Nullable Map<String, Device> byAddress;

  private Map<String, Device> byAddress() {
    Map<String, Device> index = byAddress;
    if (index == null) {
      index = new LinkedHashMap<>();
      for (Device device : devices.all()) {
        index.put(device.address(), device);
      }
      byAddress = index;
    }
    return index;
  }

  @Nullable Bridge bridge(@Nullable String key) {
    return key == null ? null : state.bridges().get(key);
  }

  /** Whether the state says of all these keys of an object what was meant. */
  boolean isSure(String object, String... keys) {
    if (doubts.none()) {
      return true;
    }
    for (String key : keys) {
      if (doubts.about(object + "." + key)) {
        return false;
      }
    }
    return true;
  }

  /** Whether the device's name and namespace are those that were meant. */
  boolean isPlaced(Device device) {
    return isSure(device.address(), "namespace", "device");
  }

  /** Whether devices of that name there are where they were meant to be. */
  boolean isPlaced(DeviceId id) {
    Device device = devices.resolve(id.namespace(), id.name());
    return device == null ? !doubts.hides(id.name()) : isPlaced(device);
  }

  /** Address of a list's item in the file. */
  String item(String list, int index) {
    return state.sources().item(list, index);
  }

  Position at(String address) {
    Position position = state.position(address);
    return position == null ? Position.ofFile(file) : position;
  }

  void error(String at, String address, String message, @Nullable String expected) {
    problems.add(Problem.error(at(at), address, message).expecting(expected));
  }

  void error(
      String at,
      String address,
      String message,
      @Nullable String expected,
      @Nullable String suggestion) {
    problems.add(
        Problem.error(at(at), address, message).expecting(expected).suggesting(suggestion));
  }

  void warning(String at, String address, String message, @Nullable String suggestion) {
    problems.add(Problem.warning(at(at), address, message).suggesting(suggestion));
  }
}
