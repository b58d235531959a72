// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.path;

import dev.plumbline.datapath.bridge.TagStack;
import dev.plumbline.reconciler.path.Network.Exit;
import dev.plumbline.reconciler.path.Network.Outcome;
import dev.plumbline.reconciler.path.Network.Received;
import dev.plumbline.reconciler.path.Network.Sender;
import dev.plumbline.reconciler.path.Places.Place;
import dev.plumbline.reconciler.path.Question.Traffic;
import dev.plumbline.spec.value.IpAddress;
import dev.plumbline.spec.value.IpFamily;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Answers a question: follows a packet there, and the answer to it back. */
public final class PathFinder {
  /** What may drop or turn a packet, and is looked at in no question. */
  public static final List<String> NOT_LOOKED_AT =
      List.of(
          "nftables and iptables",
          "traffic control",
          "other eBPF programs",
          "rp_filter",
          "ARP settings",
          "static neighbours",
          "IPsec",
          "cables");

  private static final int ANY_PORT = 49152;

  private final Question question;
  private final Notes notes = new Notes();
  private final Topology topology;
  private final Places places;
  private final Place from;
  private final Place to;

  private PathFinder(Topology topology, Question question) throws PathException {
    this.question = question;
    this.topology = topology;
    this.places = new Places(topology);
    this.from = places.find(question.from());
    this.to = places.find(question.to());
  }

  /**
   * Answers.
   *
   * @throws PathException it names what there is not, or cannot be asked
   */
  public static Answer find(Topology topology, Question question) throws PathException {
    return new PathFinder(topology, question).answer();
  }

  /** The devices by which a namespace sends to an address; none where it cannot. */
  public static List<String> sentBy(Topology topology, String namespace, String to) {
    IpAddress address = IpAddress.parse(to);
    Packet packet =
        new Packet(
            Packet.Kind.IP,
            Tunnels.unspecified(address.family()),
            address,
            Packet.UDP,
            ANY_PORT,
            ANY_PORT,
            Packet.TTL,
            Device.USUAL_MTU,
            null);
    return new Routing(topology, namespace, new Notes())
        .lookUp(packet, null, null, null).hops().stream()
            .map(hop -> hop.device().name())
            .distinct()
            .toList();
  }

  /** What is only asked of whoever is behind a device must not be passed over in silence. */
  private void refuse() throws PathException {
    Traffic traffic = question.traffic();
    Map<String, Boolean> given = new LinkedHashMap<>();
    given.put("source", traffic.source() != null);
    given.put("via", traffic.via() != null);
    given.put("vlan", traffic.vlan() != 0);
    for (Map.Entry<String, Boolean> each : given.entrySet()) {
      if (each.getValue() && !from.isStation()) {
        throw new PathException(
            "`"
                + each.getKey()
                + "` is a matter of whoever is behind a device, and `"
                + question.from()
                + "` is "
                + (from.isOutside() ? "outside" : "of this host itself")
                + ": leave it out");
      }
    }
    boolean named = traffic.source() != null || traffic.via() != null;
    IpAddress wanted = to.isStation() || !named ? null : addressed(to);
    for (IpAddress address : new IpAddress[] {traffic.source(), traffic.via()}) {
      if (address != null && wanted != null && address.family() != wanted.family()) {
        throw new PathException(
            address + " and " + wanted + " are addresses of different families");
      }
    }
  }

