// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.netlink.route;

import static dev.plumbline.netlink.wire.Codecs.BE16;
import static dev.plumbline.netlink.wire.Codecs.BOOL8;
import static dev.plumbline.netlink.wire.Codecs.FLAG;
import static dev.plumbline.netlink.wire.Codecs.LINK_LAYER;
import static dev.plumbline.netlink.wire.Codecs.U16;
import static dev.plumbline.netlink.wire.Codecs.U32;
import static dev.plumbline.netlink.wire.Codecs.U64;
import static dev.plumbline.netlink.wire.Codecs.U8;

import dev.plumbline.netlink.wire.Attribute;
import dev.plumbline.netlink.wire.AttributeMap;
import dev.plumbline.netlink.wire.AttributeSchema;
import dev.plumbline.netlink.wire.LinkLayerAddress;

/**
 * The kernel's bridge: {@code IFLA_INFO_DATA} of kind "bridge".
 *
 * <p>Times are in centiseconds (1/100 s, the kernel's USER_HZ), whatever HZ the kernel was built
 * with; it rounds to its own ticks, so a value can read back one smaller. All settings can be
 * changed in place and while the bridge is up, unless said otherwise.
 *
 * <p>Source: {@code <linux/if_link.h>} IFLA_BR_*, net/bridge/br_netlink.c.
 */
public final class Bridge {
  /** The kernel's name of this kind. */
  public static final String KIND = "bridge";

  /** Centiseconds (USER_HZ); 200 to 3000 while STP is on, else any. Default 1500. */
  public static final Attribute<Long> FORWARD_DELAY =
      new Attribute<>(1, "IFLA_BR_FORWARD_DELAY", U32);

  /** Centiseconds (USER_HZ); 100 to 1000. Default 200. */
  public static final Attribute<Long> HELLO_TIME = new Attribute<>(2, "IFLA_BR_HELLO_TIME", U32);

  /** Centiseconds (USER_HZ); 600 to 4000. Default 2000. */
  public static final Attribute<Long> MAX_AGE = new Attribute<>(3, "IFLA_BR_MAX_AGE", U32);

  /**
   * How long a learnt MAC address stays. Centiseconds (USER_HZ); 0 forgets at once. Default 30000.
   */
  public static final Attribute<Long> AGEING_TIME = new Attribute<>(4, "IFLA_BR_AGEING_TIME", U32);

  /** 0 off, 1 on; reads as 2 while a user-space daemon (bridge-stp) runs it. */
  public static final Attribute<Long> STP_STATE = new Attribute<>(5, "IFLA_BR_STP_STATE", U32);

  /** Bridge priority in STP, 0 to 65535. Default 32768. */
  public static final Attribute<Integer> PRIORITY = new Attribute<>(6, "IFLA_BR_PRIORITY", U16);

  /** Whether frames are filtered by the VLANs of the ports. Default off. */
  public static final Attribute<Boolean> VLAN_FILTERING =
      new Attribute<>(7, "IFLA_BR_VLAN_FILTERING", BOOL8);

  /** Ethertype of the tags: 0x8100 (802.1Q, default) or 0x88a8 (802.1ad). */
  public static final Attribute<Integer> VLAN_PROTOCOL =
      new Attribute<>(8, "IFLA_BR_VLAN_PROTOCOL", BE16);

  /** Bit N forwards frames to 01:80:c2:00:00:0N; bits 0 to 2 are refused (EINVAL). Default 0. */
  public static final Attribute<Integer> GROUP_FWD_MASK =
      new Attribute<>(9, "IFLA_BR_GROUP_FWD_MASK", U16);

  /** The root bridge that STP elected. Read-only. */
  public static final Attribute<BridgeId> ROOT_ID =
      new Attribute<>(10, "IFLA_BR_ROOT_ID", BridgeId.CODEC);

  /** This bridge's own id. Read-only. */
  public static final Attribute<BridgeId> BRIDGE_ID =
      new Attribute<>(11, "IFLA_BR_BRIDGE_ID", BridgeId.CODEC);

  /** Port number towards the root, 0 if this is the root. Read-only. */
  public static final Attribute<Integer> ROOT_PORT = new Attribute<>(12, "IFLA_BR_ROOT_PORT", U16);

