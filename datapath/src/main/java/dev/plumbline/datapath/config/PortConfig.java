// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.config;

import java.net.InetAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A port of a bridge, by where its frames come from and go to. */
public sealed interface PortConfig {
  PortVlan vlan();

  /**
   * A device of the switch's own network namespace: a NIC, a veth's half, a tap. It need not be
   * there yet; one that vanishes is taken up again when it comes back.
   *
   * @param device its name
   */
  record DevicePort(String device, PortVlan vlan) implements PortConfig {}

  /**
   * The bridge's leg into the switch's own namespace: a veth pair whose one half, the device, is
   * the host's and whose other, the leg, is the switch's. What the host sends is decided on the
   * device's egress; only misses cross the pair. What it is sent is handed to its stack directly.
   *
   * @param device name of the host's half
   * @param leg name of the switch's half
   */
  record HostPort(String device, String leg, PortVlan vlan) implements PortConfig {}

  /**
   * One end of a wire to another bridge of this switch; no device.
   *
   * @param peerBridge the bridge at the other end
   * @param peerPort the port there, a patch port that names this one
   */
  record PatchPort(String peerBridge, String peerPort, PortVlan vlan) implements PortConfig {}

  /**
   * A tunnel to one remote or a mesh of several. Frames from one remote of a mesh never go to
   * another (split horizon), so that full meshes have no loops and no host relays for others.
   *
   * @param local source address; not named: the host's routing chooses
   * @param remotes all of the same IP version; none: flows say it ({@code tun_dst}), IPv4
   * @param key VXLAN, Geneve: network identifier, 0 to 2^24 - 1; GRE: 0 to 2^32 - 1, or -1 for no
   *     key field; {@link #KEY_OF_FLOW}
   * @param udpPort of the other end, 1 to 65535; GRE: 0
   * @param ttl 1 to 255 of outer packets; 0: the inner packet's, or 64 where it has none
   * @param tos outer DSCP as a TOS byte, 0 to 255; -1: the inner packet's. ECN follows RFC 6040 in
   *     either case
   * @param dontFragment whether outer packets forbid fragmentation (IPv4)
   * @param checksum GRE, VXLAN, Geneve: with a checksum
   */
  record TunnelPort(
      TunnelType type,
      @Nullable InetAddress local,
      List<InetAddress> remotes,
      long key,
      int udpPort,
      int ttl,
      int tos,
      boolean dontFragment,
      boolean checksum,
      PortVlan vlan)
      implements PortConfig {
    /** Flows say the key of what they send ({@code tun_id}), and see that of what comes. */
    public static final long KEY_OF_FLOW = -2;

    public TunnelPort {
      remotes = List.copyOf(remotes);
    }

    /** Whether flows say the key. */
    public boolean isKeyOfFlow() {
      return key == KEY_OF_FLOW;
    }

    /** Whether flows say the remote. */
    public boolean isRemoteOfFlow() {
      return remotes.isEmpty();
    }
  }

  /**
   * Several devices as one.
   *
   * @param members device names, at least one
   * @param primary the member that is active whenever it can be; active-backup only
   * @param upDelayMillis how long a member's carrier must be there before it is used
   * @param downDelayMillis how long it must be gone before the member is given up
   * @param rebalanceSeconds between rebalancings of balance-slb and balance-tcp; 0: never,
   *     otherwise 1 to 10,000
   */
  record BondPort(
      List<String> members,
      BondMode mode,
      @Nullable String primary,
      int upDelayMillis,
      int downDelayMillis,
      int rebalanceSeconds,
      PortVlan vlan)
      implements PortConfig {
    public BondPort {
      members = List.copyOf(members);
    }
  }

  /**
   * Encapsulations: RFC 7348, RFC 8926, RFC 2784 with RFC 2890 and Ethernet (RFC 7637's 0x6558).
   */
  enum TunnelType {
    VXLAN,
    GENEVE,
    GRE
  }

  /** Open vSwitch's {@code bond_mode}s; LACP is another matter and not here. */
  enum BondMode {
    ACTIVE_BACKUP,
    BALANCE_SLB,
    BALANCE_TCP
  }
}
