// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.path;

import dev.plumbline.datapath.bridge.TagStack;
import dev.plumbline.reconciler.path.Topology.Own;
import dev.plumbline.spec.value.IpAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Sends frames by devices and takes them in, and asks for neighbours. Bridges learn from what they
 * see, so that a network is used for one question and then thrown away.
 */
final class Network {
  /** More than any answer needs; a loop that nobody recognises ends here. */
  private static final int STEPS = 50_000;

  private static final long OUTSIDE = 0x02ff_0000_0000L;
  private static final long STATION = 0x02fe_0000_0000L;

  final Topology topology;
  final Notes notes;
  private final Mtus mtus;
  private final Stack stack;
  private final KernelBridges bridges;
  private final Tunnels tunnels;
  private final EmbeddedSwitch embedded;
  private final Map<String, Long> neighbours = new HashMap<>();
  private final Set<String> asking = new HashSet<>();
  private final Map<Long, Device> stations = new HashMap<>();
  private final Map<IpAddress, Station> speakers = new HashMap<>();
  private final Map<IpAddress, Long> outside = new HashMap<>();
  private final Set<Received> received = new LinkedHashSet<>();
  private Outcome out = new Outcome();
  private String silence = "";
  private End.Kind silent = End.Kind.DROPPED;
  private int steps;

  Network(Topology topology, Notes notes) {
    this.topology = topology;
    this.notes = notes;
    this.mtus = new Mtus(topology, notes);
    this.stack = new Stack(this);
    this.bridges = new KernelBridges(this);
    this.tunnels = new Tunnels(this);
    this.embedded = new EmbeddedSwitch(this, tunnels);
  }

  /** What became of what was sent. */
  static final class Outcome {
    final List<Way> ways = new ArrayList<>();

    /** How many of them count: neither copies nor what somebody else got. */
    int ends;

    /** What went to where nobody here sees it, stations included. */
    final List<Exit> exits = new ArrayList<>();

    /** The devices behind which somebody has the address that was asked for. */
    final Set<Device> holders = new LinkedHashSet<>();

    /** MAC addresses of those who were told something. */
    final Set<Long> heard = new HashSet<>();
  }

  /** What a namespace got, and the VRF that it came in by. */
  record Received(String namespace, Packet packet, @Nullable Device vrf) {}

  /** A frame that left by a device. */
  record Exit(Device device, Frame frame, boolean isCopy) {}

  /** Somebody who sends frames: a namespace by a device, or a station behind one. */
  interface Sender {
    /** His MAC address. */
    long mac();

    /** Where he is, for people. */
    String place();

    void send(Frame frame, Trail trail);
  }

  Sender by(Device device) {
    return new Sender() {
      @Override
      public long mac() {
        return device.mac();
      }

      @Override
      public String place() {
        return device.place();
      }

      @Override
      public void send(Frame frame, Trail trail) {
        transmit(device, frame, trail);
      }
    };
  }

  /** Somebody behind a device whose address is known, and the tags that he uses. */
  private record Station(Device device, long mac, long tags) {}

  /** Whoever is behind a device, with an address that he answers for. */
  Sender behind(Device device, IpAddress address, long tags) {
    Sender sender = behind(device);
    speakers.put(address, new Station(device, sender.mac(), tags));
    return sender;
  }

  /** Whoever is behind a device. */
  Sender behind(Device device) {
    long mac = STATION | (device.mac() & 0xffff_ffffL);
    stations.put(mac, device);
    return new Sender() {
      @Override
      public long mac() {
        return mac;
      }

      @Override
      public String place() {
        return "behind " + device.place();
      }

      @Override
      public void send(Frame frame, Trail trail) {
        receive(device, frame, trail);
      }
    };
  }

  /** Does something, and says what became of the packets that it sent. */
  Outcome during(Runnable sending) {
    Outcome before = out;
    Outcome mine = new Outcome();
    out = mine;
    try {
      sending.run();
    } finally {
      out = before;
    }
    return mine;
  }

  Stack stack() {
    return stack;
  }

  Tunnels tunnels() {
    return tunnels;
  }

  EmbeddedSwitch embedded() {
    return embedded;
  }

  Mtus mtus() {
    return mtus;
  }

  void end(Trail trail, End.Kind kind, String place, String reason) {
    out.ways.add(new Way(trail.hops(), new End(kind, place, reason), trail.isCopy()));
    out.ends += trail.isCopy() || kind == End.Kind.IGNORED ? 0 : 1;
  }