  /** Read-only. */
  public static final Attribute<Long> ROOT_PATH_COST =
      new Attribute<>(13, "IFLA_BR_ROOT_PATH_COST", U32);

  /** Read-only. */
  public static final Attribute<Boolean> TOPOLOGY_CHANGE =
      new Attribute<>(14, "IFLA_BR_TOPOLOGY_CHANGE", BOOL8);

  /** Read-only. */
  public static final Attribute<Boolean> TOPOLOGY_CHANGE_DETECTED =
      new Attribute<>(15, "IFLA_BR_TOPOLOGY_CHANGE_DETECTED", BOOL8);

  /** Centiseconds (USER_HZ). Read-only; it ticks. */
  public static final Attribute<Long> HELLO_TIMER = new Attribute<>(16, "IFLA_BR_HELLO_TIMER", U64);

  /** Centiseconds (USER_HZ). Read-only; it ticks. */
  public static final Attribute<Long> TCN_TIMER = new Attribute<>(17, "IFLA_BR_TCN_TIMER", U64);

  /** Centiseconds (USER_HZ). Read-only; it ticks. */
  public static final Attribute<Long> TOPOLOGY_CHANGE_TIMER =
      new Attribute<>(18, "IFLA_BR_TOPOLOGY_CHANGE_TIMER", U64);

  /** Centiseconds (USER_HZ). Read-only; it ticks. */
  public static final Attribute<Long> GC_TIMER = new Attribute<>(19, "IFLA_BR_GC_TIMER", U64);

  /**
   * Address that STP frames go to, 01:80:c2:00:00:0X with X not 1, 2 or 3. Default
   * 01:80:c2:00:00:00.
   */
  public static final Attribute<LinkLayerAddress> GROUP_ADDR =
      new Attribute<>(20, "IFLA_BR_GROUP_ADDR", LINK_LAYER);

  /** Write-only: forgets all learnt addresses. */
  public static final Attribute<Boolean> FDB_FLUSH = new Attribute<>(21, "IFLA_BR_FDB_FLUSH", FLAG);

  /**
   * 0 never, 1 learns from queries (default), 2 always: whether the bridge itself is a multicast
   * router.
   */
  public static final Attribute<Integer> MCAST_ROUTER =
      new Attribute<>(22, "IFLA_BR_MCAST_ROUTER", U8);

  /** IGMP and MLD snooping. Default on. */
  public static final Attribute<Boolean> MCAST_SNOOPING =
      new Attribute<>(23, "IFLA_BR_MCAST_SNOOPING", BOOL8);

  /** Whether queries carry the bridge's own address as source. Default off. */
  public static final Attribute<Boolean> MCAST_QUERY_USE_IFADDR =
      new Attribute<>(24, "IFLA_BR_MCAST_QUERY_USE_IFADDR", BOOL8);

  /** Whether the bridge sends queries. Default off. */
  public static final Attribute<Boolean> MCAST_QUERIER =
      new Attribute<>(25, "IFLA_BR_MCAST_QUERIER", BOOL8);

  /** Without effect since Linux 4.20; reads 16. */
  public static final Attribute<Long> MCAST_HASH_ELASTICITY =
      new Attribute<>(26, "IFLA_BR_MCAST_HASH_ELASTICITY", U32);

  /** Largest number of multicast groups, a power of two. Default 4096. */
  public static final Attribute<Long> MCAST_HASH_MAX =
      new Attribute<>(27, "IFLA_BR_MCAST_HASH_MAX", U32);

  /** Queries sent before a leave counts. Default 2. */
  public static final Attribute<Long> MCAST_LAST_MEMBER_CNT =
      new Attribute<>(28, "IFLA_BR_MCAST_LAST_MEMBER_CNT", U32);

  /** Default 2. */
  public static final Attribute<Long> MCAST_STARTUP_QUERY_CNT =
      new Attribute<>(29, "IFLA_BR_MCAST_STARTUP_QUERY_CNT", U32);

  /** Centiseconds (USER_HZ). Default 100. */
  public static final Attribute<Long> MCAST_LAST_MEMBER_INTVL =
      new Attribute<>(30, "IFLA_BR_MCAST_LAST_MEMBER_INTVL", U64);

