// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.path;

import dev.plumbline.reconciler.path.Routing.Choice;
import dev.plumbline.reconciler.path.Routing.NextHop;
import dev.plumbline.spec.value.IpAddress;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The IP stacks of all namespaces. */
final class Stack {
  /** Next hops, and members of bonds, double them at each router: more are not followed. */
  private static final int MOST_WAYS = 256;

  private final Network network;
  private final Topology topology;

  Stack(Network network) {
    this.network = network;
    this.topology = network.topology;
  }

  private Routing routing(String namespace) {
    return new Routing(topology, namespace, network.notes);
  }

  /**
   * A namespace sends a packet of its own.
   *
   * @param packet whose source may be unspecified: the route chooses
   * @param bound a VRF that it is bound to, or the device that a tunnel's leave by; null: none
   */
  void originate(String namespace, Packet packet, @Nullable Device bound, Trail trail) {
    IpAddress source = packet.source().isUnspecified() ? null : packet.source();
    // The kernel asks whether a device has it, of whichever VRF.
    boolean isForeign =
        source != null
            && packet.inside() != null
            && topology.holder(namespace, source) == null
            && !routing(namespace).lookUp(packet.to(source), null, null, null).isLocal();
    if (isForeign) {
      network.drop(
          trail, Topology.name(namespace), source + ", the tunnel's own address, is not its");
      return;
    }
    Choice choice = routing(namespace).lookUp(packet, source, null, bound);
    boolean connects = packet.protocol() == Packet.TCP || packet.protocol() == Packet.UDP;
    if (source == null && connects && packet.inside() == null && !packet.isIpv6()) {
      connect(namespace, choice, packet, bound, trail);
      return;
    }
    go(namespace, choice, packet, false, trail);
  }

  /** A socket of IPv4 that is connected asks again, with the address that the route gave it. */
  private void connect(
      String namespace, Choice first, Packet packet, @Nullable Device bound, Trail trail) {
    Map<Packet, Choice> others = new LinkedHashMap<>();
    boolean same = true;
    for (NextHop hop : first.hops()) {
      IpAddress source = routing(namespace).sourceFor(first, hop, packet.destination().family());
      if (source != null) {
        Choice second = routing(namespace).lookUp(packet, source, null, bound);
        same &= second.equals(first);
        others.put(packet.from(source), second);
      }
    }
    if (same) {
      go(namespace, first, packet, false, trail);
      return;
    }
    if (packet.protocol() == Packet.UDP) {
      network.notes.unknown("whether the socket is connected: taken for one that is");
    }
    others.forEach((each, second) -> go(namespace, second, each, false, trail));
  }

  /** A frame comes to the stack by a device. */
  void receive(Device device, Frame frame, Trail trail) {
    Packet packet = frame.packet();
    String place = Topology.name(device.namespace());
    if (!frame.isToGroup() && frame.destination() != device.mac()) {
      network.end(trail.copy(true), End.Kind.IGNORED, place, "it is not for its MAC address");
      return;
    }
    switch (packet.kind()) {
      case ASK -> {
        if (answersFor(device, packet)) {
          network.holds(device);
        }
        network.end(trail, End.Kind.IGNORED, place, "a question");
      }
      case ANSWER -> {
        network.heard(frame.destination());
        network.end(trail, End.Kind.IGNORED, place, "an answer");
      }
      default -> arrive(device, packet, trail);
    }
  }

  /** ARP asks routing, so that each VRF answers for its own; neighbour discovery the device. */
  private boolean answersFor(Device device, Packet question) {
    return question.isIpv6()
        ? topology.addresses(device).stream()
            .anyMatch(own -> own.address().equals(question.destination()))
        : comesIn(device, question).isLocal();
  }

  private Choice comesIn(Device device, Packet packet) {
    return routing(device.namespace()).lookUp(packet, packet.source(), device, null);
  }

  /** A packet comes by a device: for the namespace, or to be forwarded. */
  void arrive(Device device, Packet packet, Trail trail) {
    String namespace = device.namespace();
    Choice choice = comesIn(device, packet);
    if (choice.isLocal()) {
      if (packet.inside() == null) {
        network.deliver(trail, namespace, packet, topology.vrf(device));
      } else {
        network.tunnels().takeOut(namespace, packet, trail);
      }
      return;
    }
    if (packet.destination().isUnspecified() || packet.destination().isMulticast()) {
      network.end(
          trail.copy(true), End.Kind.IGNORED, Topology.name(namespace), "it is for no address");
      return;
    }
    forward(device, packet, choice, trail);
  }