  private Answer answer() throws PathException {
    refuse();
    Network network = new Network(topology, notes);
    Outcome there;
    Outcome back;
    if (from.isOutside()) {
      if (to.isOutside() || to.isStation()) {
        throw new PathException(
            "neither `"
                + question.from()
                + "` nor `"
                + question.to()
                + "` is of this host: "
                + places.known());
      }
      // Where the answer would leave, the packet is taken to come in.
      notes.unknown(
          "where " + from.address() + " comes in: taken for where the answers to it leave");
      Packet asks = packet(Objects.requireNonNull(from.address()), addressed(to));
      Network probe = new Network(topology, notes);
      Outcome answers = probe.during(() -> send(probe, to, asks.mirrored()));
      if (answers.exits.isEmpty()) {
        throw new PathException(
            "nothing of this host leads to "
                + from.address()
                + ", so that it is not known where it"
                + " would come in: "
                + Way.outcome(answers.ways).text());
      }
      there = network.during(() -> mirror(network, answers.exits));
      back = backFrom(network, there);
    } else {
      there = there(network);
      back = backFrom(network, there);
    }
    List<Way> forward = ways(there);
    List<Way> backward = ways(back);
    End arrives = Way.outcome(forward);
    End returns = Way.outcome(backward);
    Judge judge = new Judge(topology, notes);
    judge.look(forward, backward, arrives, returns);
    return new Answer(
        from.text(),
        to.text(),
        forward,
        arrives,
        backward,
        returns,
        notes.findings(),
        notes.notKnown());
  }

  private static List<Way> ways(Outcome outcome) {
    List<Way> all = Way.merged(outcome.ways);
    boolean arrives = all.stream().anyMatch(way -> way.end().kind() == End.Kind.DELIVERED);
    boolean goes = arrives || all.stream().anyMatch(way -> way.end().kind() == End.Kind.LEAVES);
    List<Way> told = new ArrayList<>(all);
    // Copies that nobody wants say nothing, once one has gone where it should.
    told.removeIf(
        way ->
            (way.end().kind() == End.Kind.IGNORED && all.size() > 1)
                || (goes && way.isCopy() && way.end().kind() == End.Kind.DROPPED));
    return told.isEmpty() ? all : told;
  }

  private Packet packet(@Nullable IpAddress source, IpAddress destination) {
    boolean ipv6 = destination.family() == IpFamily.IPV6;
    Traffic traffic = question.traffic();
    boolean ping = traffic.protocol() == Packet.ICMP;
    int protocol = ping && ipv6 ? Packet.ICMPV6 : traffic.protocol();
    return new Packet(
        Packet.Kind.IP,
        source == null ? Tunnels.unspecified(destination.family()) : source,
        destination,
        protocol,
        ping ? (ipv6 ? Packet.ECHO_IPV6 : Packet.ECHO) : ANY_PORT,
        traffic.port(),
        Packet.TTL,
        Device.USUAL_MTU,
        null);
  }

  private @Nullable IpFamily family(Place place) {
    return place.address() == null ? null : place.address().family();
  }

  /** The address that a place is asked for. */
  private IpAddress addressed(Place place) throws PathException {
    Place other = place.equals(to) ? from : to;
    IpFamily wanted = family(place) != null ? family(place) : family(other);
    IpAddress address = places.addressOf(place, wanted);
    address = address == null ? places.addressOf(place, null) : address;
    if (address == null) {
      throw new PathException(
          place.text()
              + " has no address"
              + (place.isStation() ? " that is known: name the address instead" : ""));
    }
    return address;
  }

  private static void send(Network network, Place place, Packet packet) {
    network
        .stack()
        .originate(
            Objects.requireNonNull(place.namespace()), packet, vrf(network, place), Trail.START);
  }

  private static @Nullable Device vrf(Network network, Place place) {
    Device device = place.device();
    return device == null ? null : network.topology.vrf(device);
  }

  private Outcome there(Network network) throws PathException {
    return from.isStation()
        ? fromStation(network, Objects.requireNonNull(from.device()))
        : fromStack(network);
  }

  private Outcome fromStack(Network network) throws PathException {
    IpAddress destination = addressed(to);
    IpAddress source = from.address() == null ? null : places.addressOf(from, destination.family());
    if (source != null && source.family() != destination.family()) {
      throw new PathException(
          source + " and " + destination + " are addresses of different families");
    }
    Packet packet = packet(source, destination);
    return network.during(() -> send(network, from, packet));
  }

