// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.path;

import dev.plumbline.datapath.bridge.TagStack;
import dev.plumbline.datapath.config.BridgeConfig;
import dev.plumbline.datapath.config.PortConfig;
import dev.plumbline.datapath.config.PortConfig.BondMode;
import dev.plumbline.datapath.config.PortConfig.BondPort;
import dev.plumbline.datapath.config.PortConfig.HostPort;
import dev.plumbline.datapath.config.PortConfig.TunnelPort;
import dev.plumbline.datapath.control.Tracer;
import dev.plumbline.datapath.flow.ActionList;
import dev.plumbline.datapath.flow.ActionType;
import dev.plumbline.datapath.flow.CtAnswer;
import dev.plumbline.datapath.flow.FlowKey;
import dev.plumbline.datapath.translate.Decision;
import dev.plumbline.datapath.translate.DropReason;
import dev.plumbline.datapath.translate.PortId;
import dev.plumbline.datapath.translate.PortKind;
import dev.plumbline.datapath.translate.PortNumbers;
import dev.plumbline.datapath.translate.SwitchState;
import dev.plumbline.datapath.translate.Translator;
import dev.plumbline.datapath.translate.TunnelEnd;
import dev.plumbline.spec.value.IpAddress;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The bridges of the embedded switch. What becomes of a frame its own {@link Translator} says; here
 * the frame is taken to it, and what it decides is done.
 */
final class EmbeddedSwitch {
  /** Of a copy that others make good. */
  private static final Set<DropReason> HARMLESS =
      Set.of(DropReason.NO_OUTPUT, DropReason.BOND_INACTIVE, DropReason.BOND_REFLECTED);

  private final Network network;
  private final Topology topology;
  private final Tunnels tunnels;
  private final Translator translator = new Translator();
  private SwitchState state;

  /** The ports that devices are, and the bonds that they are members of. */
  private final Map<String, Integer> numbers = new HashMap<>();

  /** The marks of the connections that there are, by zone. */
  private final Map<Integer, Integer> connections = new HashMap<>();

  private boolean answering;

  EmbeddedSwitch(Network network, Tunnels tunnels) {
    this.network = network;
    this.topology = network.topology;
    this.tunnels = tunnels;
    this.state = begin();
  }

  private SwitchState begin() {
    SwitchState fresh = Tracer.fresh(topology.switches());
    for (Map.Entry<PortId, Integer> port : fresh.numbers().ports().entrySet()) {
      String device = device(fresh, port.getKey());
      if (device != null) {
        numbers.put(device, port.getValue());
        Device found = topology.device(Topology.HOST, device);
        if (found != null && found.isDown()) {
          fresh = without(fresh, port.getValue());
        }
      }
    }
    return fresh;
  }

  /** A port that is down; another member of its bond is active then. */
  private static SwitchState without(SwitchState state, int number) {
    SwitchState less = state.withUp(number, false);
    int bond = state.logical(number);
    if (state.kind(number) != PortKind.MEMBER || less.active(bond) != number) {
      return less;
    }
    for (Map.Entry<PortId, Integer> port : less.numbers().ports().entrySet()) {
      boolean other = less.kind(port.getValue()) == PortKind.MEMBER;
      if (other && less.logical(port.getValue()) == bond && less.isUp(port.getValue())) {
        return less.withActive(bond, port.getValue());
      }
    }
    return less.withActive(bond, 0);
  }

  private static @Nullable PortConfig config(SwitchState state, PortId id) {
    BridgeConfig bridge = state.config().bridges().get(id.bridge());
    return bridge == null ? null : bridge.ports().get(id.port());
  }

  private static @Nullable String device(SwitchState state, PortId id) {
    PortConfig port = config(state, id);
    if (port instanceof BondPort) {
      return id.part().isEmpty() ? null : id.part();
    }
    List<String> devices = port == null ? List.of() : Topology.devicesOf(port);
    return devices.isEmpty() ? null : devices.get(0);
  }

  /** From now on packets are answers to those before. */
  void answering() {
    answering = true;
  }

  /** The number of the port that a device of the host is; 0: none. */
  int portOf(Device device) {
    return device.namespace().isEmpty() ? numbers.getOrDefault(device.name(), 0) : 0;
  }

  /** The bond that a device is a member of; null: none. */
  @Nullable String bondOf(Device device) {
    int number = portOf(device);
    PortId id = state.id(number);
    return id != null && state.kind(number) == PortKind.MEMBER ? id.port() : null;
  }

  /** Which tunnel a packet is for. */
  interface Wanted {
    boolean fits(String name, TunnelPort port, IpAddress remote);
  }

  /** Takes a frame in by the tunnel that it came by; false if there is none. */
  boolean takeOut(
      Wanted wanted, IpAddress from, long key, Function<String, Trail> trail, Frame frame) {
    // First those that say the key, then those of which flows say it, last those with any remote.
    return takeOut(state.numbers().ports(), wanted, trail, frame)
        || takeOutOfFlow(wanted, from, key, trail, frame);
  }

