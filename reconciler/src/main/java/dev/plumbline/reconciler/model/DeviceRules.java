// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.model;

import dev.plumbline.netlink.libc.Errno;
import dev.plumbline.reconciler.kind.DeviceKind;
import dev.plumbline.reconciler.kind.DeviceKinds;
import dev.plumbline.reconciler.live.Capabilities;
import dev.plumbline.reconciler.resource.PeerText;
import dev.plumbline.reconciler.resource.Resource;
import dev.plumbline.reconciler.resource.ResourceId;
import dev.plumbline.reconciler.resource.ResourceType;
import dev.plumbline.spec.value.Durations;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** What drivers refuse to make, or to take as a port. */
final class DeviceRules {
  /** The kernel's own (IANA's is 4789). */
  static final String VXLAN_PORT = "8472";

  private static final int ELOOP = 40;
  private static final int ERANGE = 34;

  /** ETH_MIN_MTU (linux/if_ether.h), bytes; also the least that IPv4 works with. */
  static final int MIN_MTU = 68;

  /** Of Ethernet, IP, UDP and VXLAN before a frame (vxlan_headroom), bytes. */
  private static final int VXLAN_HEADERS = 50;

  private static final int VXLAN6_HEADERS = 70;

  /** IPV6_MIN_MTU (linux/ipv6.h), bytes. */
  static final int MIN_IPV6_MTU = 1280;

  /** BR_MAX_PATH_COST (net/bridge/br_private_stp.h). */
  private static final int MAX_PATH_COST = 65535;

  private final Store store;
  private final Parents parents;
  private final Capabilities capabilities;

  /** Devices whose MAC address somebody has set, by index (NET_ADDR_SET). */
  private final Set<Integer> addressed = new HashSet<>();

  /**
   * Bridges whose last port has left, by index, which takes their MAC address along unless somebody
   * has set one (br_stp_recalculate_bridge_id).
   */
  private final Set<Integer> withoutPorts = new HashSet<>();

  DeviceRules(Store store, Parents parents, Capabilities capabilities) {
    this.store = store;
    this.parents = parents;
    this.capabilities = capabilities;
  }

  /** Whether a device of these fields can be made. */
  void make(Resource wanted) throws RefusedException {
    ResourceId id = wanted.id();
    String kind = wanted.get("kind");
    boolean unknown = DeviceKinds.of(kind) == null || capabilities.missingKinds().contains(kind);
    RefusedException.when(unknown, Errno.EOPNOTSUPP, "no driver makes a device of kind " + kind);
    boolean tun = kind.equals("tun");
    RefusedException.when(tun, Errno.EOPNOTSUPP, "only /dev/net/tun makes such");
    noConflict(wanted);
    if (!wanted.get("parent").isEmpty()) {
      Resource parent =
          lowest(wanted, store.need(ResourceId.deviceIn(id.namespace(), wanted.get("parent"))));
      if (kind.equals("macvlan")) {
        RefusedException.when(
            !hasFrames(parent), Errno.EINVAL, parent.id() + " hands nobody its frames");
        boolean port = !parent.get("master").isEmpty() && takesFrames(parent);
        RefusedException.when(port, Errno.EBUSY, parent.id() + " is a port");
        alone(parent, wanted);
      }
      boolean untagged = kind.equals("vlan") && !hasFrames(parent); // NETIF_F_VLAN_CHALLENGED
      RefusedException.when(untagged, Errno.EOPNOTSUPP, parent.id() + " takes no tags");
    }
    if (kind.equals("bond")) {
      BondRules.make(wanted);
    }
    if (!kind.equals("bridge")) {
      // Other drivers look at everything else before the device gets its name.
      values(wanted, wanted.fields(), true);
    }
    boolean taken = store.has(id);
    if (kind.equals("veth")) {
      ResourceId mate = PeerText.parse(wanted.get("peer"));
      store.needNamespace(mate.namespace());
      taken |= store.has(mate) || mate.equals(id);
    }
    RefusedException.when(taken, Errno.EEXIST, "the name is taken");
    values(wanted, wanted.fields(), true);
  }

  /** A macvlan over a macvlan is one over what that is over (macvlan_common_newlink). */
  Resource lowest(Resource wanted, Resource parent) {
    Resource below =
        wanted.get("kind").equals("macvlan") && parent.get("kind").equals("macvlan")
            ? parents.under(parent)
            : null;
    return below == null ? parent : lowest(wanted, below);
  }

  /** A macvlan in mode passthru has its parent for itself. */
  private void alone(Resource parent, Resource wanted) throws RefusedException {
    for (Resource other : parents.uppers(parent.id())) {
      boolean clash =
          other.get("kind").equals("macvlan") && (isPassthru(other) || isPassthru(wanted));
      RefusedException.when(clash, Errno.EINVAL, parent.id() + " has a macvlan for itself alone");
    }
  }

