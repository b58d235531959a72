// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.netlink.probe;

import dev.plumbline.netlink.libc.Errno;
import dev.plumbline.netlink.libc.ErrnoException;
import dev.plumbline.netlink.namespace.NetNamespace;
import dev.plumbline.netlink.route.Address;
import dev.plumbline.netlink.route.Bridge;
import dev.plumbline.netlink.route.Link;
import dev.plumbline.netlink.route.LinkBuilder;
import dev.plumbline.netlink.route.RouteSocket;
import dev.plumbline.netlink.route.TunDevice;
import dev.plumbline.netlink.route.Veth;
import dev.plumbline.netlink.socket.NetlinkException;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Tries out which kinds of links and which further features the kernel has. Answers are kept for
 * the life of the instance. A probe takes about a millisecond, and may load the kernel module of
 * the kind (as making a device of the kind would).
 */
public final class KernelFeatures implements AutoCloseable {
  private static final String PROBE_NAME = "probe0";

  /** An EtherType that is no VLAN's. */
  private static final int NO_VLAN_PROTOCOL = 0x0800;

  private final Map<String, Boolean> answers = new LinkedHashMap<>();
  private final NetNamespace scratch;
  private final RouteSocket socket;

  private KernelFeatures(NetNamespace scratch, RouteSocket socket) {
    this.scratch = scratch;
    this.socket = socket;
  }

  /** Makes the scratch namespace; needs CAP_SYS_ADMIN. It is gone after {@link #close}. */
  public static KernelFeatures open() throws IOException {
    NetNamespace scratch = NetNamespace.scratch();
    try {
      return new KernelFeatures(scratch, RouteSocket.open(scratch));
    } catch (IOException | RuntimeException e) {
      scratch.close();
      throw e;
    }
  }

  /**
   * Whether the kernel can make links of this kind.
   *
   * @param kind the kernel's name, such as "bond"; "tun" asks for /dev/net/tun
   */
  public synchronized boolean supports(String kind) throws IOException {
    return kind.equals("tun") ? answer(kind, this::tryTun) : answer(kind, () -> tryKind(kind));
  }

  /** The kinds of these that the kernel lacks, in their order. */
  public List<String> missing(Collection<String> kinds) throws IOException {
    List<String> missing = new ArrayList<>();
    for (String kind : kinds) {
      if (!supports(kind)) {
        missing.add(kind);
      }
    }
    return missing;
  }

  /** The sentence for a kind that is missing: "this kernel has no bond driver". */
  public static String sentence(String kind) {
    return "this kernel has no " + kind + " driver";
  }

  /** Whether bridges can filter VLANs (CONFIG_BRIDGE_VLAN_FILTERING). */
  public synchronized boolean supportsBridgeVlanFiltering() throws IOException {
    return answer("bridge VLAN filtering", this::tryVlanFiltering);
  }

  /** Whether bridges snoop IGMP and MLD (CONFIG_BRIDGE_IGMP_SNOOPING). */
  public synchronized boolean supportsMulticastSnooping() throws IOException {
    return answer("bridge multicast snooping", this::tryMulticastSnooping);
  }

  /**
   * Whether addresses keep who made them (IFA_PROTO, Linux 5.18); a kernel without ignores it
   * silently.
   */
  public synchronized boolean supportsAddressProtocol() throws IOException {
    return answer("address protocol", this::tryAddressProtocol);
  }

  private interface Probe {
    boolean run() throws IOException;
  }

  private boolean answer(String feature, Probe probe) throws IOException {
    Boolean known = answers.get(feature);
    if (known == null) {
      known = probe.run();
      answers.put(feature, known);
    }
    return known;
  }

  private boolean tryKind(String kind) throws IOException {
    LinkBuilder link =
        kind.equals(Veth.KIND)
            ? Veth.named(PROBE_NAME, Link.named("probe1"))
            : Link.named(PROBE_NAME).kind(kind);
    try {
      socket.execute(Link.create(unmakeable(link)));
    } catch (NetlinkException e) {
      // Other refusals come after the driver was found. A driver's own EOPNOTSUPP has other words
      // or none; without words (before Linux 4.20) it is taken for a missing driver.
      boolean unknown = e.errno() == Errno.EOPNOTSUPP && isUnknownType(e);
      return !unknown;
    }
    socket.execute(Link.delete(PROBE_NAME));
    return true;
  }

  /**
   * A device that no driver can make: deleting a probe's device would take the kernel a grace
   * period or more, some 20 ms. The queues are counted after the driver is found and has looked at
   * its settings (rtnl_create_link, net/core/rtnetlink.c).
   */
  private static LinkBuilder unmakeable(LinkBuilder link) {
    return link.set(Link.NUM_TX_QUEUES, 0L);
  }

  private static boolean isUnknownType(NetlinkException e) {
    String words = e.kernelMessage();
    return words == null || words.contains("Unknown device type");
  }

  private boolean tryTun() throws IOException {
    if (!Files.exists(Path.of("/dev/net/tun"))) {
      return false;
    }
    try {
      TunDevice.tap(PROBE_NAME).create(scratch);
    } catch (ErrnoException e) {
      // The device node without the driver behind it.
      if (e.errno() == Errno.ENODEV || e.errno() == Errno.ENXIO) {
        return false;
      }
      throw e;
    }
    socket.execute(Link.delete(PROBE_NAME));
    return true;
  }

  /** A bridge that filters no VLANs does not look at their protocol (br_validate). */
  private boolean tryVlanFiltering() throws IOException {
    try {
      socket.execute(
          Link.create(
              unmakeable(Bridge.named(PROBE_NAME).data(Bridge.VLAN_PROTOCOL, NO_VLAN_PROTOCOL))));
    } catch (NetlinkException e) {
      return e.errno() == Errno.EPROTONOSUPPORT;
    }
    socket.execute(Link.delete(PROBE_NAME));
    return false;
  }

  private boolean tryMulticastSnooping() throws IOException {
    if (!supports(Bridge.KIND)) {
      return false;
    }
    socket.execute(Link.create(Bridge.named(PROBE_NAME)));
    Link made = socket.link(PROBE_NAME);
    socket.execute(Link.delete(PROBE_NAME));
    return made != null && made.data().has(Bridge.MCAST_SNOOPING);
  }

  private boolean tryAddressProtocol() throws IOException {
    int lo = socket.index("lo");
    Address address =
        Address.of(InetAddress.getByAddress(new byte[] {127, 9, 9, 9}), 32)
            .on(lo)
            .protocol(112)
            .build();
    socket.execute(Address.add(address));
    boolean kept = socket.addresses(lo).stream().anyMatch(one -> one.protocol() == 112);
    socket.execute(Address.delete(address));
    return kept;
  }

  /** Whether a device can be renamed while it is up (Linux 6.2); else EBUSY. */
  public synchronized boolean supportsLiveRename() throws IOException {
    return answer("live rename", this::tryLiveRename);
  }

  /** The loopback device is there already, and costs nothing to delete. */
  private boolean tryLiveRename() throws IOException {
    int lo = socket.index("lo");
    socket.execute(Link.setUp(lo));
    try {
      socket.execute(Link.rename(lo, "lo-probe"));
    } catch (NetlinkException e) {
      if (e.errno() != Errno.EBUSY) {
        throw e;
      }
      return false;
    }
    socket.execute(Link.rename(lo, "lo"));
    return true;
  }

  @Override
  public synchronized void close() {
    socket.close();
    scratch.close();
  }
}
