// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.model;

import dev.plumbline.reconciler.resource.PeerText;
import dev.plumbline.reconciler.resource.Resource;
import dev.plumbline.reconciler.resource.ResourceId;
import dev.plumbline.reconciler.resource.RouteText;
import java.util.Map;

/**
 * One thing that somebody does to a kernel, as with ip(8): on a {@link ModelKernel}, or on a real
 * one as the command that {@link #command} gives. Immutable.
 */
public final class Edit {
  /** What the model does for it. */
  @FunctionalInterface
  interface Taking {
    void take(Parts parts) throws RefusedException;
  }

  private final String command;
  private final Taking taking;

  private Edit(String command, Taking taking) {
    this.command = command;
    this.taking = taking;
  }

  void take(Parts parts) throws RefusedException {
    taking.take(parts);
  }

  /** The command line for a shell. */
  public String command() {
    return command;
  }

  @Override
  public String toString() {
    return command;
  }

  private static Edit ip(String namespace, String arguments, Taking taking) {
    return new Edit((namespace.isEmpty() ? "ip " : "ip -n " + namespace + " ") + arguments, taking);
  }

  private static Edit link(ResourceId device, String arguments, Taking taking) {
    return ip(device.namespace(), "link set " + device.device() + " " + arguments, taking);
  }

  public static Edit addNamespace(String name) {
    return ip("", "netns add " + name, parts -> parts.namespaces.create(name, null));
  }

  public static Edit deleteNamespace(String name) {
    return ip("", "netns del " + name, parts -> parts.namespaces.delete(name));
  }

  /** A device of a kind that needs no more than its name: dummy, bridge, bond. */
  public static Edit addDevice(ResourceId device, String kind) {
    return ip(
        device.namespace(),
        "link add " + device.device() + " type " + kind,
        parts -> parts.devices.create(new Resource(device, null, Map.of("kind", kind))));
  }

  public static Edit addVlan(ResourceId device, String parent, int id) {
    Map<String, String> fields =
        Map.of("kind", "vlan", "parent", parent, "id", String.valueOf(id), "protocol", "802.1Q");
    return ip(
        device.namespace(),
        "link add link " + parent + " name " + device.device() + " type vlan id " + id,
        parts -> parts.devices.create(new Resource(device, null, fields)));
  }

  /** A veth pair with both halves in one namespace. */
  public static Edit addVeth(ResourceId device, String peer) {
    ResourceId mate = ResourceId.deviceIn(device.namespace(), peer);
    Map<String, String> fields = Map.of("kind", "veth", "peer", PeerText.of(mate));
    return ip(
        device.namespace(),
        "link add " + device.device() + " type veth peer name " + peer,
        parts -> parts.devices.create(new Resource(device, null, fields)));
  }

  public static Edit deleteDevice(ResourceId device) {
    return ip(
        device.namespace(), "link del " + device.device(), parts -> parts.devices.delete(device));
  }

  /** A network card is pulled out: there is no command for it. */
  public static Edit unplug(ResourceId device) {
    return new Edit("# unplug " + device, parts -> parts.devices.gone(device));
  }

  public static Edit up(ResourceId device) {
    return link(device, "up", parts -> parts.devices.up(device));
  }

  public static Edit down(ResourceId device) {
    return link(device, "down", parts -> parts.devices.down(device));
  }

  public static Edit mtu(ResourceId device, int bytes) {
    String value = String.valueOf(bytes);
    return link(device, "mtu " + value, parts -> parts.devices.set(device, Map.of("mtu", value)));
  }

  public static Edit rename(ResourceId device, String name) {
    return link(device, "name " + name, parts -> parts.devices.rename(device, name));
  }

  public static Edit master(ResourceId device, String master) {
    return link(device, "master " + master, parts -> parts.devices.enslave(device, master));
  }

  public static Edit noMaster(ResourceId device) {
    return link(device, "nomaster", parts -> parts.devices.release(device));
  }

  /** Moves a device to a namespace that has a name. */
  public static Edit move(ResourceId device, String namespace) {
    ResourceId to = ResourceId.deviceIn(namespace, device.device());
    return link(device, "netns " + namespace, parts -> parts.devices.move(device, to));
  }

  /** Takes plumbline's mark away. */
  public static Edit unmark(ResourceId device) {
    return link(device, "alias ''", parts -> parts.devices.mark(device, null));
  }

  /** An address with its length: {@code 10.0.0.1/24}. */
  public static Edit addAddress(ResourceId device, String prefix) {
    ResourceId id = ResourceId.addressOn(device.namespace(), device.device(), prefix);
    return ip(
        device.namespace(),
        "addr add " + prefix + " dev " + device.device(),
        parts -> parts.addresses.add(new Resource(id, null, Map.of())));
  }

  public static Edit deleteAddress(ResourceId address) {
    return ip(
        address.namespace(),
        "addr del " + address.key() + " dev " + address.device(),
        parts -> parts.addresses.delete(address, false));
  }

  /** A route over a device, in table main. */
  public static Edit addRoute(String namespace, String to, String device) {
    ResourceId id = mainRoute(namespace, to);
    return ip(
        namespace,
        "route add " + to + " dev " + device,
        parts -> parts.routes.add(new Resource(id, null, Map.of("dev", device))));
  }

  /** A route by a gateway, in table main. */
  public static Edit addRouteVia(String namespace, String to, String gateway) {
    ResourceId id = mainRoute(namespace, to);
    return ip(
        namespace,
        "route add " + to + " via " + gateway,
        parts -> parts.routes.add(new Resource(id, null, Map.of("via", gateway))));
  }

  private static ResourceId mainRoute(String namespace, String to) {
    return ResourceId.route(namespace, RouteText.key(to, 254, to.contains(":") ? 1024 : 0));
  }

  public static Edit deleteRoute(ResourceId route) {
    return ip(
        route.namespace(),
        "route del "
            + RouteText.destination(route)
            + " table "
            + RouteText.table(route)
            + " metric "
            + RouteText.metric(route),
        parts -> parts.routes.delete(route));
  }

  /** A rule goes; {@code ip rule} wants to be told its words, so the command names the priority. */
  public static Edit deleteRule(Resource rule) {
    return ip(
        rule.id().namespace(),
        "rule del priority " + rule.get("priority"),
        parts -> parts.rules.delete(rule));
  }

  /** Sets a sysctl. */
  public static Edit sysctl(ResourceId sysctl, String value) {
    String in = sysctl.namespace().isEmpty() ? "" : "ip netns exec " + sysctl.namespace() + " ";
    return new Edit(
        in + "sysctl -qw " + sysctl.key() + "=" + value,
        parts -> parts.others.put(new Resource(sysctl, null, Map.of("value", value))));
  }
}