  int ends() {
    return out.ends;
  }

  void drop(Trail trail, String place, String reason) {
    end(trail, End.Kind.DROPPED, place, reason);
  }

  /**
   * A packet is where it was to go.
   *
   * @param vrf that it came in by, and its answer leaves by; null: none
   */
  void deliver(Trail trail, String namespace, Packet packet, @Nullable Device vrf) {
    received.add(new Received(namespace, packet, vrf));
    end(trail, End.Kind.DELIVERED, Topology.name(namespace), "");
  }

  /** All that was delivered, each kind of packet once. */
  List<Received> received() {
    return List.copyOf(received);
  }

  /** Somebody has the address that is asked for. */
  void holds(Device device) {
    out.holders.add(device);
  }

  void heard(long mac) {
    out.heard.add(mac);
  }

  /** Sends a frame by a device. */
  void transmit(Device device, Frame frame, Trail trail) {
    if (++steps > STEPS) {
      notes.unknown("what comes after " + STEPS + " steps: they were not followed further");
      end(trail, End.Kind.UNKNOWN, device.place(), "it goes on for too long");
      return;
    }
    if (device.isDown()) {
      drop(trail, device.place(), device.place() + " is down");
      return;
    }
    mtus.check(device, frame.packet());
    switch (device.kind()) {
      case "veth" -> pair(device, frame, trail);
      case "vlan" -> vlan(device, frame, trail);
      case "bridge" -> bridges.transmit(device, frame, trail);
      case "bond" -> bond(device, frame, trail);
      case "vxlan", "geneve", "gretap", "ip6gretap" -> tunnels.transmit(device, frame, trail);
      case "dummy" -> drop(trail, device.place(), "a dummy device discards what it is sent");
      case "macvlan" -> {
        notes.unknown("what macvlan devices do");
        end(trail, End.Kind.UNKNOWN, device.place(), "macvlan devices are not followed");
      }
      default -> leave(device, frame, trail);
    }
  }

  private void pair(Device device, Frame frame, Trail trail) {
    Device peer = topology.peer(device);
    if (peer == null) {
      leave(device, frame, trail);
      return;
    }
    String bridge = topology.bridgeOfInternalPort(device);
    boolean isLeg = topology.bridgeOfInternalPort(peer) != null;
    Trail on = trail;
    if (bridge != null) {
      on = hop(trail, Hop.Kind.INTERNAL_PORT, device, "into " + bridge);
    } else if (!isLeg) {
      on = hop(trail, Hop.Kind.DEVICE, device, "to its other end, " + peer.place());
    }
    if (peer.isDown()) {
      drop(on, peer.place(), peer.place() + ", the other end of " + device.place() + ", is down");
      return;
    }
    receive(peer, frame, on);
  }

  static Trail hop(Trail trail, Hop.Kind kind, Device device, String decision) {
    Hop next = new Hop(kind, device.namespace(), device.name(), decision, "");
    return next.equals(trail.hop()) ? trail : trail.then(next);
  }

  private void vlan(Device device, Frame frame, Trail trail) {
    Device parent = topology.device(device.namespace(), device.parent());
    int id = Integer.parseInt(device.resource().get("id"));
    Trail on = hop(trail, Hop.Kind.DEVICE, device, "tagged with VLAN " + id);
    if (parent == null) {
      end(on, End.Kind.UNKNOWN, device.place(), "its parent is in a namespace that is not known");
      return;
    }
    if (TagStack.depth(frame.tags()) == TagStack.LIMIT) {
      drop(on, device.place(), "it would have more VLAN tags than are followed");
      return;
    }
    transmit(parent, frame.tagged(TagStack.push(frame.tags(), tpid(device), 0, id)), on);
  }

  private static int tpid(Device vlan) {
    return vlan.resource().get("protocol").equals("802.1ad")
        ? TagStack.TPID_8021AD
        : TagStack.TPID_8021Q;
  }

  private void bond(Device bond, Frame frame, Trail trail) {
    List<Device> members = active(bond);
    if (members.isEmpty()) {
      drop(trail, bond.place(), "no member of " + bond.place() + " is up");
      return;
    }
    String mode = bond.resource().get("mode");
    String names = String.join(" or ", members.stream().map(Device::name).toList());
    Trail on =
        trail.then(
            Hop.Kind.BOND, bond.namespace(), bond.name(), "→ " + names, why(mode, members.size()));
    for (Device member : members) {
      transmit(member, frame, on.copy(mode.equals("broadcast") && members.size() > 1));
    }
  }