  /** Centiseconds (USER_HZ). Default 26000. */
  public static final Attribute<Long> MCAST_MEMBERSHIP_INTVL =
      new Attribute<>(31, "IFLA_BR_MCAST_MEMBERSHIP_INTVL", U64);

  /** Centiseconds (USER_HZ). Default 25500. */
  public static final Attribute<Long> MCAST_QUERIER_INTVL =
      new Attribute<>(32, "IFLA_BR_MCAST_QUERIER_INTVL", U64);

  /** Centiseconds (USER_HZ); at least 100. Default 12500. */
  public static final Attribute<Long> MCAST_QUERY_INTVL =
      new Attribute<>(33, "IFLA_BR_MCAST_QUERY_INTVL", U64);

  /** Centiseconds (USER_HZ). Default 1000. */
  public static final Attribute<Long> MCAST_QUERY_RESPONSE_INTVL =
      new Attribute<>(34, "IFLA_BR_MCAST_QUERY_RESPONSE_INTVL", U64);

  /**
   * Centiseconds (USER_HZ); at least 100. Default 3125, which reads as 3124 where HZ does not
   * divide it.
   */
  public static final Attribute<Long> MCAST_STARTUP_QUERY_INTVL =
      new Attribute<>(35, "IFLA_BR_MCAST_STARTUP_QUERY_INTVL", U64);

  /** Whether this bridge calls iptables whatever the sysctl says. Default off. */
  public static final Attribute<Boolean> NF_CALL_IPTABLES =
      new Attribute<>(36, "IFLA_BR_NF_CALL_IPTABLES", BOOL8);

  /** As {@link #NF_CALL_IPTABLES} for IPv6. Default off. */
  public static final Attribute<Boolean> NF_CALL_IP6TABLES =
      new Attribute<>(37, "IFLA_BR_NF_CALL_IP6TABLES", BOOL8);

  /** As {@link #NF_CALL_IPTABLES} for ARP. Default off. */
  public static final Attribute<Boolean> NF_CALL_ARPTABLES =
      new Attribute<>(38, "IFLA_BR_NF_CALL_ARPTABLES", BOOL8);

  /**
   * VLAN that a port gets untagged when it is added, 0 (none) to 4094. Changing it needs VLAN
   * filtering off (EPERM otherwise). Default 1.
   */
  public static final Attribute<Integer> VLAN_DEFAULT_PVID =
      new Attribute<>(39, "IFLA_BR_VLAN_DEFAULT_PVID", U16);

  /** Counters per VLAN. Default off. */
  public static final Attribute<Boolean> VLAN_STATS_ENABLED =
      new Attribute<>(41, "IFLA_BR_VLAN_STATS_ENABLED", BOOL8);

  /** Counters of IGMP and MLD. Default off. */
  public static final Attribute<Boolean> MCAST_STATS_ENABLED =
      new Attribute<>(42, "IFLA_BR_MCAST_STATS_ENABLED", BOOL8);

  /** 2 (default) or 3. */
  public static final Attribute<Integer> MCAST_IGMP_VERSION =
      new Attribute<>(43, "IFLA_BR_MCAST_IGMP_VERSION", U8);

  /** 1 (default) or 2. */
  public static final Attribute<Integer> MCAST_MLD_VERSION =
      new Attribute<>(44, "IFLA_BR_MCAST_MLD_VERSION", U8);

  /** Counters per VLAN and port; EBUSY while any port has VLANs. Default off. */
  public static final Attribute<Boolean> VLAN_STATS_PER_PORT =
      new Attribute<>(45, "IFLA_BR_VLAN_STATS_PER_PORT", BOOL8);

  /** Further on/off options, struct br_boolopt_multi. */
  public static final Attribute<BridgeOptions> MULTI_BOOLOPT =
      new Attribute<>(46, "IFLA_BR_MULTI_BOOLOPT", BridgeOptions.CODEC);

  /** Learnt entries now. Read-only; it changes by itself. */
  public static final Attribute<Long> FDB_N_LEARNED =
      new Attribute<>(48, "IFLA_BR_FDB_N_LEARNED", U32);

  /** Limit of learnt entries, 0 for none (default). */
  public static final Attribute<Long> FDB_MAX_LEARNED =
      new Attribute<>(49, "IFLA_BR_FDB_MAX_LEARNED", U32);

