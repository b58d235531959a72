// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.netlink.route;

import static dev.plumbline.netlink.wire.Codecs.BOOL8;
import static dev.plumbline.netlink.wire.Codecs.FLAG;
import static dev.plumbline.netlink.wire.Codecs.S32;
import static dev.plumbline.netlink.wire.Codecs.U16;
import static dev.plumbline.netlink.wire.Codecs.U32;
import static dev.plumbline.netlink.wire.Codecs.U64;
import static dev.plumbline.netlink.wire.Codecs.U8;

import dev.plumbline.netlink.wire.Attribute;
import dev.plumbline.netlink.wire.AttributeMap;
import dev.plumbline.netlink.wire.AttributeSchema;

/**
 * A device as port of a {@link Bridge}: {@code IFLA_INFO_SLAVE_DATA} of slave kind "bridge".
 *
 * <p>All writable settings can be changed in place while the port is up. They are gone when the
 * port leaves the bridge. A new port takes the defaults; slave data in the message that enslaves is
 * applied after the enslaving, but slave data in the message that creates a link is ignored by the
 * kernel.
 *
 * <p>Source: {@code <linux/if_link.h>} IFLA_BRPORT_*, net/bridge/br_netlink.c.
 */
public final class BridgePort {
  /** The kernel's name of this kind. */
  public static final String KIND = "bridge";

  /**
   * STP state: 0 disabled, 1 listening, 2 learning, 3 forwarding, 4 blocking. Writable only while
   * STP is off; ENETDOWN when the port is down.
   */
  public static final Attribute<Integer> STATE = new Attribute<>(1, "IFLA_BRPORT_STATE", U8);

  /** Port priority in STP, 0 to 63. Default 32. */
  public static final Attribute<Integer> PRIORITY = new Attribute<>(2, "IFLA_BRPORT_PRIORITY", U16);

  /**
   * Path cost in STP, 1 to 65535; the default comes from the link's speed (10 Gb/s: 2, 1 Gb/s: 4,
   * unknown: 100).
   */
  public static final Attribute<Long> COST = new Attribute<>(3, "IFLA_BRPORT_COST", U32);

  /** Hairpin: may send a frame back out of the port it came from. Default off. */
  public static final Attribute<Boolean> MODE = new Attribute<>(4, "IFLA_BRPORT_MODE", BOOL8);

  /** BPDU guard: a BPDU received disables the port. Default off. */
  public static final Attribute<Boolean> GUARD = new Attribute<>(5, "IFLA_BRPORT_GUARD", BOOL8);

  /** Root block: the port may not become root port. Default off. */
  public static final Attribute<Boolean> PROTECT = new Attribute<>(6, "IFLA_BRPORT_PROTECT", BOOL8);

  /** A leave ends the group at once. Default off. */
  public static final Attribute<Boolean> FAST_LEAVE =
      new Attribute<>(7, "IFLA_BRPORT_FAST_LEAVE", BOOL8);

  /** MAC learning on this port. Default on. */
  public static final Attribute<Boolean> LEARNING =
      new Attribute<>(8, "IFLA_BRPORT_LEARNING", BOOL8);

  /** Whether frames to unknown unicast addresses go out here. Default on. */
  public static final Attribute<Boolean> UNICAST_FLOOD =
      new Attribute<>(9, "IFLA_BRPORT_UNICAST_FLOOD", BOOL8);

  /** The port answers ARP for known neighbours. Default off. */
  public static final Attribute<Boolean> PROXYARP =
      new Attribute<>(10, "IFLA_BRPORT_PROXYARP", BOOL8);

  /** As {@link #PROXYARP} with the rules of IEEE 802.11. Default off. */
  public static final Attribute<Boolean> PROXYARP_WIFI =
      new Attribute<>(12, "IFLA_BRPORT_PROXYARP_WIFI", BOOL8);

  /** Designated root. Read-only. */
  public static final Attribute<BridgeId> ROOT_ID =
      new Attribute<>(13, "IFLA_BRPORT_ROOT_ID", BridgeId.CODEC);

  /** Designated bridge. Read-only. */
  public static final Attribute<BridgeId> BRIDGE_ID =
      new Attribute<>(14, "IFLA_BRPORT_BRIDGE_ID", BridgeId.CODEC);

  /** Read-only. */
  public static final Attribute<Integer> DESIGNATED_PORT =
      new Attribute<>(15, "IFLA_BRPORT_DESIGNATED_PORT", U16);

