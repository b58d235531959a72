// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.spec.model;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The devices of a state, found by key, by name and by reference. */
public final class Devices {
  private final List<Device> all = new ArrayList<>();
  private final Map<String, List<Device>> byKey = new HashMap<>();
  private final Map<String, List<Device>> byName = new HashMap<>();

  /**
   * A device of the file.
   *
   * @param kind the file's name of the kind: {@code veths}
   * @param key its key; null for the far end of a veth
   * @param address {@code veths.v1}, or {@code veths.v1.peer} for the far end
   * @param settings its own
   * @param made whether the file makes it; false for {@code interfaces}
   */
  public record Device(
      String kind, @Nullable String key, String address, DeviceSettings settings, boolean made) {
    public String namespace() {
      return settings.namespace();
    }

    /** The device's name in its namespace. */
    public String name() {
      return settings.device();
    }
  }

  Devices(DesiredState state) {
    addAll("interfaces", state.interfaces());
    state
        .veths()
        .forEach(
            (key, veth) -> {
              add(new Device("veths", key, "veths." + key, veth.settings(), true));
              String far = "veths." + key + ".peer";
              add(new Device("veths", null, far, veth.peer().settings(), true));
            });
    addAll("vlans", state.vlans());
    addAll("dummies", state.dummies());
    Map<String, Bridge> withDevice = new LinkedHashMap<>(state.bridges());
    withDevice.values().removeIf(Bridge::isEmbedded);
    addAll("bridges", withDevice);
    addAll("bonds", state.bonds());
    addAll("internalPorts", state.internalPorts());
    addAll("tunnels", state.tunnels());
    addAll("vrfs", state.vrfs());
  }

  private void addAll(String kind, Map<String, ? extends DeviceKind> objects) {
    objects.forEach(
        (key, object) ->
            add(
                new Device(
                    kind, key, kind + "." + key, object.settings(), !kind.equals("interfaces"))));
  }

  private void add(Device device) {
    all.add(device);
    if (device.key() != null) {
      byKey.computeIfAbsent(device.key(), k -> new ArrayList<>()).add(device);
    }
    byName.computeIfAbsent(device.name(), k -> new ArrayList<>()).add(device);
  }

  /** All of them. */
  public List<Device> all() {
    return Collections.unmodifiableList(all);
  }

  /**
   * What a reference made by an object in a namespace means. The first of these that there is:
   *
   * <ol>
   *   <li>a device of that namespace whose key is the reference,
   *   <li>a device of that namespace whose name is the reference,
   *   <li>a device of another namespace whose key is the reference.
   * </ol>
   *
   * Null if the file has none: the reference then is the name of a device in that namespace that is
   * there already or appears later.
   */
  public @Nullable Device resolve(String namespace, String reference) {
    List<Device> candidates = candidates(namespace, reference);
    return candidates.isEmpty() ? null : candidates.get(0);
  }

  /** All that a reference could mean at the first step of {@link #resolve} that finds any. */
  public List<Device> candidates(String namespace, String reference) {
    List<Device> withKey = byKey.getOrDefault(reference, List.of());
    List<Device> found = inNamespace(withKey, namespace);
    if (found.isEmpty()) {
      found = inNamespace(byName.getOrDefault(reference, List.of()), namespace);
    }
    return found.isEmpty() ? withKey : found;
  }

  private static List<Device> inNamespace(List<Device> devices, String namespace) {
    return devices.stream().filter(device -> device.namespace().equals(namespace)).toList();
  }
}