  /** All attributes of the nest that are known here. */
  public static final AttributeSchema SCHEMA =
      AttributeSchema.of(
          "Bridge",
          FORWARD_DELAY,
          HELLO_TIME,
          MAX_AGE,
          AGEING_TIME,
          STP_STATE,
          PRIORITY,
          VLAN_FILTERING,
          VLAN_PROTOCOL,
          GROUP_FWD_MASK,
          ROOT_ID,
          BRIDGE_ID,
          ROOT_PORT,
          ROOT_PATH_COST,
          TOPOLOGY_CHANGE,
          TOPOLOGY_CHANGE_DETECTED,
          HELLO_TIMER,
          TCN_TIMER,
          TOPOLOGY_CHANGE_TIMER,
          GC_TIMER,
          GROUP_ADDR,
          FDB_FLUSH,
          MCAST_ROUTER,
          MCAST_SNOOPING,
          MCAST_QUERY_USE_IFADDR,
          MCAST_QUERIER,
          MCAST_HASH_ELASTICITY,
          MCAST_HASH_MAX,
          MCAST_LAST_MEMBER_CNT,
          MCAST_STARTUP_QUERY_CNT,
          MCAST_LAST_MEMBER_INTVL,
          MCAST_MEMBERSHIP_INTVL,
          MCAST_QUERIER_INTVL,
          MCAST_QUERY_INTVL,
          MCAST_QUERY_RESPONSE_INTVL,
          MCAST_STARTUP_QUERY_INTVL,
          NF_CALL_IPTABLES,
          NF_CALL_IP6TABLES,
          NF_CALL_ARPTABLES,
          VLAN_DEFAULT_PVID,
          VLAN_STATS_ENABLED,
          MCAST_STATS_ENABLED,
          MCAST_IGMP_VERSION,
          MCAST_MLD_VERSION,
          VLAN_STATS_PER_PORT,
          MULTI_BOOLOPT,
          FDB_N_LEARNED,
          FDB_MAX_LEARNED);

  /**
   * The kernel's values for a bridge of which nothing was said; what is not listed has no fixed
   * default.
   */
  public static final AttributeMap DEFAULTS =
      AttributeMap.EMPTY
          .with(FORWARD_DELAY, 1500L)
          .with(HELLO_TIME, 200L)
          .with(MAX_AGE, 2000L)
          .with(AGEING_TIME, 30000L)
          .with(STP_STATE, 0L)
          .with(PRIORITY, 32768)
          .with(VLAN_FILTERING, false)
          .with(VLAN_PROTOCOL, Vlan.PROTOCOL_8021Q)
          .with(GROUP_FWD_MASK, 0)
          .with(MCAST_ROUTER, 1)
          .with(MCAST_SNOOPING, true)
          .with(MCAST_QUERY_USE_IFADDR, false)
          .with(MCAST_QUERIER, false)
          .with(MCAST_HASH_MAX, 4096L)
          .with(MCAST_LAST_MEMBER_CNT, 2L)
          .with(MCAST_STARTUP_QUERY_CNT, 2L)
          .with(MCAST_LAST_MEMBER_INTVL, 100L)
          .with(MCAST_MEMBERSHIP_INTVL, 26000L)
          .with(MCAST_QUERIER_INTVL, 25500L)
          .with(MCAST_QUERY_INTVL, 12500L)
          .with(MCAST_QUERY_RESPONSE_INTVL, 1000L)
          .with(NF_CALL_IPTABLES, false)
          .with(NF_CALL_IP6TABLES, false)
          .with(NF_CALL_ARPTABLES, false)
          .with(VLAN_DEFAULT_PVID, 1)
          .with(VLAN_STATS_ENABLED, false)
          .with(MCAST_STATS_ENABLED, false)
          .with(MCAST_IGMP_VERSION, 2)
          .with(MCAST_MLD_VERSION, 1)
          .with(VLAN_STATS_PER_PORT, false);

  /** A bridge to be created: {@code Bridge.named("br0").data(Bridge.STP_STATE, 1L)}. */
  public static LinkBuilder named(String name) {
    return Link.named(name).kind(KIND);
  }

  private Bridge() {}
}