  /** Read-only. */
  public static final Attribute<Integer> DESIGNATED_COST =
      new Attribute<>(16, "IFLA_BRPORT_DESIGNATED_COST", U16);

  /** Port id of STP (priority and number). Read-only. */
  public static final Attribute<Integer> ID = new Attribute<>(17, "IFLA_BRPORT_ID", U16);

  /** Number of the port in its bridge. Read-only. */
  public static final Attribute<Integer> NO = new Attribute<>(18, "IFLA_BRPORT_NO", U16);

  /** Read-only. */
  public static final Attribute<Boolean> TOPOLOGY_CHANGE_ACK =
      new Attribute<>(19, "IFLA_BRPORT_TOPOLOGY_CHANGE_ACK", BOOL8);

  /** Read-only. */
  public static final Attribute<Boolean> CONFIG_PENDING =
      new Attribute<>(20, "IFLA_BRPORT_CONFIG_PENDING", BOOL8);

  /** Centiseconds (USER_HZ). Read-only; it ticks. */
  public static final Attribute<Long> MESSAGE_AGE_TIMER =
      new Attribute<>(21, "IFLA_BRPORT_MESSAGE_AGE_TIMER", U64);

  /** Centiseconds (USER_HZ). Read-only; it ticks. */
  public static final Attribute<Long> FORWARD_DELAY_TIMER =
      new Attribute<>(22, "IFLA_BRPORT_FORWARD_DELAY_TIMER", U64);

  /** Centiseconds (USER_HZ). Read-only; it ticks. */
  public static final Attribute<Long> HOLD_TIMER =
      new Attribute<>(23, "IFLA_BRPORT_HOLD_TIMER", U64);

  /** Write-only: forgets the addresses learnt on this port. */
  public static final Attribute<Boolean> FLUSH = new Attribute<>(24, "IFLA_BRPORT_FLUSH", FLAG);

  /** 0 never, 1 learns (default), 2 always, 3 for now. */
  public static final Attribute<Integer> MULTICAST_ROUTER =
      new Attribute<>(25, "IFLA_BRPORT_MULTICAST_ROUTER", U8);

  /** Whether unknown multicast goes out here. Default on. */
  public static final Attribute<Boolean> MCAST_FLOOD =
      new Attribute<>(27, "IFLA_BRPORT_MCAST_FLOOD", BOOL8);

  /** Multicast is sent as unicast to each member. Default off. */
  public static final Attribute<Boolean> MCAST_TO_UCAST =
      new Attribute<>(28, "IFLA_BRPORT_MCAST_TO_UCAST", BOOL8);

  /** VLANs are mapped to tunnel ids (vxlan with external). Default off. */
  public static final Attribute<Boolean> VLAN_TUNNEL =
      new Attribute<>(29, "IFLA_BRPORT_VLAN_TUNNEL", BOOL8);

  /** Whether broadcasts go out here. Default on. */
  public static final Attribute<Boolean> BCAST_FLOOD =
      new Attribute<>(30, "IFLA_BRPORT_BCAST_FLOOD", BOOL8);

  /** As {@link Bridge#GROUP_FWD_MASK}, per port. Default 0. */
  public static final Attribute<Integer> GROUP_FWD_MASK =
      new Attribute<>(31, "IFLA_BRPORT_GROUP_FWD_MASK", U16);

  /** ARP and ND are answered from the bridge's neighbour table. Default off. */
  public static final Attribute<Boolean> NEIGH_SUPPRESS =
      new Attribute<>(32, "IFLA_BRPORT_NEIGH_SUPPRESS", BOOL8);

  /** Isolated ports do not talk to each other. Default off. */
  public static final Attribute<Boolean> ISOLATED =
      new Attribute<>(33, "IFLA_BRPORT_ISOLATED", BOOL8);

  /**
   * Index of the port that takes the traffic while this one has no carrier; absent without one; 0
   * clears it.
   */
  public static final Attribute<Integer> BACKUP_PORT =
      new Attribute<>(34, "IFLA_BRPORT_BACKUP_PORT", S32);

  /** Read-only. */
  public static final Attribute<Boolean> MRP_RING_OPEN =
      new Attribute<>(35, "IFLA_BRPORT_MRP_RING_OPEN", BOOL8);

