// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.tunnel;

import dev.plumbline.datapath.bpf.Layout;
import dev.plumbline.datapath.config.BridgeConfig;
import dev.plumbline.datapath.config.PortConfig;
import dev.plumbline.datapath.config.PortConfig.TunnelPort;
import dev.plumbline.datapath.config.PortConfig.TunnelType;
import dev.plumbline.datapath.config.SwitchConfig;
import dev.plumbline.netlink.route.RouteSocket;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * All tunnels of a switch: the devices that they need, and by which way each of their remotes is
 * reached at this moment.
 */
public final class Tunnels implements AutoCloseable {
  private static final int UDP_AND_HEADER = 8 + 8; // RFC 7348 5, RFC 8926 3.4 without options
  private static final int ETHERNET = 14;
  private static final int GRE_WORD = 4; // RFC 2784 2.1: header, checksum; RFC 2890 2: key

  /**
   * How a remote is reached.
   *
   * @param tunnel {@code struct tunnel}
   * @param id {@code struct tunnel_id}; null: no frames come now
   * @param mtu largest IP packet that goes through whole, without a tag; 0: unknown
   * @param up whether frames can be sent
   * @param problem why they cannot; null: they can
   */
  public record Way(
      ByteBuffer tunnel, @Nullable ByteBuffer id, int mtu, boolean up, @Nullable String problem) {}

  private static final long MEND_MILLIS = 2_000;

  private final RouteSocket socket;
  private final RouteResolver resolver;
  private final ExternalDevices devices;
  private final Set<ExternalDevices.Wanted> wanted = new HashSet<>();
  private final Set<RouteQuery> queries = new HashSet<>();
  private final Set<ByteBuffer> configured = new HashSet<>();
  private final Map<Integer, GreRemote> greRemotes = new TreeMap<>();
  private final RemoteCounters counters = new RemoteCounters();
  private @Nullable GrePackets packets;
  private long lastMendMillis;

  private Tunnels(RouteSocket socket, RouteResolver resolver, String owner) {
    this.socket = socket;
    this.resolver = resolver;
    this.devices = new ExternalDevices(socket, owner);
  }

  /**
   * In the calling thread's network namespace.
   *
   * @param owner name of the switch in it
   */
  public static Tunnels open(String owner) throws IOException {
    RouteSocket socket = RouteSocket.open();
    boolean done = false;
    try {
      Tunnels tunnels = new Tunnels(socket, RouteResolver.open(), owner);
      done = true;
      return tunnels;
    } finally {
      if (!done) {
        socket.close();
      }
    }
  }

  /** To wait for with poll(2): {@link #update} is due when it is readable. */
  public int fd() {
    return resolver.fd();
  }

  /**
   * Whether the tunnels of a configuration can be told from one another.
   *
   * @throws IllegalArgumentException two have the same type, remote, key and local address
   */
  public static void check(SwitchConfig config) {
    Map<ByteBuffer, String> seen = new HashMap<>();
    for (Map.Entry<String, BridgeConfig> bridge : config.bridges().entrySet()) {
      for (Map.Entry<String, PortConfig> one :
          new TreeMap<>(bridge.getValue().ports()).entrySet()) {
        if (one.getValue() instanceof TunnelPort tunnel) {
          String name = bridge.getKey() + "." + one.getKey();
          if (tunnel.type() == TunnelType.GRE
              && (tunnel.isKeyOfFlow() || tunnel.isRemoteOfFlow())) {
            throw new IllegalArgumentException(
                "tunnel " + name + ": flows say keys and remotes of vxlan and geneve alone");
          }
          List<ByteBuffer> ids = ids(tunnel);
          for (int i = 0; i < ids.size(); i++) {
            String other = seen.put(ids.get(i), name);
            String remote =
                tunnel.isRemoteOfFlow() ? "flow" : tunnel.remotes().get(i).getHostAddress();
            if (other != null) {
              throw new IllegalArgumentException(
                  "tunnels "
                      + other
                      + " and "
                      + name
                      + " have the same type, remote "
                      + remote
                      + ", key and local address: nothing tells their frames apart");
            }
          }
        }
      }
    }
  }

