// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.control;

import dev.plumbline.datapath.config.BridgeConfig;
import dev.plumbline.datapath.config.PortConfig;
import dev.plumbline.datapath.config.PortConfig.DevicePort;
import dev.plumbline.datapath.config.PortConfig.HostPort;
import dev.plumbline.datapath.config.PortConfig.TunnelPort;
import dev.plumbline.datapath.fastpath.FastPath;
import dev.plumbline.datapath.fastpath.PortLink;
import dev.plumbline.datapath.port.Device;
import dev.plumbline.datapath.port.DeviceClaim;
import dev.plumbline.datapath.port.DeviceWatch;
import dev.plumbline.datapath.translate.PortId;
import dev.plumbline.datapath.translate.SwitchState;
import dev.plumbline.datapath.translate.TunnelEnd;
import dev.plumbline.datapath.tunnel.Tunnels;
import dev.plumbline.netlink.libc.Errno;
import dev.plumbline.netlink.libc.ErrnoException;
import dev.plumbline.netlink.route.Vrf;
import dev.plumbline.netlink.socket.NetlinkException;
import java.io.IOException;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Which port is joined to which device. A device that goes takes its port down; one of that name
 * that comes takes it up again, whatever its index is.
 */
final class Joints {
  /**
   * What a port is to be joined to.
   *
   * @param problem why it is not up though its devices are there; null: nothing is known
   */
  private record Joint(int bridge, PortLink link, boolean up, @Nullable String problem) {}

  private final FastPath fast;
  private final DeviceWatch devices;
  private final Tunnels tunnels;
  private final Map<Integer, Joint> joints = new TreeMap<>();
  private final Map<Integer, String> failures = new TreeMap<>();
  private final Set<Integer> shared = new TreeSet<>();
  private final Map<Integer, DeviceClaim> claims = new TreeMap<>();

  /**
   * Of one switch.
   *
   * @param earlier what devices were before an earlier process made them ports
   */
  Joints(FastPath fast, DeviceWatch devices, Tunnels tunnels, Map<Integer, DeviceClaim> earlier) {
    this.claims.putAll(earlier);
    this.fast = fast;
    this.devices = devices;
    this.tunnels = tunnels;
  }

  /** Joins and parts what has to be; returns the state with the ports up that are. */
  SwitchState join(SwitchState state) throws IOException {
    return join(state, false);
  }

  /**
   * As {@link #join(SwitchState)}.
   *
   * @param share whether the host keeps, until {@link #endSharing}, what devices that are joined
   *     now receive for their own addresses
   */
  SwitchState join(SwitchState state, boolean share) throws IOException {
    Map<Integer, Joint> wanted = new TreeMap<>();
    for (Map.Entry<PortId, Integer> one : state.numbers().ports().entrySet()) {
      Joint joint = joint(state, one.getKey(), one.getValue());
      if (joint != null) {
        wanted.put(one.getValue(), joint);
      }
    }
    fast.externals(tunnels.externals());
    for (int number : new ArrayList<>(joints.keySet())) {
      if (!wanted.containsKey(number)) {
        part(number);
      }
    }
    for (int number : new ArrayList<>(claims.keySet())) {
      if (!wanted.containsKey(number)) {
        release(number);
      }
    }
    failures.keySet().retainAll(wanted.keySet());
    SwitchState next = state;
    for (Map.Entry<Integer, Joint> one : wanted.entrySet()) {
      int number = one.getKey();
      Joint before = joints.get(number);
      Joint now = one.getValue();
      if (share && before == null && now.link() instanceof PortLink.Device) {
        shared.add(number);
        fast.share(shared);
      }
      if (before == null || before.bridge() != now.bridge() || !before.link().equals(now.link())) {
        join(number, now);
      } else {
        claim(number, now.link());
        joints.put(number, now);
        failed(number, now.problem());
      }
    }
    underlays();
    for (int number : state.numbers().ports().values()) {
      Joint joint = joints.get(number);
      boolean up = joint != null && joint.up();
      if (isPhysical(number) && next.isUp(number) != up) {
        next = next.withUp(number, up);
      }
    }
    return next;
  }

  /** All that devices receive is the switch's. */
  void endSharing() throws IOException {
    shared.clear();
    fast.share(shared);
  }

  private void part(int number) throws IOException {
    shared.remove(number);
    fast.part(number);
    joints.remove(number);
    release(number);
  }

  /** A NIC hands over frames for others' addresses only if it is told to. */
  private void claim(int number, PortLink link) throws IOException {
    Device device = link instanceof PortLink.Device of ? devices.device(of.ifindex()) : null;
    DeviceClaim claim = claims.get(number);
    if (claim != null && (device == null || claim.ifindex() != device.ifindex())) {
      release(number);
    }
    if (device != null && device.isUp() && !device.isPromiscuous()) {
      try {
        claims.put(number, devices.claim(device));
      } catch (NetlinkException e) {
        if (e.errno() != Errno.ENODEV) {
          throw e;
        }
        // It went at this moment, its event is on the way.
      }
    }
  }