  /** Read-only. */
  public static final Attribute<Boolean> MRP_IN_OPEN =
      new Attribute<>(36, "IFLA_BRPORT_MRP_IN_OPEN", BOOL8);

  /** Tracked hosts, default 512. */
  public static final Attribute<Long> MCAST_EHT_HOSTS_LIMIT =
      new Attribute<>(37, "IFLA_BRPORT_MCAST_EHT_HOSTS_LIMIT", U32);

  /** Tracked hosts now. Read-only. */
  public static final Attribute<Long> MCAST_EHT_HOSTS_CNT =
      new Attribute<>(38, "IFLA_BRPORT_MCAST_EHT_HOSTS_CNT", U32);

  /** Only known source addresses pass (802.1X). Default off. */
  public static final Attribute<Boolean> LOCKED = new Attribute<>(39, "IFLA_BRPORT_LOCKED", BOOL8);

  /** MAC authentication bypass; needs {@link #LOCKED}. Default off. */
  public static final Attribute<Boolean> MAB = new Attribute<>(40, "IFLA_BRPORT_MAB", BOOL8);

  /** Groups now. Read-only. */
  public static final Attribute<Long> MCAST_N_GROUPS =
      new Attribute<>(41, "IFLA_BRPORT_MCAST_N_GROUPS", U32);

  /** Limit of groups, 0 for none (default). */
  public static final Attribute<Long> MCAST_MAX_GROUPS =
      new Attribute<>(42, "IFLA_BRPORT_MCAST_MAX_GROUPS", U32);

  /** {@link #NEIGH_SUPPRESS} set per VLAN. Default off. */
  public static final Attribute<Boolean> NEIGH_VLAN_SUPPRESS =
      new Attribute<>(43, "IFLA_BRPORT_NEIGH_VLAN_SUPPRESS", BOOL8);

  /** Nexthop of the backup port, 0 for none. */
  public static final Attribute<Long> BACKUP_NHID =
      new Attribute<>(44, "IFLA_BRPORT_BACKUP_NHID", U32);

  /** All attributes of the nest that are known here. */
  public static final AttributeSchema SCHEMA =
      AttributeSchema.of(
          "BridgePort",
          STATE,
          PRIORITY,
          COST,
          MODE,
          GUARD,
          PROTECT,
          FAST_LEAVE,
          LEARNING,
          UNICAST_FLOOD,
          PROXYARP,
          PROXYARP_WIFI,
          ROOT_ID,
          BRIDGE_ID,
          DESIGNATED_PORT,
          DESIGNATED_COST,
          ID,
          NO,
          TOPOLOGY_CHANGE_ACK,
          CONFIG_PENDING,
          MESSAGE_AGE_TIMER,
          FORWARD_DELAY_TIMER,
          HOLD_TIMER,
          FLUSH,
          MULTICAST_ROUTER,
          MCAST_FLOOD,
          MCAST_TO_UCAST,
          VLAN_TUNNEL,
          BCAST_FLOOD,
          GROUP_FWD_MASK,
          NEIGH_SUPPRESS,
          ISOLATED,
          BACKUP_PORT,
          MRP_RING_OPEN,
          MRP_IN_OPEN,
          MCAST_EHT_HOSTS_LIMIT,
          MCAST_EHT_HOSTS_CNT,
          LOCKED,
          MAB,
          MCAST_N_GROUPS,
          MCAST_MAX_GROUPS,
          NEIGH_VLAN_SUPPRESS,
          BACKUP_NHID);

  /** The kernel's values for a new port; what is not listed has no fixed default. */
  public static final AttributeMap DEFAULTS =
      AttributeMap.EMPTY
          .with(PRIORITY, 32)
          .with(MODE, false)
          .with(GUARD, false)
          .with(PROTECT, false)
          .with(FAST_LEAVE, false)
          .with(LEARNING, true)
          .with(UNICAST_FLOOD, true)
          .with(PROXYARP, false)
          .with(PROXYARP_WIFI, false)
          .with(MULTICAST_ROUTER, 1)
          .with(MCAST_FLOOD, true)
          .with(MCAST_TO_UCAST, false)
          .with(VLAN_TUNNEL, false)
          .with(BCAST_FLOOD, true)
          .with(GROUP_FWD_MASK, 0)
          .with(NEIGH_SUPPRESS, false)
          .with(ISOLATED, false)
          .with(LOCKED, false);

  private BridgePort() {}
}
