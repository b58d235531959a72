// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.path;

import dev.plumbline.reconciler.path.Topology.Own;
import dev.plumbline.spec.value.IpAddress;
import dev.plumbline.spec.value.IpFamily;
import dev.plumbline.spec.value.ValueException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** What the names in a question mean. */
final class Places {
  /** The host's own namespace. */
  static final String HOST = "host";

  /** Each namespace has one, of which no file needs to speak: whoever it is sends as that. */
  private static final String LOOPBACK = "lo";

  private final Topology topology;

  Places(Topology topology) {
    this.topology = topology;
  }

  /**
   * An end of a way.
   *
   * @param namespace whose stack it is; null: somebody behind a device, or outside
   * @param device that it is, or that its address is on; null: any of the namespace, or outside
   * @param address its own; null: whatever fits
   */
  record Place(@Nullable String namespace, @Nullable Device device, @Nullable IpAddress address) {
    /** Whether it is somebody behind a device. */
    boolean isStation() {
      return namespace == null && device != null;
    }

    boolean isOutside() {
      return namespace == null && device == null;
    }

    String text() {
      String where = namespace == null ? "" : Topology.name(namespace);
      if (isStation()) {
        where = "whoever is behind " + (device == null ? "" : device.place());
      } else if (isOutside()) {
        where = "outside";
      }
      return address == null ? where : address + " (" + where + ")";
    }
  }

  /** Finds what is meant. */
  Place find(String name) throws PathException {
    if (name.equals(HOST)) {
      return new Place(Topology.HOST, null, null);
    }
    if (topology.namespaces().contains(name) && !name.isEmpty()) {
      return new Place(name, null, null);
    }
    String owner = name.equals(LOOPBACK) ? HOST : name.replaceFirst("/" + LOOPBACK + "$", "");
    boolean isLoopback = name.equals(LOOPBACK) || !owner.equals(name);
    if (isLoopback && named(name).isEmpty()) {
      return find(owner);
    }
    List<Device> devices = named(name);
    if (devices.size() > 1) {
      throw new PathException(
          "`"
              + name
              + "` is a device in several namespaces: say which, "
              + String.join(" or ", devices.stream().map(Device::place).toList()));
    }
    if (!devices.isEmpty()) {
      return of(devices.get(0));
    }
    if (name.indexOf(':') >= 0 || name.matches("[0-9.]+")) {
      return of(address(name));
    }
    throw new PathException("there is no `" + name + "`: " + known());
  }

  private static IpAddress address(String name) throws PathException {
    try {
      return IpAddress.parse(name);
    } catch (ValueException e) {
      throw new PathException(e.getMessage() + ", expected " + e.expected());
    }
  }

  private Place of(IpAddress address) {
    Own own = topology.holder(address);
    return own == null
        ? new Place(null, null, address)
        : new Place(own.device().namespace(), own.device(), address);
  }

  /** By {@code namespace/name}, by key in the file, by name in the host, by name anywhere. */
  private List<Device> named(String name) {
    int slash = name.indexOf('/');
    if (slash > 0) {
      String namespace = name.substring(0, slash);
      Device device =
          topology.device(namespace.equals(HOST) ? "" : namespace, name.substring(slash + 1));
      return device == null ? List.of() : List.of(device);
    }
    Device host = topology.device(Topology.HOST, name);
    if (host != null) {
      return List.of(host);
    }
    List<Device> found = new ArrayList<>();
    for (Device device : topology.devices()) {
      String owner = device.resource().owner();
      if (owner != null && owner.matches("[A-Za-z]+[.]" + java.util.regex.Pattern.quote(name))) {
        return List.of(device);
      }
      if (device.name().equals(name)) {
        found.add(device);
      }
    }
    return found;
  }

  /** A device with an address, or the end of a pair in a namespace, speaks for that namespace. */
  private Place of(Device device) throws PathException {
    List<Own> addresses = topology.addresses(device);
    if (device.name().equals(LOOPBACK)
        && addresses.stream().allMatch(own -> own.address().isLoopback())) {
      return new Place(device.namespace(), null, null);
    }
    if (!addresses.isEmpty()) {
      return new Place(device.namespace(), device, addresses.get(0).address());
    }
    Device peer = topology.peer(device);
    boolean isPort = !device.master().isEmpty();
    if (peer != null && topology.bridgeOfInternalPort(device) == null) {
      List<Own> others = topology.addresses(peer);
      if (!others.isEmpty()) {
        return new Place(peer.namespace(), peer, others.get(0).address());
      }
      throw new PathException(
          device.place() + " and its other end, " + peer.place() + ", have no address");
    }
    boolean isOpen = device.kind().isEmpty() || device.is("veth") || device.is("tun");
    if (isOpen && peer == null) {
      return new Place(null, device, null);
    }
    throw new PathException(
        device.place()
            + " has no address"
            + (isPort ? ", and is a part of " + device.master() : ""));
  }

  /** All that may be named. */
  String known() {
    Set<String> namespaces = new TreeSet<>(topology.namespaces());
    namespaces.remove(Topology.HOST);
    Set<String> devices = new TreeSet<>();
    Set<String> addresses = new TreeSet<>();
    for (Device device : topology.devices()) {
      boolean isLeg =
          device.namespace().isEmpty()
              && dev.plumbline.reconciler.embedded.Leg.isOne(device.name());
      if (!isLeg) {
        devices.add(device.place());
      }
      topology.addresses(device).forEach(own -> addresses.add(own.address().toString()));
    }
    namespaces.add(HOST);
    return "there are the namespaces "
        + String.join(", ", namespaces)
        + "; the devices "
        + (devices.isEmpty() ? "(none)" : String.join(", ", devices))
        + "; the addresses "
        + (addresses.isEmpty() ? "(none)" : String.join(", ", addresses))
        + "; any other address is outside";
  }

  /** The address of a place, of the family if there is one. */
  @Nullable IpAddress addressOf(Place place, @Nullable IpFamily family) {
    if (place.address() != null
        && (family == null || place.address().family() == family || place.namespace() == null)) {
      return place.address();
    }
    String namespace = place.namespace();
    Device on = place.device();
    List<Own> all =
        namespace == null
            ? List.of()
            : on == null ? topology.addresses(namespace) : topology.addresses(on);
    for (Own own : all) {
      boolean fits = family == null || own.address().family() == family;
      if (fits && !own.address().isLoopback()) {
        return own.address();
      }
    }
    return null;
  }
}
