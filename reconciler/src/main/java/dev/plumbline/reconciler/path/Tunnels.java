// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.path;

import dev.plumbline.datapath.bridge.TagStack;
import dev.plumbline.datapath.config.PortConfig.TunnelPort;
import dev.plumbline.spec.value.IpAddress;
import dev.plumbline.spec.value.IpFamily;
import dev.plumbline.spec.value.Prefix;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Tunnels, the kernel's and the embedded switch's: their packets are sent by an IP stack. */
final class Tunnels {
  private static final int GENEVE_PORT = 6081;
  private static final int ANY_PORT = 49152;
  private static final int TAG = 4;

  private final Network network;
  private final Topology topology;

  /** Behind which remote addresses are, by VXLAN device and address. */
  private final Map<String, IpAddress> learnt = new HashMap<>();

  Tunnels(Network network) {
    this.network = network;
    this.topology = network.topology;
  }

  /**
   * An end of a tunnel.
   *
   * @param name as in the file
   * @param type {@code gre}, {@code vxlan} or {@code geneve}
   */
  private record Side(
      String name,
      String namespace,
      String type,
      boolean ethernet,
      @Nullable IpAddress local,
      long key,
      int udpPort,
      boolean checksum) {
    String place() {
      return namespace.isEmpty() ? name : namespace + "/" + name;
    }
  }

  private static @Nullable IpAddress address(String text) {
    return text.isEmpty() ? null : IpAddress.parse(text);
  }

  private static Side side(Device device) {
    String kind = device.kind();
    String type = kind.contains("gre") ? "gre" : kind;
    String key = device.resource().get("key");
    String port = device.resource().get("port");
    int usual = type.equals("geneve") ? GENEVE_PORT : 0;
    return new Side(
        device.name(),
        device.namespace(),
        type,
        !kind.equals("gre") && !kind.equals("ip6gre"),
        address(device.resource().get("local")),
        key.isEmpty() ? -1 : Long.parseLong(key),
        port.isEmpty() ? usual : Integer.parseInt(port),
        device.resource().get("checksum").equals("true"));
  }

  private static Side side(String name, TunnelPort port) {
    return new Side(
        name,
        Topology.HOST,
        port.type().name().toLowerCase(Locale.ROOT),
        true,
        port.local() == null ? null : IpAddress.of(port.local()),
        port.key(),
        port.udpPort(),
        port.checksum());
  }

  private List<IpAddress> remotes(Device device) {
    List<IpAddress> remotes = new ArrayList<>(topology.remotes(device));
    IpAddress one = address(device.resource().get("remote"));
    if (one != null) {
      remotes.add(0, one);
    }
    return remotes;
  }

  /** A frame goes out by a kernel's tunnel. */
  void transmit(Device device, Frame frame, Trail trail) {
    List<IpAddress> remotes = remotes(device);
    IpAddress known = learnt.get(device.place() + " " + frame.destination());
    List<IpAddress> to = known == null || frame.isToGroup() ? remotes : List.of(known);
    if (to.isEmpty()) {
      network.drop(trail, device.place(), "tunnel " + device.place() + " has no remote");
    }
    for (IpAddress remote : to) {
      wrap(side(device), remote, frame, null, parent(device), trail.copy(to.size() > 1));
    }
  }

  /** A packet goes out by a kernel's tunnel for packets. */
  void transmit(Device device, Packet packet, Trail trail) {
    List<IpAddress> remotes = remotes(device);
    if (device.isDown()) {
      network.drop(trail, device.place(), device.place() + " is down");
    } else if (remotes.isEmpty()) {
      network.drop(trail, device.place(), "tunnel " + device.place() + " has no remote");
    } else {
      network.mtus().check(device, packet);
      wrap(side(device), remotes.get(0), null, packet, parent(device), trail);
    }
  }

  /** A frame goes out by a tunnel of the embedded switch. */
  void transmit(String name, TunnelPort port, IpAddress remote, Frame frame, Trail trail) {
    wrap(side(name, port), remote, frame, null, null, trail);
  }

  /** The device that it says its packets leave by. */
  private @Nullable Device parent(Device tunnel) {
    return tunnel.parent().isEmpty() ? null : topology.device(tunnel.namespace(), tunnel.parent());
  }

