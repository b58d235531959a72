// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.fastpath;

import dev.plumbline.datapath.bpf.SmallProgram;
import dev.plumbline.netlink.libc.Errno;
import dev.plumbline.netlink.socket.NetlinkException;
import dev.plumbline.netlink.socket.NetlinkSocket;
import dev.plumbline.netlink.traffic.BpfFilter;
import dev.plumbline.netlink.traffic.Clsact;
import dev.plumbline.netlink.traffic.MatchallFilter;
import dev.plumbline.netlink.traffic.TrafficFilter;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Keeps what ports receive from the host's own stack: a packet socket gets only a copy, and without
 * this the host would answer ARP and route for its guests. A filter on the clsact qdisc takes every
 * frame; sockets see frames before it (__netif_receive_skb_core, net/core/dev.c).
 *
 * <p>The filter is {@code matchall} with the action {@code gact}, which kernels have with no eBPF
 * at all, or else a {@code bpf} filter with a program of two instructions. It stays when the
 * process ends, so that a port's device is not the host's until the next one starts; the next one
 * finds it by its place, and {@link #release} takes away what is not a port any more.
 */
final class Screen implements AutoCloseable {
  /** TC_ACT_STOLEN: taken by somebody, not dropped; no counter of drops counts it. */
  private static final int TAKEN = 4;

  /** Behind the place of the switch's own programs: a priority has filters of one kind only. */
  private static final int PRIORITY = 2;

  private static final int HANDLE = 0x7063_0000;
  private static final String NAME = "plumbline:screen";

  /** At each {@link #repair}. */
  private static final int LOOKED_AT = 16;

  private final NetlinkSocket socket;
  private final int handle;
  private final Set<Integer> screened = new TreeSet<>();
  private final RoundRobin turn = new RoundRobin(LOOKED_AT);
  private @Nullable String refusal;

  private Screen(NetlinkSocket socket, int handle) {
    this.socket = socket;
    this.handle = handle;
  }

  /**
   * For the devices of the calling thread's namespace.
   *
   * @param name of the switch: two of them in a namespace leave each other's alone
   */
  static Screen open(String name) throws IOException {
    return new Screen(NetlinkSocket.open(NetlinkSocket.ROUTE), HANDLE | (name.hashCode() & 0xffff));
  }

  /** Why a device is not screened; null: all are. */
  @Nullable String refusal() {
    return refusal;
  }

  /**
   * Screens a device.
   *
   * @throws IOException with ENODEV if there is none; that the kernel has no way to do it is said
   *     by {@link #refusal} alone
   */
  void put(int ifindex) throws IOException {
    screened.add(ifindex);
    if (isScreened(ifindex)) {
      return;
    }
    try {
      socket.request(Clsact.add(ifindex));
    } catch (NetlinkException e) {
      if (e.errno() == Errno.ENODEV) {
        throw e;
      }
      if (e.errno() != Errno.EEXIST) {
        refusal = e.getMessage();
        return;
      }
    }
    try {
      socket.request(matchall(ifindex).put());
    } catch (NetlinkException e) {
      if (e.errno() == Errno.ENODEV) {
        throw e;
      }
      putProgram(ifindex, e);
    }
  }

  /** Screens again what somebody has laid open; returns the devices' indexes. */
  Set<Integer> repair() throws IOException {
    Set<Integer> repaired = new TreeSet<>();
    for (int ifindex : refusal == null ? turn.next(screened) : List.<Integer>of()) {
      try {
        if (!isScreened(ifindex)) {
          put(ifindex);
          repaired.add(ifindex);
        }
      } catch (NetlinkException e) {
        if (e.errno() != Errno.ENODEV) {
          throw e;
        }
        // It has gone, its event is on the way.
      }
    }
    return repaired;
  }

  private void putProgram(int ifindex, NetlinkException before) throws IOException {
    try (SmallProgram program = SmallProgram.load(TAKEN)) {
      socket.request(bpf(ifindex).put(program.fd()));
    } catch (IOException e) {
      if (e instanceof NetlinkException refused && refused.errno() == Errno.ENODEV) {
        throw e;
      }
      refusal = before.getMessage() + "; " + e.getMessage();
      removeQdisc(ifindex);
    }
  }

  private boolean isScreened(int ifindex) throws IOException {
    return ours(ifindex) != null;
  }

  private @Nullable TrafficFilter ours(int ifindex) throws IOException {
    for (MatchallFilter filter : MatchallFilter.list(socket, ifindex, Clsact.INGRESS)) {
      if (filter.priority() == PRIORITY && filter.handle() == handle) {
        return filter;
      }
    }
    for (BpfFilter filter : BpfFilter.list(socket, ifindex, Clsact.INGRESS)) {
      if (filter.priority() == PRIORITY && filter.handle() == handle) {
        return filter;
      }
    }
    return null;
  }

  /** The device's frames are the host's again. */
  void remove(int ifindex) throws IOException {
    screened.remove(ifindex);
    TrafficFilter filter = ours(ifindex);
    if (filter != null) {
      socket.request(filter.delete());
      removeQdisc(ifindex);
    }
  }

  /** Unless somebody else has a filter on it. */
  private void removeQdisc(int ifindex) throws IOException {
    if (TrafficFilter.count(socket, ifindex, Clsact.INGRESS) == 0
        && TrafficFilter.count(socket, ifindex, Clsact.EGRESS) == 0) {
      socket.request(Clsact.delete(ifindex));
    }
  }

  /** Removes those that an earlier process left and nobody has asked for since. */
  void release() throws IOException {
    List<Integer> all = new ArrayList<>(Clsact.devices(socket));
    all.removeAll(screened);
    for (int ifindex : all) {
      remove(ifindex);
    }
  }

  private MatchallFilter matchall(int ifindex) {
    return new MatchallFilter(ifindex, Clsact.INGRESS, PRIORITY, handle, TAKEN);
  }

  private BpfFilter bpf(int ifindex) {
    return new BpfFilter(ifindex, Clsact.INGRESS, PRIORITY, handle, NAME, 0);
  }

  /** What is screened stays so. */
  @Override
  public void close() {
    socket.close();
  }
}