  /** Why a bond sends as it does. */
  static String why(String mode, int members) {
    return switch (mode) {
      case "active-backup" -> "active-backup: the active member";
      case "broadcast" -> "broadcast: a copy by each";
      default -> mode + (members > 1 ? ": which, is a matter of the flow" : "");
    };
  }

  /** The members that a kernel bond sends by. */
  private List<Device> active(Device bond) {
    List<Device> up = new ArrayList<>(topology.ports(bond));
    up.removeIf(Device::isDown);
    String mode = bond.resource().get("mode");
    if (!mode.equals("active-backup") || up.size() < 2) {
      return up;
    }
    String primary = bond.resource().get("primary");
    Device first = up.get(0);
    for (Device member : up) {
      first = member.name().equals(primary) ? member : first;
    }
    notes.unknown("which member of " + bond.place() + " is active: taken for " + first.name());
    return List.of(first);
  }

  /** Out of what is known here. */
  private void leave(Device device, Frame frame, Trail trail) {
    out.exits.add(new Exit(device, frame, trail.isCopy()));
    Trail on = hop(trail, Hop.Kind.DEVICE, device, "out");
    boolean meant = device.equals(stations.get(frame.destination()));
    if (meant) {
      heard(frame.destination());
    }
    if (meant) {
      end(on, End.Kind.DELIVERED, "whoever is behind " + device.place(), "");
    } else {
      end(on, End.Kind.LEAVES, device.place(), "");
    }
  }

  /** Takes in a frame that comes by a device. */
  void receive(Device device, Frame frame, Trail trail) {
    if (device.isDown()) {
      drop(trail, device.place(), device.place() + " is down");
      return;
    }
    int port = embedded.portOf(device);
    Device master = topology.master(device);
    boolean isPort = master != null && (master.is("bridge") || master.is("bond"));
    Device vlan = isPort ? vlanOver(device, frame) : null;
    if (port != 0) {
      embedded.receive(port, frame, trail);
    } else if (vlan != null) { // the kernel looks for it before it asks the bridge
      receive(vlan, frame.tagged(TagStack.pop(frame.tags())), trail);
    } else if (master != null && master.is("bridge")) {
      bridges.receive(master, device, frame, trail);
    } else if (master != null && master.is("bond")) {
      if (active(master).contains(device)) {
        receive(master, frame, trail);
      } else {
        drop(trail.copy(true), device.place(), device.place() + " is not the active member");
      }
    } else {
      up(device, frame, trail);
    }
  }

  /** To the VLAN devices over a device, or to the stack. */
  void up(Device device, Frame frame, Trail trail) {
    if (TagStack.depth(frame.tags()) == 0) {
      String bridge = topology.bridgeOfInternalPort(device);
      Hop.Kind kind = bridge == null ? Hop.Kind.DEVICE : Hop.Kind.INTERNAL_PORT;
      stack.receive(device, frame, hop(trail, kind, device, "in"));
      return;
    }
    Device vlan = vlanOver(device, frame);
    if (vlan == null) {
      int id = TagStack.vlan(frame.tags(), 0);
      drop(trail.copy(true), device.place(), "no VLAN device over it takes VLAN " + id);
    } else {
      receive(vlan, frame.tagged(TagStack.pop(frame.tags())), trail);
    }
  }

  /** The VLAN device over a device that takes a frame; null: none, or the frame has no tag. */
  private @Nullable Device vlanOver(Device device, Frame frame) {
    if (TagStack.depth(frame.tags()) == 0) {
      return null;
    }
    String id = String.valueOf(TagStack.vlan(frame.tags(), 0));
    for (Device vlan : topology.vlanDevices(device)) {
      if (vlan.resource().get("id").equals(id) && tpid(vlan) == TagStack.tpid(frame.tags())) {
        return vlan;
      }
    }
    return null;
  }