  /** What frames look like that come by a tunnel; those of ends that flows say are not named. */
  private static List<ByteBuffer> ids(TunnelPort tunnel) {
    return tunnel.isRemoteOfFlow()
        ? List.of(TunnelEntry.id(tunnel.type(), null, tunnel.local(), tunnel.key()))
        : tunnel.remotes().stream().map(remote -> TunnelEntry.id(tunnel, remote)).toList();
  }

  /** What frames of an end look like; null: they are another tunnel's, which says more of them. */
  private @Nullable ByteBuffer endId(TunnelPort tunnel, InetAddress remote, long key) {
    ByteBuffer id = TunnelEntry.id(tunnel.type(), remote, tunnel.local(), key);
    List<ByteBuffer> more = new ArrayList<>(List.of(id));
    if (tunnel.isRemoteOfFlow()) {
      long any = TunnelPort.KEY_OF_FLOW;
      more.add(TunnelEntry.id(tunnel.type(), remote, tunnel.local(), any));
      more.add(TunnelEntry.id(tunnel.type(), null, tunnel.local(), key));
    }
    more.removeAll(ids(tunnel));
    return more.stream().anyMatch(configured::contains) ? null : id;
  }

  /** Has what these tunnels need. */
  public void configure(SwitchConfig config) throws IOException {
    wanted.clear();
    configured.clear();
    greRemotes.clear();
    boolean gre = false;
    Set<RouteQuery> asked = new HashSet<>();
    for (BridgeConfig bridge : config.bridges().values()) {
      for (PortConfig port : bridge.ports().values()) {
        if (port instanceof TunnelPort tunnel) {
          if (tunnel.type() != TunnelType.GRE) {
            wanted.add(device(tunnel));
          }
          gre |= tunnel.type() == TunnelType.GRE;
          configured.addAll(ids(tunnel));
          tunnel.remotes().forEach(remote -> asked.add(query(tunnel, remote)));
        }
      }
    }
    for (RouteQuery old : queries) {
      if (!asked.contains(old)) {
        resolver.remove(old);
      }
    }
    queries.clear();
    queries.addAll(asked);
    if (gre && packets == null) {
      packets = GrePackets.open(counters);
    } else if (!gre && packets != null) {
      packets.close();
      packets = null;
    }
    mend();
  }

  /**
   * Takes in what has happened since the last time: events, and now and then what the kernel tells
   * nothing of: path MTUs, UDP ports that have become free.
   *
   * @param devicesChanged whether devices of the host have
   * @param routesChanged whether {@link #fd} is readable
   * @return whether a remote may be reached by another way
   */
  public boolean update(long nowMillis, boolean devicesChanged, boolean routesChanged)
      throws IOException {
    boolean due = nowMillis - lastMendMillis >= MEND_MILLIS && !queries.isEmpty();
    boolean changed = false;
    if (devicesChanged || (due && devices.hasProblems())) {
      mend();
      changed = true;
    }
    if (due) {
      lastMendMillis = nowMillis;
      changed |= !resolver.refresh().isEmpty();
    } else if (routesChanged) {
      changed |= !resolver.poll().isEmpty();
    }
    return changed;
  }

  /** Makes the devices that are missing, and those right that somebody has changed. */
  private void mend() throws IOException {
    devices.ensure(wanted);
  }

  /** Removes the devices that nobody needs, after their ports were parted. */
  public void removeUnneeded() throws IOException {
    devices.removeOthers(wanted);
  }

  /** Removes all devices. */
  public void removeAll() throws IOException {
    wanted.clear();
    devices.removeOthers(wanted);
  }

  /** {@code enum tunnel_type} by the indexes of the external devices that are there. */
  public Map<Integer, Integer> externals() {
    Map<Integer, Integer> found = new TreeMap<>();
    for (ExternalDevices.Wanted one : wanted) {
      int ifindex = devices.state(one).ifindex();
      if (ifindex != 0) {
        found.put(ifindex, TunnelEntry.type(one.type()));
      }
    }
    return found;
  }