  private void forward(Device device, Packet packet, Choice choice, Trail trail) {
    String namespace = device.namespace();
    String name = Topology.name(namespace);
    String sysctl = packet.isIpv6() ? Topology.IPV6_FORWARDING : Topology.IPV4_FORWARDING;
    Boolean byDevice = packet.isIpv6() ? null : topology.forwards(device);
    if (byDevice != null) {
      sysctl = Topology.forwarding(device.resource().id()).key();
    }
    Boolean forwards =
        byDevice != null ? byDevice : topology.forwards(namespace, packet.destination().family());
    if (Boolean.FALSE.equals(forwards)) {
      network.drop(trail, name, name + " does not forward: " + sysctl + " is 0");
      return;
    }
    if (forwards == null && !namespace.equals(Topology.HOST)) {
      network.end(
          trail, End.Kind.UNKNOWN, name, "whether it forwards (give " + sysctl + " in its sysctl)");
      return;
    }
    if (forwards == null) {
      network.notes.unknown("whether the host forwards (" + sysctl + "): taken for 1");
    }
    Trail.Visit visit = new Trail.Visit(device, packet.unaged());
    if (packet.ttl() <= 1 || trail.has(visit)) {
      network.notes.found(
          Finding.Kind.BLACK_HOLE, "packets to " + packet.destination() + " go round in " + name);
      network.drop(trail, name, "it goes round until its TTL has run out");
      return;
    }
    if (network.ends() >= MOST_WAYS) {
      network.notes.unknown("which other ways there are: " + MOST_WAYS + " were followed");
      network.end(trail, End.Kind.UNKNOWN, name, "there are more ways than are followed");
      return;
    }
    go(namespace, choice, packet.forwarded(), true, trail.then(visit));
  }

  private void go(String namespace, Choice choice, Packet packet, boolean forwarded, Trail trail) {
    String name = Topology.name(namespace);
    String drop = choice.drop();
    if (choice.isLocal()) {
      Trail on = trail.then(Hop.Kind.NAMESPACE, namespace, "", "to itself", choice.reason());
      Packet own = packet.source().isUnspecified() ? packet.from(packet.destination()) : packet;
      network.deliver(on, namespace, own, null);
      return;
    }
    if (drop != null) {
      network.notes.found(Finding.Kind.BLACK_HOLE, "in " + name + ": " + drop);
      network.drop(trail, name, drop);
      return;
    }
    List<String> devices = choice.hops().stream().map(hop -> hop.device().name()).toList();
    String several = devices.size() > 1 ? ", several next hops: by flow" : "";
    Trail on =
        trail.then(
            Hop.Kind.NAMESPACE,
            namespace,
            "",
            "→ " + String.join(" or ", devices),
            choice.reason() + several);
    for (NextHop hop : choice.hops()) {
      send(namespace, choice, hop, packet, forwarded, on);
    }
  }

  private void send(
      String namespace, Choice choice, NextHop hop, Packet packet, boolean forwarded, Trail trail) {
    Device device = hop.device();
    Packet sent = packet;
    if (packet.source().isUnspecified()) {
      IpAddress source = routing(namespace).sourceFor(choice, hop, packet.destination().family());
      if (source == null) {
        network.drop(trail, Topology.name(namespace), "it has no address to send it from");
        return;
      }
      sent = sent.from(source);
    }
    int mtu = network.mtus().of(device);
    if (sent.inside() == null && (!forwarded || sent.length() > mtu)) {
      sent = sent.ofLength(mtu); // the largest that there is; paths tell routers' senders
    }
    if (device.is("gre") || device.is("ip6gre")) {
      network.tunnels().transmit(device, sent, trail);
      return;
    }
    IpAddress gateway = hop.gateway();
    IpAddress next = gateway == null ? sent.destination() : gateway;
    Network.Sender sender = network.by(device);
    boolean asking = network.isAsking(sender, next);
    Long mac =
        device.isDown() ? Long.valueOf(0) : network.neighbour(sender, sent.source(), next, 0);
    if (mac == null) {
      String why = "nobody answers for " + next + " on " + device.place() + network.silence();
      if (asking && sent.inside() != null) {
        String tunnel = sent.inside().tunnel();
        why = "tunnel " + tunnel + " is routed into itself";
        network.notes.found(
            Finding.Kind.TUNNEL_IN_ITSELF,
            "tunnel "
                + tunnel
                + " is routed into itself: the way to "
                + sent.destination()
                + " is "
                + device.place()
                + ", whose frames go by that tunnel");
      } else if (network.silent() == End.Kind.UNKNOWN) {
        network.end(trail, End.Kind.UNKNOWN, device.place(), why);
        return;
      } else {
        network.notes.found(Finding.Kind.BLACK_HOLE, why);
      }
      network.drop(trail, device.place(), why);
      return;
    }
    network.transmit(device, Frame.of(device.mac(), mac, sent), trail);
  }
}
