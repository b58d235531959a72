// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.tunnel;

import dev.plumbline.datapath.config.PortConfig.TunnelType;
import dev.plumbline.netlink.libc.Errno;
import dev.plumbline.netlink.namespace.Sysctl;
import dev.plumbline.netlink.route.Geneve;
import dev.plumbline.netlink.route.Link;
import dev.plumbline.netlink.route.LinkBuilder;
import dev.plumbline.netlink.route.RouteSocket;
import dev.plumbline.netlink.route.Vxlan;
import dev.plumbline.netlink.socket.NetlinkException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The kernel's external ("metadata") devices that VXLAN and Geneve tunnels go by: they are told
 * remote and key frame by frame. One for each type and UDP port, since it holds that UDP port;
 * known by name ({@code pl-vxlan-4789}) and alias, so that the next process adopts it.
 */
final class ExternalDevices {
  /** What their alias begins with; the switch's own name follows. */
  static final String ALIAS = "plumbline-switch:tunnels:";

  private static final int EADDRINUSE = 98; // <asm-generic/errno.h>

  /** One device. */
  record Wanted(TunnelType type, int udpPort) {
    String kind() {
      return type.name().toLowerCase(Locale.ROOT);
    }

    String device() {
      return "pl-" + kind() + "-" + udpPort;
    }
  }

  /**
   * What became of it.
   *
   * @param ifindex 0: it could not be made
   * @param problem why, as a sentence without an end; null: it is there
   */
  record State(int ifindex, @Nullable String problem) {}

  private final RouteSocket socket;
  private final String alias;
  private final Map<Wanted, State> states = new HashMap<>();

  /**
   * Of one switch.
   *
   * @param owner name of the switch in its network namespace
   */
  ExternalDevices(RouteSocket socket, String owner) {
    this.socket = socket;
    this.alias = ALIAS + owner;
  }

  /** Makes, adopts and mends what is wanted; nothing is removed. */
  void ensure(Set<Wanted> wanted) throws IOException {
    states.keySet().retainAll(wanted);
    if (wanted.isEmpty()) {
      return;
    }
    List<Link> links = socket.links();
    for (Wanted one : wanted) {
      State state;
      try {
        state = ensure(one, links);
      } catch (NetlinkException e) {
        state = new State(0, String.valueOf(e.getMessage()));
      }
      states.put(one, state);
    }
  }

  /** Removes those of this switch that are not wanted. */
  void removeOthers(Set<Wanted> wanted) throws IOException {
    Set<String> names = wanted.stream().map(Wanted::device).collect(Collectors.toSet());
    for (Link link : socket.links()) {
      if (alias.equals(link.alias()) && !names.contains(link.name())) {
        remove(link.index());
      }
    }
  }

  private void remove(int ifindex) throws IOException {
    try {
      socket.execute(Link.delete(ifindex));
    } catch (NetlinkException e) {
      if (e.errno() != Errno.ENODEV) {
        throw e;
      }
    }
  }

  /** What became of a device that was wanted. */
  State state(Wanted wanted) {
    return Objects.requireNonNull(states.get(wanted), wanted::device);
  }

  boolean hasProblems() {
    return states.values().stream().anyMatch(state -> state.problem() != null);
  }

  private State ensure(Wanted wanted, List<Link> links) throws IOException {
    Link there = find(links, wanted.device());
    if (there != null && !isOurs(there, wanted)) {
      return new State(0, "device " + wanted.device() + " is there, and its alias is not " + alias);
    }
    if (there != null && !fits(there, wanted)) {
      socket.execute(Link.delete(there.index()));
      there = null;
    }
    if (there == null) {
      try {
        there = create(wanted);
      } catch (NetlinkException e) {
        return new State(0, refusal(wanted, e, links));
      }
    }
    Long known = there.get(Link.MAX_MTU);
    long most = known == null ? there.mtu() : known;
    if (!there.isUp() || there.mtu() != most || !alias.equals(there.alias())) {
      try {
        disableIpv6(wanted.device());
        socket.execute(Link.alias(there.index(), alias));
        socket.execute(Link.change(Link.at(there.index()).mtu(most).up()));
      } catch (NetlinkException e) {
        remove(there.index());
        return new State(0, refusal(wanted, e, links));
      }
    }
    return new State(there.index(), null);
  }

  /** One without an alias is ours too: the process may have ended in the middle of making it. */
  private boolean isOurs(Link link, Wanted wanted) {
    String mark = link.alias();
    return alias.equals(mark)
        || ((mark == null || mark.isEmpty()) && !link.isUp() && fits(link, wanted));
  }

  private static boolean fits(Link link, Wanted wanted) {
    boolean vxlan = wanted.type() == TunnelType.VXLAN;
    return wanted.kind().equals(link.kind())
        && link.data().get(vxlan ? Vxlan.COLLECT_METADATA : Geneve.COLLECT_METADATA, false)
        && link.data().get(vxlan ? Vxlan.PORT : Geneve.PORT, 0) == wanted.udpPort()
        && (!vxlan || !link.data().get(Vxlan.LEARNING, true));
  }

  private Link create(Wanted wanted) throws IOException {
    LinkBuilder link = Link.named(wanted.device()).kind(wanted.kind());
    if (wanted.type() == TunnelType.VXLAN) {
      link.data(Vxlan.COLLECT_METADATA, true)
          .data(Vxlan.PORT, wanted.udpPort())
          .data(Vxlan.LEARNING, false)
          .data(Vxlan.UDP_ZERO_CSUM6_RX, true);
    } else {
      link.data(Geneve.COLLECT_METADATA, true)
          .data(Geneve.PORT, wanted.udpPort())
          .data(Geneve.UDP_ZERO_CSUM6_RX, true);
    }
    socket.execute(Link.create(link));
    Link made = socket.link(wanted.device());
    if (made == null) {
      throw new IOException("device " + wanted.device() + " went as soon as it was made");
    }
    return made;
  }

  private static String refusal(Wanted wanted, NetlinkException e, List<Link> links) {
    if (e.errno() == Errno.EOPNOTSUPP) {
      return "this kernel has no " + wanted.kind() + " driver";
    }
    if (e.errno() != EADDRINUSE && e.errno() != Errno.EEXIST && e.errno() != Errno.EBUSY) {
      return String.valueOf(e.getMessage());
    }
    for (Link link : links) {
      boolean holds =
          Vxlan.KIND.equals(link.kind())
              ? link.data().get(Vxlan.PORT, 0) == wanted.udpPort()
              : Geneve.KIND.equals(link.kind())
                  && link.data().get(Geneve.PORT, 0) == wanted.udpPort();
      if (holds && !link.name().equals(wanted.device())) {
        return "UDP port " + wanted.udpPort() + " is held by device " + link.name();
      }
    }
    return "UDP port " + wanted.udpPort() + " is held by another program or device of the host";
  }

  /** Nothing but tunnelled frames is ever to leave by it. */
  private static void disableIpv6(String device) throws IOException {
    try {
      Sysctl.write("net/ipv6/conf/" + device + "/disable_ipv6", "1");
    } catch (NoSuchFileException e) {
      // A kernel without IPv6 has nothing to be disabled.
      if (Files.exists(Path.of("/proc/sys/net/ipv6"))) {
        throw e;
      }
    }
  }

  private static @Nullable Link find(List<Link> links, String name) {
    return links.stream().filter(link -> link.name().equals(name)).findAny().orElse(null);
  }
}