  private void wrap(
      Side side,
      IpAddress remote,
      @Nullable Frame frame,
      @Nullable Packet packet,
      @Nullable Device parent,
      Trail trail) {
    Encapsulation inside =
        new Encapsulation(side.place(), side.type(), side.key(), side.udpPort(), frame, packet);
    String host = Topology.name(side.namespace());
    Trail on =
        trail.then(
            Hop.Kind.TUNNEL,
            side.namespace(),
            side.name(),
            side.type().toUpperCase(Locale.ROOT) + " to " + remote,
            "sent by the IP stack of " + host + ", as any packet of its own");
    if (inside.inner().isIn(side.place())) {
      network.notes.found(
          Finding.Kind.TUNNEL_IN_ITSELF,
          "tunnel "
              + side.place()
              + " is routed into itself: its packets to "
              + remote
              + " come to it again");
      network.drop(on, side.place(), "tunnel " + side.place() + " is routed into itself");
      return;
    }
    if (remote.isMulticast()) {
      network.end(on, End.Kind.UNKNOWN, side.place(), "multicast groups are not followed");
      return;
    }
    boolean gre = side.type().equals("gre");
    int overhead =
        Mtus.overhead(side.type(), remote.family(), side.ethernet(), side.key(), side.checksum());
    int tags = frame == null ? 0 : TAG * TagStack.depth(frame.tags());
    IpAddress local = side.local();
    Packet outer =
        new Packet(
            Packet.Kind.IP,
            local == null ? unspecified(remote.family()) : local,
            remote,
            gre ? Packet.GRE : Packet.UDP,
            gre ? 0 : ANY_PORT,
            gre ? 0 : side.udpPort(),
            Packet.TTL,
            inside.inner().length() + overhead + tags,
            inside);
    network.stack().originate(side.namespace(), outer, parent, on);
  }

  static IpAddress unspecified(IpFamily family) {
    return Prefix.any(family).address();
  }

  /** A tunnel's packet has come to where it was sent. */
  void takeOut(String namespace, Packet packet, Trail trail) {
    Encapsulation inside = packet.inside();
    if (inside == null) {
      return;
    }
    Frame frame = inside.frame();
    Packet inner = inside.packet();
    for (Device device : topology.devices()) {
      if (device.namespace().equals(namespace)
          && isTunnel(device)
          && fits(device, packet, inside)) {
        Trail on = out(trail, device.namespace(), device.name(), packet.source());
        if (frame != null) {
          learnt.put(device.place() + " " + frame.source(), packet.source());
          network.receive(device, frame, on);
        } else if (inner != null) {
          network.stack().arrive(device, inner, on);
        }
        return;
      }
    }
    if (namespace.equals(Topology.HOST) && frame != null) {
      boolean taken =
          network
              .embedded()
              .takeOut(
                  (name, port, remote) ->
                      remote.equals(packet.source())
                          && isSame(side(name, port), packet.destination(), inside),
                  packet.source(),
                  inside.key(),
                  (name) -> out(trail, Topology.HOST, name, packet.source()),
                  frame);
      if (taken) {
        return;
      }
    }
    network.drop(
        trail,
        Topology.name(namespace),
        "no tunnel of it takes "
            + inside.type().toUpperCase(Locale.ROOT)
            + " from "
            + packet.source()
            + (inside.key() < 0 ? "" : " with key " + inside.key()));
  }

  private static Trail out(Trail trail, String namespace, String name, IpAddress remote) {
    return trail.then(Hop.Kind.TUNNEL, namespace, name, "takes it out", "from " + remote);
  }

  private static boolean isTunnel(Device device) {
    return switch (device.kind()) {
      case "gre", "gretap", "ip6gre", "ip6gretap", "vxlan", "geneve" -> !device.isDown();
      default -> false;
    };
  }

  private boolean fits(Device device, Packet packet, Encapsulation inside) {
    Side side = side(device);
    List<IpAddress> remotes = remotes(device);
    boolean anybody = side.type().equals("vxlan") || remotes.isEmpty();
    return (anybody || remotes.contains(packet.source()))
        && side.ethernet() == (inside.frame() != null)
        && isSame(side, packet.destination(), inside);
  }

  private static boolean isSame(Side side, IpAddress local, Encapsulation inside) {
    boolean udp = side.type().equals("gre") || side.udpPort() == inside.udpPort();
    return side.type().equals(inside.type())
        && side.key() == inside.key()
        && udp
        && (side.local() == null || side.local().equals(local));
  }
}