  private static boolean isPassthru(Resource device) {
    return device.get("mode").equals("passthru");
  }

  /** Whether the device may leave its namespace (netns_immutable). */
  void leave(Resource device) throws RefusedException {
    DeviceKind kind = DeviceKinds.of(device.get("kind"));
    boolean stays = isLoopback(device.id()) || (kind != null && kind.staysInNamespace());
    RefusedException.when(stays, Errno.EINVAL, device.id() + " stays in its namespace");
  }

  /**
   * Whether a device can have these values (br_changelink and the like).
   *
   * @param anew whether it is being made
   */
  void values(Resource device, Map<String, String> values, boolean anew) throws RefusedException {
    String mask = values.getOrDefault("groupForwardMask", "");
    // The STP, pause and LACP addresses are never forwarded (BR_GROUPFWD_RESTRICTED).
    boolean restricted = !mask.isEmpty() && (Integer.decode(mask) & 7) != 0;
    RefusedException.when(restricted, Errno.EINVAL, "such frames are never forwarded");
    String priority = values.getOrDefault("port.priority", "");
    // BR_PORT_BITS and so on (net/bridge/br_stp_if.c): six bits.
    boolean high = !priority.isEmpty() && Integer.parseInt(priority) > 63;
    RefusedException.when(high, ERANGE, "a port's priority is 63 at most");
    String cost = values.getOrDefault("port.pathCost", "");
    boolean free =
        !cost.isEmpty() && (Integer.parseInt(cost) < 1 || MAX_PATH_COST < Integer.parseInt(cost));
    RefusedException.when(free, ERANGE, "a port costs 1 to " + MAX_PATH_COST);
    // As it is before the change (br_set_forward_delay); times are in seconds.
    String delay = values.getOrDefault("stp.forwardDelay", "");
    boolean range =
        !delay.isEmpty()
            && device.get("stp.enabled").equals("true")
            && !anew
            && !isWithin(delay, 2, 30);
    RefusedException.when(range, ERANGE, "the delay is out of range while STP is on");
    mtu(device, values, anew);
  }

  private static boolean isWithin(String duration, long least, long most) {
    long seconds = Durations.parse(duration).toSeconds();
    return seconds >= least && seconds <= most;
  }

  /** Whether the ends of a VXLAN device are of one family, looked at before all else. */
  static void family(Resource asked) throws RefusedException {
    boolean mixed =
        asked.get("kind").equals("vxlan")
            && !asked.get("local").isEmpty()
            && !asked.get("remote").isEmpty()
            && asked.get("local").contains(":") != asked.get("remote").contains(":");
    RefusedException.when(mixed, Errno.EINVAL, "one end is IPv6 and the other is not");
  }

  private void noConflict(Resource asked) throws RefusedException {
    boolean vxlan = asked.get("kind").equals("vxlan");
    boolean port = vxlan && asked.get("port").isEmpty();
    Resource wanted = port ? asked.with("port", VXLAN_PORT) : asked;
    family(asked);
    DeviceKind kind = DeviceKinds.of(wanted.get("kind"));
    String key = kind == null ? null : kind.conflict().apply(wanted);
    for (Resource other : store.ofType(ResourceType.DEVICE)) {
      boolean same =
          key != null
              && other.id().namespace().equals(wanted.id().namespace())
              && other.get("kind").equals(wanted.get("kind"))
              && (!vxlan || isIpv6(other) == isIpv6(wanted))
              && key.equals(Objects.requireNonNull(kind).conflict().apply(other));
      RefusedException.when(same, Errno.EEXIST, "it clashes with " + other.id());
    }
  }

  /** Whether the device's master gets all frames that it receives. */
  private boolean takesFrames(Resource port) {
    Resource master = store.under(port, "master");
    return master != null && !master.get("kind").equals("vrf");
  }

  private void mtu(Resource device, Map<String, String> values, boolean anew)
      throws RefusedException {
    String mtu = values.getOrDefault("mtu", "");
    if (mtu.isEmpty()) {
      return;
    }
    int wanted = Integer.parseInt(mtu);
    RefusedException.when(
        wanted < leastMtu(device), Errno.EINVAL, "the MTU is less than the device's minimum");
    // At a creation it is made smaller instead (vxlan_change_mtu, vxlan_config_apply).
    Resource parent =
        device.get("kind").equals("vxlan") && !anew ? store.under(device, "parent") : null;
    int headers = isIpv6(device) ? VXLAN6_HEADERS : VXLAN_HEADERS;
    boolean large = parent != null && wanted > Integer.parseInt(parent.get("mtu")) - headers;
    RefusedException.when(large, Errno.EINVAL, "the packets are too long for the device below");
  }

