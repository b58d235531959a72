// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.desired;

import dev.plumbline.reconciler.plan.Goal;
import dev.plumbline.reconciler.plan.PlannedCheck;
import dev.plumbline.reconciler.plan.Wanted;
import dev.plumbline.reconciler.resource.Resource;
import dev.plumbline.reconciler.resource.ResourceId;
import dev.plumbline.spec.model.Bridge;
import dev.plumbline.spec.model.BridgePort;
import dev.plumbline.spec.model.DesiredState;
import dev.plumbline.spec.model.Devices;
import dev.plumbline.spec.model.Namespace;
import dev.plumbline.spec.value.Position;
import dev.plumbline.spec.value.SysctlKey;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Makes a goal of a file. */
public final class Goals {
  private final DesiredState state;
  private final Devices devices;
  private final Map<String, Map<String, BridgePort>> ports;
  private final Map<ResourceId, Draft> drafts = new LinkedHashMap<>();
  private final List<Wanted> wanted = new ArrayList<>();
  private final Set<String> inSwitch = new HashSet<>();
  private final Map<String, Flows> flows = new HashMap<>();

  /** What flows call the ports of bridges; looked for when the first bridge has flows. */
  private final Map<String, Set<String>> flowPorts = new HashMap<>();

  private Goals(DesiredState state) {
    this.state = state;
    this.devices = state.devices();
    this.ports = state.portsByBridge();
    state
        .bridges()
        .forEach(
            (key, bridge) -> {
              if (bridge.isEmbedded()) {
                portsOf(key).keySet().forEach(this::inSwitch);
              }
            });
  }

  private void inSwitch(String reference) {
    Devices.Device device = find("", reference);
    if (device != null) {
      inSwitch.add(device.address());
    }
  }

  /** The goal that a checked file describes: all it names, and nothing else that is plumbline's. */
  public static Goal of(DesiredState state) {
    Goals goals = new Goals(state);
    goals.collect();
    List<Wanted> wanted = new ArrayList<>(goals.wanted);
    goals.drafts.values().forEach(draft -> wanted.add(draft.wanted()));
    return new Goal(wanted, true, Set.of(), state.protect(), Unsupported.in(goals), goals.checks());
  }

  private List<PlannedCheck> checks() {
    List<PlannedCheck> checks = new ArrayList<>();
    state
        .checks()
        .forEach(
            (name, check) -> {
              String address = "checks." + name;
              Position position = state.position(address);
              checks.add(
                  new PlannedCheck(
                      address,
                      position == null ? "" : position.toString(),
                      check.through(deviceName(check.namespace(), check.device()))));
            });
    return checks;
  }

  private void collect() {
    state.namespaces().forEach(this::namespace);
    DeviceGoals.collect(this);
    BridgeGoals.collect(this);
    TunnelGoals.collect(this);
    AddressGoals.collect(this);
    RouteGoals.collect(this);
    RuleGoals.collect(this);
    SwitchGoals.collect(this);
  }

  private void namespace(String name, Namespace namespace) {
    String address = "namespaces." + name;
    add(new Draft(address, ResourceId.namespaceNamed(name), true, address));
    namespace
        .sysctl()
        .forEach(
            (key, value) ->
                add(new Draft(
                        address + ".sysctl." + key,
                        ResourceId.sysctl(name, SysctlKey.dotted(key)),
                        true,
                        null))
                    // Several numbers are parted by tabs in /proc, by one space in a resource.
                    .set("value", value.trim().replaceAll("\\s+", " ")));
  }

  DesiredState state() {
    return state;
  }

  Draft add(Draft draft) {
    drafts.put(draft.id, draft);
    return draft;
  }

  /** Adds what is in its normal form already. */
  void add(Wanted resource) {
    wanted.add(resource);
  }

  /** Whether the bond or tunnel at this address is a port of an embedded bridge, and no device. */
  boolean isInSwitch(String address) {
    return inSwitch.contains(address);
  }

  /** The device of the file that a reference means; null where the file has none. */
  Devices.@Nullable Device find(String namespace, String reference) {
    return devices.resolve(namespace, reference);
  }

  /** The ports of a bridge by reference, as {@link DesiredState#portsOf}. */
  Map<String, BridgePort> portsOf(String bridge) {
    return ports.getOrDefault(bridge, Map.of());
  }

  /** The flows of an embedded bridge. */
  Flows flows(String key, Bridge bridge) {
    Flows known = flows.get(key);
    if (known == null) {
      if (flowPorts.isEmpty() && !(bridge.flows().isEmpty() && bridge.groups().isEmpty())) {
        flowPorts.putAll(Flows.ports(state));
      }
      known = Flows.of(state, key, bridge, flowPorts.getOrDefault(key, Set.of()));
      flows.put(key, known);
    }
    return known;
  }

  /** The device that a reference means, whether the file makes it or not. */
  ResourceId resolve(String namespace, String reference) {
    Devices.Device device = devices.resolve(namespace, reference);
    return device == null
        ? ResourceId.deviceIn(namespace, reference)
        : ResourceId.deviceIn(device.namespace(), device.name());
  }

  /** The name of the device that a reference means; null for no reference. */
  @Nullable String deviceName(String namespace, @Nullable String reference) {
    return reference == null ? null : resolve(namespace, reference).device();
  }

  /**
   * The draft of a device; one that the file says nothing else of is named by what refers to it.
   */
  Draft device(String namespace, String reference, String referrer) {
    ResourceId id = resolve(namespace, reference);
    Draft draft = drafts.get(id);
    return draft != null ? draft : add(new Draft(referrer, id, false, null));
  }

  /** A route, rule or address: made where it is missing, and marked as plumbline's. */
  Draft addOwned(String address, ResourceId id) {
    return add(new Draft(address, id, true, Resource.OURS));
  }
}