  private void release(int number) throws IOException {
    DeviceClaim claim = claims.remove(number);
    if (claim != null) {
      devices.release(claim);
    }
  }

  private void join(int number, Joint joint) throws IOException {
    try {
      // First, for from the other on the host itself has no part in what comes by the device.
      claim(number, joint.link());
      fast.join(number, joint.bridge(), joint.link());
      joints.put(number, joint);
      failed(number, joint.problem());
    } catch (ErrnoException e) {
      // ENODEV: the device went at this moment, its event is on the way.
      if (e.errno() != Errno.ENODEV && e.errno() != Errno.EOPNOTSUPP) {
        throw e;
      }
      part(number);
      failures.put(number, String.valueOf(e.getMessage()));
    }
  }

  /**
   * GRE may come by any device of the host's that has an Ethernet header, but for ports. What comes
   * by members of bridges and bonds comes by those.
   */
  private void underlays() throws IOException {
    Set<Integer> found = new TreeSet<>();
    if (tunnels.packets() != null) {
      for (Device device : devices.devices()) {
        Device master = device.master() == 0 ? null : devices.device(device.master());
        if (device.mac() != 0 && (master == null || Vrf.KIND.equals(master.kind()))) {
          found.add(device.ifindex());
        }
      }
      for (Joint joint : joints.values()) {
        if (joint.link() instanceof PortLink.Device device) {
          found.remove(device.ifindex());
        } else if (joint.link() instanceof PortLink.Host host) {
          found.remove(host.leg());
        }
      }
    }
    try {
      fast.underlays(found);
    } catch (ErrnoException e) {
      if (e.errno() != Errno.ENODEV) {
        throw e;
      }
    }
  }

  private void failed(int number, @Nullable String problem) {
    if (problem == null) {
      failures.remove(number);
    } else {
      failures.put(number, problem);
    }
  }

  private static boolean isPhysical(int number) {
    return number < dev.plumbline.datapath.translate.PortNumbers.BONDS;
  }

  private @Nullable Joint joint(SwitchState state, PortId id, int portNumber) throws IOException {
    BridgeConfig bridge = state.config().bridges().get(id.bridge());
    PortConfig port = bridge == null ? null : bridge.ports().get(id.port());
    int number = state.numbers().bridge(id.bridge());
    if (port instanceof DevicePort device) {
      return deviceJoint(number, device.device(), false);
    }
    if (port instanceof PortConfig.BondPort && !id.part().isEmpty()) {
      return deviceJoint(number, id.part(), true);
    }
    if (port instanceof HostPort host) {
      Device device = devices.device(host.device());
      Device leg = devices.device(host.leg());
      return device == null || leg == null
          ? null
          : new Joint(
              number,
              new PortLink.Host(device.ifindex(), leg.ifindex(), device.mtu()),
              device.isUp() && leg.isUp(),
              null);
    }
    return port instanceof TunnelPort tunnel ? tunnelJoint(number, id, tunnel, portNumber) : null;
  }

  private @Nullable Joint tunnelJoint(int bridge, PortId id, TunnelPort tunnel, int port)
      throws IOException {
    Tunnels.Way way = way(id, tunnel, port);
    return way == null
        ? null
        : new Joint(
            bridge,
            new PortLink.Tunnel(way.tunnel(), way.id(), way.mtu()),
            way.up(),
            way.problem());
  }

  private Tunnels.@Nullable Way way(PortId id, TunnelPort tunnel, int port) throws IOException {
    TunnelEnd end = TunnelEnd.of(id);
    if (end != null) {
      return tunnels.way(tunnel, end.remote(), end.key(), port);
    }
    for (InetAddress remote : tunnel.remotes()) {
      if (remote.getHostAddress().equals(id.part())) {
        return tunnels.way(tunnel, remote, tunnel.key(), port);
      }
    }
    return tunnel.isRemoteOfFlow() ? tunnels.anyWay(tunnel) : null;
  }

  /**
   * A device's joint.
   *
   * @param byCarrier whether the port is down without a carrier. The kernel tells of a carrier up
   *     to a second late (net/core/link_watch.c), which only bonds have a reason to wait for
   */
  private @Nullable Joint deviceJoint(int bridge, String name, boolean byCarrier) {
    Device device = devices.device(name);
    return device == null
        ? null
        : new Joint(
            bridge,
            new PortLink.Device(device.ifindex(), device.hasPeerElsewhere(), device.mtu()),
            device.isUp() && (device.hasCarrier() || !byCarrier),
            null);
  }

  /** What devices were before they became ports, by the port's number. */
  Map<Integer, DeviceClaim> claims() {
    return claims;
  }

  /** Why a port could not be joined, by its number. */
  Map<Integer, String> failures() {
    return failures;
  }

  /** What a port is joined to; null: nothing. */
  @Nullable PortLink link(int number) {
    Joint joint = joints.get(number);
    return joint == null ? null : joint.link();
  }

  void partAll() throws IOException {
    List<Integer> all = new ArrayList<>(joints.keySet());
    for (int number : all) {
      part(number);
    }
  }
}