  /** As the drivers set it (dev->min_mtu), bytes. */
  private static int leastMtu(Resource device) {
    return switch (device.get("kind")) {
      case "dummy", "vlan" -> 0;
      case "vrf" -> MIN_IPV6_MTU;
      default -> isLoopback(device.id()) ? 0 : MIN_MTU;
    };
  }

  /** Whether both ends of such a tunnel stay what they are, IPv4 or IPv6. */
  static boolean hasFamily(String kind) {
    return kind.equals("vxlan") || kind.equals("geneve");
  }

  /** Whether a tunnel's own packets are IPv6. */
  static boolean isIpv6(Resource tunnel) {
    return (tunnel.get("remote") + tunnel.get("local")).contains(":");
  }

  static boolean isLoopback(ResourceId device) {
    return device.device().equals("lo");
  }

  /**
   * Whether what a device receives are Ethernet frames that another one can take from it: not lo
   * and tunnels of packets, and not a VRF (IFF_NO_RX_HANDLER).
   */
  private static boolean hasFrames(Resource device) {
    String kind = device.get("kind");
    boolean packets = kind.equals("gre") || kind.equals("ip6gre");
    return !isLoopback(device.id()) && !packets && !kind.equals("vrf");
  }

  /** A device has joined the master. */
  void joined(ResourceId master) {
    withoutPorts.remove(store.indexes().get(master));
  }

  /** A device is in the master no more. */
  void left(Resource master) {
    Integer index = store.indexes().get(master.id());
    boolean bridge = master.get("kind").equals("bridge");
    if (bridge && index != null && store.ports(master.id()).isEmpty()) {
      withoutPorts.add(index);
    }
  }

  /** Somebody has set the device's MAC address. */
  void addressed(ResourceId device) {
    Integer index = store.indexes().get(device);
    if (index != null) {
      addressed.add(index);
    }
  }

  private boolean hasAddress(ResourceId device) {
    Integer index = store.indexes().get(device);
    return !withoutPorts.contains(index) || addressed.contains(index);
  }

  /** Whether a device that is in no master may join this one. */
  void join(Resource device, Resource master) throws RefusedException {
    ResourceId id = device.id();
    switch (master.get("kind")) {
      case "bridge" -> {
        RefusedException.when(!hasFrames(device), Errno.EINVAL, id + " joins no bridge");
        RefusedException.when(!hasAddress(id), Errno.EINVAL, id + " has no MAC address");
        boolean bridge = device.get("kind").equals("bridge");
        RefusedException.when(bridge, ELOOP, "a bridge in a bridge");
        boolean below =
            store.uppers(id).stream().anyMatch(each -> each.get("kind").equals("macvlan"));
        RefusedException.when(below, Errno.EBUSY, "a macvlan takes the frames of " + id);
        RefusedException.when(isOver(device, master), Errno.EBUSY, id + " is over " + master.id());
      }
      case "bond" -> {
        boolean vrf = device.get("kind").equals("vrf");
        RefusedException.when(vrf, Errno.EPERM, "a VRF in a bond");
        RefusedException.when(
            store.isUp(id), Errno.EPERM, "a device that is up does not join a bond");
        boolean self = id.equals(master.id());
        RefusedException.when(self, Errno.EPERM, "a bond in itself");
        Resource parent = store.under(device, "parent");
        boolean tagged = device.get("kind").equals("vlan");
        // Members are set up.
        boolean down = tagged && parent != null && !parent.get("up").equals("true");
        RefusedException.when(down, Errno.ENETDOWN, "the device below " + id + " is down");
        RefusedException.when(isOver(device, master), Errno.EBUSY, id + " is over " + master.id());
      }
      case "vrf" -> {
        RefusedException.when(isLoopback(id), Errno.EOPNOTSUPP, "lo joins no VRF");
        boolean vrf = device.get("kind").equals("vrf");
        RefusedException.when(vrf, Errno.EINVAL, "a VRF in a VRF");
        RefusedException.when(isOver(device, master), Errno.EBUSY, id + " is over " + master.id());
      }
      default -> throw new RefusedException(Errno.EOPNOTSUPP, master.id() + " takes no ports");
    }
  }

  /** Whether a device is the other one, or rests on it: as its master, or over it. */
  boolean isOver(Resource device, Resource other) {
    Resource parent = store.under(device, "parent");
    return device.id().equals(other.id())
        || (parent != null && isOver(parent, other))
        || store.ports(device.id()).stream().anyMatch(port -> isOver(port, other));
  }
}