  private boolean takeOutOfFlow(
      Wanted wanted, IpAddress from, long key, Function<String, Trail> trail, Frame frame) {
    TunnelEnd.Wanted best = null;
    String name = "";
    for (Map.Entry<PortId, Integer> each : state.numbers().ports().entrySet()) {
      PortId id = each.getKey();
      if (!(config(state, id) instanceof TunnelPort tunnel)) {
        continue;
      }
      InetAddress remote = from.toInetAddress();
      TunnelEnd.Wanted end = state.wanted(each.getValue(), ipv4(from), key);
      boolean isRemote =
          tunnel.isRemoteOfFlow()
              ? remote.getAddress().length == 4
              : remote.getHostAddress().equals(id.part());
      boolean fits =
          end != null && isRemote && wanted.fits(id.port(), fixed(tunnel, remote, end.key()), from);
      if (fits && (best == null || !tunnel.isRemoteOfFlow())) {
        best = end;
        name = id.port();
      }
    }
    if (best == null || !state.hasRoom(List.of(best))) {
      return false;
    }
    state = Tracer.withEnds(state, List.of(best));
    receive(state.end(best), frame, trail.apply(name));
    return true;
  }

  private static long ipv4(IpAddress address) {
    byte[] bytes = address.toInetAddress().getAddress();
    return bytes.length == 4 ? ByteBuffer.wrap(bytes).getInt() & 0xffff_ffffL : 0;
  }

  /** The tunnel as it is for a packet of which flows say more. */
  private static TunnelPort fixed(TunnelPort of, InetAddress remote, long key) {
    return new TunnelPort(
        of.type(),
        of.local(),
        List.of(remote),
        key,
        of.udpPort(),
        of.ttl(),
        of.tos(),
        of.dontFragment(),
        of.checksum(),
        of.vlan());
  }

  private boolean takeOut(
      Map<PortId, Integer> ports, Wanted wanted, Function<String, Trail> trail, Frame frame) {
    for (Map.Entry<PortId, Integer> each : ports.entrySet()) {
      PortId id = each.getKey();
      if (config(state, id) instanceof TunnelPort tunnel) {
        for (var remote : tunnel.remotes()) {
          boolean isIt =
              remote.getHostAddress().equals(id.part())
                  && wanted.fits(id.port(), tunnel, IpAddress.of(remote));
          if (isIt) {
            receive(each.getValue(), frame, trail.apply(id.port()));
            return true;
          }
        }
      }
    }
    return false;
  }

  /** A frame comes in by a port. */
  void receive(int port, Frame frame, Trail trail) {
    PortId in = state.id(port);
    String bridge = in == null ? "" : in.bridge();
    FlowKey key = Keys.of(port, frame);
    String place = bridge + " " + key.vlanTci();
    Decision decision = new Decision();
    Story story = decide(key, frame, decision);
    DropReason dropped = decision.dropReason();
    boolean again = dropped == null && frame.seen().contains(place);
    for (int i = 0; !again && i < decision.learns(); i++) {
      var unused = decision.learn(i, state, 0);
    }
    if (dropped != null) {
      if (dropped == DropReason.PATCH_LOOP) {
        network.notes.found(
            Finding.Kind.BRIDGE_LOOP, "patch ports join bridges in a loop: " + story.bridges());
      }
      boolean many = HARMLESS.contains(dropped);
      network.drop(
          trail.copy(many), story.last(bridge), "it " + dropped.text() + story.lastReason());
      return;
    }
    if (again) {
      network.notes.found(
          Finding.Kind.BRIDGE_LOOP, "bridges are joined in a loop: " + Loops.text(frame, bridge));
      network.drop(trail.copy(true), bridge, "it has been in " + bridge + " before: a loop");
      return;
    }
    perform(decision, key, frame.in(place), story, trail);
  }

  private Story decide(FlowKey key, Frame frame, Decision decision) {
    Story story = told(key, decision);
    for (int i = 0; i < FlowKey.CT_ANSWERS && decision.asked() >= 0; i++) {
      int zone = decision.asked();
      boolean known = answering && connections.containsKey(zone);
      boolean isIp = frame.packet().kind() == Packet.Kind.IP;
      int is = known ? CtAnswer.EST | CtAnswer.RPL : isIp ? CtAnswer.NEW : CtAnswer.INV;
      key.ct(i, CtAnswer.of(zone, is, connections.getOrDefault(zone, 0)));
      story = told(key, decision);
    }
    return story;
  }

  /** Decides, with the ends of tunnels that flows say. */
  private Story told(FlowKey key, Decision decision) {
    Story story = new Story(state);
    translator.translate(key, state, 0, decision, story);
    if (!decision.wanted().isEmpty() && state.hasRoom(decision.wanted())) {
      state = Tracer.withEnds(state, decision.wanted());
      story = new Story(state);
      translator.translate(key, state, 0, decision, story);
    }
    return story;
  }