  private Outcome fromStation(Network network, Device device) throws PathException {
    Traffic traffic = question.traffic();
    long tags =
        traffic.vlan() == 0
            ? TagStack.EMPTY
            : TagStack.push(TagStack.EMPTY, TagStack.TPID_8021Q, 0, traffic.vlan());
    Sender sender =
        traffic.source() == null
            ? network.behind(device)
            : network.behind(device, traffic.source(), tags);
    Trail trail = Network.hop(Trail.START, Hop.Kind.DEVICE, device, "in");
    IpAddress destination = to.isStation() ? Tunnels.unspecified(IpFamily.IPV4) : addressed(to);
    IpAddress source =
        traffic.source() == null ? Tunnels.unspecified(destination.family()) : traffic.source();
    if (traffic.source() == null) {
      notes.unknown(
          "the address of " + from.text() + ": taken for none (--source ADDRESS gives one)");
    }
    Packet packet = packet(source, destination);
    Long mac;
    if (to.isStation()) {
      Sender other = network.behind(Objects.requireNonNull(to.device()));
      mac = other.mac();
      Packet asks = Packet.asks(destination, destination);
      // Both have spoken before.
      network.during(
          () -> other.send(Frame.of(other.mac(), Frame.BROADCAST, asks).tagged(tags), trail));
    } else {
      IpAddress via = traffic.via();
      if (via == null) {
        notes.unknown(
            "the routes of "
                + from.text()
                + ": "
                + destination
                + " is taken for its neighbour (--via ADDRESS names a gateway)");
      }
      mac = network.neighbour(sender, source, via == null ? destination : via, tags);
      if (mac == null) {
        String why = "nobody answers for " + (via == null ? destination : via) + network.silence();
        notes.found(Finding.Kind.BLACK_HOLE, device.place() + ": " + why);
        return network.during(() -> network.drop(trail, device.place(), why));
      }
    }
    Frame frame = Frame.of(sender.mac(), mac, packet).tagged(tags);
    return network.during(() -> sender.send(frame, trail));
  }

  /** The answer to what arrived, or to what left. */
  private Outcome backFrom(Network network, Outcome there) throws PathException {
    boolean arrived =
        there.ways.stream().anyMatch(way -> way.end().kind() == End.Kind.DELIVERED)
            && !to.isStation();
    if (arrived) {
      network.embedded().answering();
      return network.during(() -> network.received().forEach(each -> answer(network, each)));
    }
    List<Exit> exits = there.exits;
    if (exits.isEmpty()) {
      return network.during(() -> {});
    }
    Map<String, List<Exit>> cables = new LinkedHashMap<>();
    for (Exit exit : exits) {
      cables.computeIfAbsent(network.cable(exit.device()), each -> new ArrayList<>()).add(exit);
    }
    if (!to.isStation()) {
      notes.unknown(
          "what becomes of what has left, and by which way its answer comes: taken for the one by"
              + " which it left");
    }
    Outcome back = network.during(() -> {});
    for (List<Exit> each : cables.values()) {
      // Whoever answers is behind one of them, and bridges learn behind which.
      Network its = cables.size() == 1 || from.isOutside() ? network : new Network(topology, notes);
      if (!its.equals(network)) {
        there(its);
      }
      its.embedded().answering();
      Outcome part = its.during(() -> mirror(its, each));
      back.ways.addAll(part.ways);
      back.exits.addAll(part.exits);
    }
    return back;
  }

  private void answer(Network network, Received received) {
    if (received.packet().source().isUnspecified()) {
      network.end(
          Trail.START,
          End.Kind.UNKNOWN,
          to.text(),
          "the address of " + from.text() + " (give it with --source ADDRESS)");
    } else {
      boolean isTo = received.namespace().equals(to.namespace());
      Device vrf = received.vrf() == null && isTo ? vrf(network, to) : received.vrf();
      network
          .stack()
          .originate(received.namespace(), received.packet().mirrored(), vrf, Trail.START);
    }
  }

  private static void mirror(Network network, List<Exit> exits) {
    for (Exit exit : exits) {
      Trail trail = Network.hop(Trail.START, Hop.Kind.DEVICE, exit.device(), "in");
      network.receive(exit.device(), exit.frame().mirrored(0), trail);
    }
  }
}