  /**
   * The MAC address that a packet to a neighbour needs.
   *
   * @param self the sender's own address
   * @return null: nobody answers
   */
  @Nullable Long neighbour(Sender sender, IpAddress self, IpAddress wanted, long tags) {
    String key = sender.place() + " " + wanted;
    Long known = neighbours.get(key);
    if (known != null) {
      return known;
    }
    if (!asking.add(key)) {
      return null; // to ask it, the answer would have to be known: a tunnel in itself
    }
    Frame question =
        Frame.of(sender.mac(), Frame.BROADCAST, Packet.asks(self, wanted)).tagged(tags);
    Outcome asked = during(() -> sender.send(question, Trail.START));
    Long found = null;
    Set<String> places = new LinkedHashSet<>();
    for (Device holder : asked.holders) {
      Frame answer = Frame.of(holder.mac(), sender.mac(), Packet.answers(wanted, self));
      if (during(() -> transmit(holder, answer, Trail.START)).heard.contains(sender.mac())) {
        found = found == null ? Long.valueOf(holder.mac()) : found;
        Own own = topology.holder(holder.namespace(), wanted);
        places.add(own == null ? holder.place() : own.device().place());
      }
    }
    if (places.size() > 1) {
      notes.found(
          Finding.Kind.DUPLICATE_ADDRESS,
          wanted
              + " is asked for by "
              + sender.place()
              + ", and "
              + String.join(" and ", places)
              + " have it");
    }
    Station speaker = speakers.get(wanted);
    if (found == null && speaker != null) {
      found = answered(asked.exits, speaker);
    }
    if (found == null && asked.holders.isEmpty() && !asked.exits.isEmpty()) {
      found = outside.computeIfAbsent(wanted, each -> OUTSIDE + outside.size());
      answerFromOutside(asked.exits, wanted, found);
    }
    asking.remove(key);
    if (found != null) {
      neighbours.put(key, found);
    } else {
      silence = why(asked);
      boolean open = asked.ways.stream().anyMatch(way -> way.end().kind() == End.Kind.UNKNOWN);
      silent = open ? End.Kind.UNKNOWN : End.Kind.DROPPED;
    }
    return found;
  }

  /** The MAC address of somebody behind a device, if the question came to him; null: it did not. */
  private @Nullable Long answered(List<Exit> exits, Station station) {
    Long found = null;
    for (Exit exit : exits) {
      if (exit.device().equals(station.device()) && exit.frame().tags() == station.tags()) {
        during(() -> receive(exit.device(), exit.frame().mirrored(station.mac()), Trail.START));
        found = station.mac();
      }
    }
    return found;
  }

  /** What became of a question that nobody answered; in brackets, or nothing. */
  private static String why(Outcome asked) {
    for (Way way : asked.ways) {
      if (way.end().kind() == End.Kind.DROPPED || way.end().kind() == End.Kind.UNKNOWN) {
        return " (the question is " + way.end().text() + ")";
      }
    }
    return "";
  }

  /** What that makes of the packet: whether somebody answers may not be known. */
  End.Kind silent() {
    return silent;
  }

  /** Why nobody answered the last question that nobody did; in brackets. */
  String silence() {
    return silence;
  }

  /** Somebody outside answers, if it is plain behind which cable: the bridges learn of him. */
  private void answerFromOutside(List<Exit> exits, IpAddress wanted, long mac) {
    List<Exit> likely = new ArrayList<>(exits);
    likely.removeIf(exit -> Guests.isOne(exit.device().kind(), exit.device().name()));
    if (likely.isEmpty()) {
      likely = exits;
      String places = String.join(" or ", exits.stream().map(e -> e.device().place()).toList());
      notes.unknown("where " + wanted + " is: taken to be behind " + places);
    } else if (likely.size() < exits.size()) {
      for (Exit exit : exits) {
        if (!likely.contains(exit)) {
          notes.unknown(
              "what is behind "
                  + exit.device().place()
                  + ": by its "
                  + (exit.device().is("tun") ? "kind" : "name")
                  + " a guest, and no way to "
                  + wanted);
        }
      }
    }
    Set<String> cables = new LinkedHashSet<>();
    likely.forEach(exit -> cables.add(cable(exit.device())));
    if (cables.size() == 1) {
      Exit exit = likely.get(0);
      during(() -> receive(exit.device(), exit.frame().mirrored(mac), Trail.START));
    }
  }

  /** The bond that a device is a member of, or the device. */
  String cable(Device device) {
    Device master = topology.master(device);
    String bond = embedded.bondOf(device);
    return bond != null
        ? "bond " + bond
        : master != null && master.is("bond") ? "bond " + master.place() : device.place();
  }

  /** Whether a neighbour is being asked for just now. */
  boolean isAsking(Sender sender, IpAddress wanted) {
    return asking.contains(sender.place() + " " + wanted);
  }
}