  /** Does the actions, each output of which is a frame of its own. */
  private void perform(Decision decision, FlowKey key, Frame frame, Story story, Trail trail) {
    List<Runnable> copies = new ArrayList<>();
    for (int next = 0; next < decision.outputs(); ) {
      ActionList list = new ActionList();
      next = decision.fill(next, list);
      Frame at = frame;
      for (int i = 0; i < list.size(); i++) {
        switch (list.type(i)) {
          case OUTPUT, BOND -> {
            boolean bond = list.type(i) == ActionType.BOND;
            int port = bond ? PortNumbers.BONDS + list.arg(i) : list.port(i);
            Frame sent = at;
            Trail on = story.to(port, trail).copy(decision.outputs() > 1);
            copies.add(() -> output(port, sent, on));
          }
          case PUSH_VLAN ->
              at =
                  at.tagged(
                      TagStack.push(
                          at.tags(),
                          list.arg(i) >>> 16,
                          (list.arg(i) >> 13) & 7,
                          list.arg(i) & 0xfff));
          case POP_VLAN -> at = at.tagged(TagStack.pop(at.tags()));
          case SET -> at = Keys.set(at, list, i);
          case COMMIT -> commit(list, i, key);
          default -> network.notes.unknown("what the switch does by " + list.type(i));
        }
      }
    }
    copies.forEach(Runnable::run);
  }

  /** Keeps a connection, for the answer; nat is not done. */
  private void commit(ActionList list, int index, FlowKey key) {
    int flags = list.flags(index);
    if ((flags & ActionList.COMMIT_NAT) != 0) {
      network.notes.unknown("what nat makes of its addresses and ports: it is followed as it is");
    }
    if ((flags & ActionList.COMMIT_NOTHING) == 0) {
      int zone = CtAnswer.zone(key.ct(flags & 1));
      boolean marks = (flags & ActionList.COMMIT_MARK) != 0;
      connections.put(zone, marks ? list.arg(index) : connections.getOrDefault(zone, 0));
    }
  }

  private void output(int number, Frame frame, Trail trail) {
    PortId id = state.id(number);
    PortConfig config = id == null ? null : config(state, id);
    if (id == null || config == null) {
      return;
    }
    if (config instanceof HostPort host) {
      Device device = topology.device(Topology.HOST, host.device());
      if (device != null) {
        network.receive(device, frame, trail);
      } else {
        network.drop(trail, host.device(), host.device() + " is not there");
      }
    } else if (config instanceof TunnelPort tunnel) {
      TunnelEnd end = TunnelEnd.of(id);
      if (end != null) {
        TunnelPort port = fixed(tunnel, end.remote(), end.key());
        tunnels.transmit(id.port(), port, IpAddress.of(end.remote()), frame, trail);
        return;
      }
      for (var remote : tunnel.remotes()) {
        if (remote.getHostAddress().equals(id.part())) {
          tunnels.transmit(id.port(), tunnel, IpAddress.of(remote), frame, trail);
        }
      }
    } else if (config instanceof BondPort bond && id.part().isEmpty()) {
      bond(number, id, bond, frame, trail);
    } else {
      String name = device(state, id);
      Device device = name == null ? null : topology.device(Topology.HOST, name);
      if (device != null) {
        network.transmit(device, frame, trail);
      }
    }
  }

  private void bond(int number, PortId id, BondPort bond, Frame frame, Trail trail) {
    List<Device> members = new ArrayList<>();
    for (String name : bond.members()) {
      int member = state.numbers().port(new PortId(id.bridge(), id.port(), name));
      Device device = topology.device(Topology.HOST, name);
      boolean balances = bond.mode() == BondMode.BALANCE_SLB;
      boolean used = balances ? state.isUp(member) : state.active(number) == member;
      if (used && device != null) {
        members.add(device);
      }
    }
    if (members.isEmpty()) {
      network.drop(trail, id.port(), "no member of " + id.port() + " is up");
      return;
    }
    String names = String.join(" or ", members.stream().map(Device::name).toList());
    String mode = bond.mode().name().toLowerCase(Locale.ROOT).replace('_', '-');
    String reason =
        bond.mode() == BondMode.BALANCE_SLB && members.size() > 1
            ? "balance-slb: by the sender's MAC address and VLAN"
            : Network.why(mode, members.size());
    if (topology.isLive() && bond.mode() != BondMode.BALANCE_SLB && bond.members().size() > 1) {
      network.notes.unknown(
          "which member of "
              + id.port()
              + " is active: taken for "
              + names
              + " (`plumbline bond` says it)");
    }
    Trail on = trail.then(Hop.Kind.BOND, "", id.port(), "→ " + names, reason);
    for (Device member : members) {
      network.transmit(member, frame, on);
    }
  }
}