  /**
   * How a remote of a configured tunnel is reached.
   *
   * @param key that packets have; the tunnel's, or what flows say
   * @param port its number
   */
  public Way way(TunnelPort tunnel, InetAddress remote, long key, int port) throws IOException {
    RouteResolution route = resolver.add(query(tunnel, remote));
    queries.add(query(tunnel, remote));
    String problem = route instanceof RouteResolution.Unreachable no ? no.reason() : null;
    int ifindex = 0;
    if (tunnel.type() == TunnelType.GRE) {
      greRemotes.put(port, new GreRemote(tunnel, remote, port));
      ifindex = route instanceof RouteResolution.Reachable to ? to.ifindex() : 0;
    } else {
      ExternalDevices.State device = devices.state(device(tunnel));
      ifindex = device.ifindex();
      problem = device.problem() == null ? problem : device.problem();
    }
    InetAddress source = tunnel.local();
    InetAddress nextHop = null;
    int mtu = 0;
    if (route instanceof RouteResolution.Reachable to) {
      mtu = to.mtu() == 0 ? 0 : Math.max(0, to.mtu() - overhead(tunnel, remote));
      if (tunnel.type() == TunnelType.GRE) {
        source = to.source();
        nextHop = to.gateway();
      }
    }
    return new Way(
        TunnelEntry.tunnel(tunnel, remote, key, port, ifindex, source, nextHop, mtu),
        tunnel.type() != TunnelType.GRE
            ? key == tunnel.key() && !tunnel.isRemoteOfFlow()
                ? TunnelEntry.id(tunnel, remote)
                : endId(tunnel, remote, key)
            : source == null ? null : TunnelEntry.id(tunnel.type(), remote, source, tunnel.key()),
        mtu,
        problem == null,
        problem);
  }

  /** How a tunnel whose remotes flows say takes in what is of no end that it has. */
  public Way anyWay(TunnelPort tunnel) {
    ExternalDevices.State device = devices.state(device(tunnel));
    return new Way(
        ByteBuffer.allocate(Layout.Tunnel.SIZE),
        TunnelEntry.id(tunnel.type(), null, tunnel.local(), tunnel.key()),
        0,
        device.problem() == null,
        device.problem());
  }

  /** GRE's slow path; null: there is no GRE tunnel. */
  public @Nullable GrePackets packets() {
    return packets;
  }

  /** GRE packets that were no tunnel's, or broken. */
  public long foreign() {
    return packets == null ? 0 : packets.foreign();
  }

  /** What seldom happens to frames of remotes. */
  public RemoteCounters counters() {
    return counters;
  }

  /**
   * Sends a frame to a GRE remote by the host's stack.
   *
   * @param port the remote's
   * @return false if that is no GRE remote
   */
  public boolean send(int port, ByteBuffer frame, int offset, int length) throws IOException {
    GreRemote remote = greRemotes.get(port);
    if (remote == null || packets == null) {
      return false;
    }
    packets.send(remote, frame, offset, length);
    return true;
  }

  /** Hands over frames that came by the host's stack, at most so many a socket. */
  public void receive(int most, GrePackets.Sink sink) throws IOException {
    if (packets != null) {
      packets.receive(greRemotes.values(), most, sink);
    }
  }

  /** Whether the port is a GRE remote whose outer packets may be fragmented. */
  public boolean mayFragment(int port) {
    GreRemote remote = greRemotes.get(port);
    return remote != null && !remote.config().dontFragment();
  }

  /** Bytes between the outer packet's first and the inner packet's. */
  static int overhead(TunnelPort tunnel, InetAddress remote) {
    int bytes = (TunnelEntry.isIpv6(remote) ? 40 : 20) + ETHERNET;
    if (tunnel.type() != TunnelType.GRE) {
      return bytes + UDP_AND_HEADER;
    }
    bytes += GRE_WORD;
    bytes += tunnel.key() >= 0 ? GRE_WORD : 0;
    return bytes + (tunnel.checksum() ? GRE_WORD : 0);
  }

  private static ExternalDevices.Wanted device(TunnelPort tunnel) {
    return new ExternalDevices.Wanted(tunnel.type(), tunnel.udpPort());
  }

  private static RouteQuery query(TunnelPort tunnel, InetAddress remote) {
    return new RouteQuery(remote, tunnel.local(), Math.max(0, tunnel.tos()) & 0xfc, 0);
  }

  @Override
  public void close() {
    if (packets != null) {
      packets.close();
    }
    resolver.close();
    socket.close();
  }
}
