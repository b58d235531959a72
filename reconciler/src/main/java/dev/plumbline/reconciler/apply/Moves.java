// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.apply;

import dev.plumbline.reconciler.embedded.PortText;
import dev.plumbline.reconciler.live.LiveState;
import dev.plumbline.reconciler.plan.Change;
import dev.plumbline.reconciler.plan.Plan;
import dev.plumbline.reconciler.resource.AddressText;
import dev.plumbline.reconciler.resource.Resource;
import dev.plumbline.reconciler.resource.ResourceId;
import dev.plumbline.reconciler.resource.ResourceType;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The addresses that a plan moves from one device to another of the same namespace.
 *
 * <p>Some stay on their <b>link</b>: a card joins the bridge whose device, or whose internal port,
 * gets the card's address; or leaves it again. Whoever was its neighbour is its neighbour still,
 * and an IPv6 address that was found to be free there is so still.
 */
final class Moves {
  private final Map<ResourceId, ResourceId> from = new TreeMap<>();
  private final Set<ResourceId> onTheirLink = new HashSet<>();
  private final Map<String, String> internalPorts = new HashMap<>();

  Moves(Plan plan, LiveState live) {
    Map<String, ResourceId> before = new HashMap<>();
    for (Resource address : live.ofType(ResourceType.ADDRESS)) {
      before.put(place(address.id()), address.id().ofDevice());
    }
    Map<ResourceId, Resource> now = new TreeMap<>();
    live.ofType(ResourceType.PORT).forEach(port -> now.put(port.id(), port));
    live.ofType(ResourceType.DEVICE).forEach(device -> now.put(device.id(), device));
    Map<ResourceId, Resource> then = new TreeMap<>(now);
    for (Change change : plan.changes()) {
      put(then, change);
    }
    for (Change change : plan.changes()) {
      ResourceId id = change.id();
      ResourceId old = before.get(place(id));
      if (id.type() == ResourceType.ADDRESS
          && change instanceof Change.Create
          && old != null
          && !old.equals(id.ofDevice())) {
        from.put(id, old);
        if (isOneLink(now, old, id.ofDevice()) || isOneLink(then, old, id.ofDevice())) {
          onTheirLink.add(id);
        }
      }
    }
    then.values().forEach(this::internal);
  }

  private static void put(Map<ResourceId, Resource> resources, Change change) {
    Resource old = change.before();
    Resource wanted = change.after();
    if (old != null && (wanted == null || !wanted.id().equals(old.id()))) {
      resources.remove(old.id());
    }
    if (wanted != null) {
      // A device that stays keeps what the change does not name.
      resources.put(
          wanted.id(),
          change instanceof Change.Modify modify
              ? modify.live().with(wanted.fields()).withId(wanted.id())
              : wanted);
    }
  }

  private void internal(Resource port) {
    if (port.id().type() == ResourceType.PORT && port.get("type").equals("internal")) {
      internalPorts.put(port.get("device"), port.id().key());
    }
  }

  private static String place(ResourceId address) {
    return address.type() == ResourceType.ADDRESS
        ? address.namespace() + " " + AddressText.local(address.key())
        : "";
  }

  private static boolean isOneLink(
      Map<ResourceId, Resource> resources, ResourceId one, ResourceId other) {
    Set<String> bridges = bridges(resources, one);
    bridges.retainAll(bridges(resources, other));
    return !bridges.isEmpty();
  }

  /** The bridges that a device is a port of, or is. */
  private static Set<String> bridges(Map<ResourceId, Resource> resources, ResourceId id) {
    Set<String> bridges = new HashSet<>();
    Resource device = resources.get(id);
    if (device != null && device.get("kind").equals("bridge")) {
      bridges.add(id.device());
    } else if (device != null && !device.get("master").isEmpty()) {
      bridges.add(device.get("master"));
    }
    for (Resource port : resources.values()) {
      if (port.id().type() == ResourceType.PORT
          && id.namespace().isEmpty()
          && PortText.devices(port).contains(id.device())) {
        bridges.add("embedded " + PortText.bridge(port.id()));
      }
    }
    return bridges;
  }

  /** The addresses, on the devices that they move to. */
  List<ResourceId> all() {
    return List.copyOf(from.keySet());
  }

  /** The device that an address moves from; null: it does not move. */
  @Nullable ResourceId from(ResourceId address) {
    return from.get(address);
  }

  /** Whether the address moves to a device of the same link. */
  boolean isOnItsLink(ResourceId address) {
    return onTheirLink.contains(address);
  }

  /** Whether the switch takes a device that an address moves from. */
  boolean takesOver(Change change) {
    Resource port = change.id().type() == ResourceType.PORT ? change.after() : null;
    return port != null
        && PortText.devices(port).stream()
            .anyMatch(device -> from.containsValue(ResourceId.deviceIn("", device)));
  }

  /** Whether the change removes an address that is on its new device by now. */
  boolean leaves(Change change) {
    return change instanceof Change.Delete
        && change.id().type() == ResourceType.ADDRESS
        && from.entrySet().stream()
            .anyMatch(
                move ->
                    move.getValue().equals(change.id().ofDevice())
                        && place(move.getKey()).equals(place(change.id())));
  }

  /** The internal port of the switch that the device is, as bridge and port; null: it is none. */
  @Nullable String internalPort(ResourceId device) {
    return device.namespace().isEmpty() ? internalPorts.get(device.device()) : null;
  }
}
