// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.netlink.route;

import static dev.plumbline.netlink.wire.Codecs.BOOL8;
import static dev.plumbline.netlink.wire.Codecs.IPV4;
import static dev.plumbline.netlink.wire.Codecs.IPV6;
import static dev.plumbline.netlink.wire.Codecs.LINK_LAYER;
import static dev.plumbline.netlink.wire.Codecs.S32;
import static dev.plumbline.netlink.wire.Codecs.U16;
import static dev.plumbline.netlink.wire.Codecs.U32;
import static dev.plumbline.netlink.wire.Codecs.U8;

import dev.plumbline.netlink.wire.Attribute;
import dev.plumbline.netlink.wire.AttributeMap;
import dev.plumbline.netlink.wire.AttributeSchema;
import dev.plumbline.netlink.wire.Codecs;
import dev.plumbline.netlink.wire.LinkLayerAddress;
import java.net.InetAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The kernel's bond: {@code IFLA_INFO_DATA} of kind "bond".
 *
 * <p>The kernel applies the attributes of one message in an order of its own (mode first), so that
 * one message can set a mode and what belongs to it. A member must be down when it is enslaved
 * (EPERM); the bond sets it up.
 *
 * <p>Source: {@code <linux/if_link.h>} IFLA_BOND_*, drivers/net/bonding/bond_netlink.c and
 * bond_options.c.
 */
public final class Bond {
  /** The kernel's name of this kind. */
  public static final String KIND = "bond";

  /** {@link Mode}. Changing it needs a bond that is down (EBUSY) and has no members (ENOTEMPTY). */
  public static final Attribute<Integer> MODE = new Attribute<>(1, "IFLA_BOND_MODE", U8);

  /** Index of the member in use; modes active-backup, tlb and alb. Absent without one. */
  public static final Attribute<Integer> ACTIVE_SLAVE =
      new Attribute<>(2, "IFLA_BOND_ACTIVE_SLAVE", S32);

  /** Milliseconds between carrier checks; 0 off. Default 0, and 100 in 802.3ad, tlb and alb. */
  public static final Attribute<Long> MIIMON = new Attribute<>(3, "IFLA_BOND_MIIMON", U32);

  /** Milliseconds, a multiple of {@link #MIIMON} (the kernel rounds down). EPERM without miimon. */
  public static final Attribute<Long> UPDELAY = new Attribute<>(4, "IFLA_BOND_UPDELAY", U32);

  /** Milliseconds, a multiple of {@link #MIIMON} (the kernel rounds down). EPERM without miimon. */
  public static final Attribute<Long> DOWNDELAY = new Attribute<>(5, "IFLA_BOND_DOWNDELAY", U32);

  /** Carrier state from the driver. Default on; Linux 6.18 knows no other. */
  public static final Attribute<Boolean> USE_CARRIER =
      new Attribute<>(6, "IFLA_BOND_USE_CARRIER", BOOL8);

  /** Milliseconds between ARP probes; 0 off. Excludes miimon; not in 802.3ad, tlb, alb (EACCES). */
  public static final Attribute<Long> ARP_INTERVAL =
      new Attribute<>(7, "IFLA_BOND_ARP_INTERVAL", U32);

  /** Up to 16 addresses to probe. The list given replaces the one that was. */
  public static final Attribute<List<InetAddress>> ARP_IP_TARGET =
      new Attribute<>(8, "IFLA_BOND_ARP_IP_TARGET", Codecs.array(IPV4));

  /** 0 none, 1 active, 2 backup, 3 all, 4 filter, 5 filter_active, 6 filter_backup. */
  public static final Attribute<Long> ARP_VALIDATE =
      new Attribute<>(9, "IFLA_BOND_ARP_VALIDATE", U32);

  /** 0 any, 1 all. */
  public static final Attribute<Long> ARP_ALL_TARGETS =
      new Attribute<>(10, "IFLA_BOND_ARP_ALL_TARGETS", U32);

  /** Index of the preferred member; active-backup, tlb, alb. Absent without one; 0 clears. */
  public static final Attribute<Integer> PRIMARY = new Attribute<>(11, "IFLA_BOND_PRIMARY", S32);

  /** 0 always, 1 better, 2 failure. */
  public static final Attribute<Integer> PRIMARY_RESELECT =
      new Attribute<>(12, "IFLA_BOND_PRIMARY_RESELECT", U8);

  /** 0 none, 1 active, 2 follow. Needs a bond without members (ENOTEMPTY). */
  public static final Attribute<Integer> FAIL_OVER_MAC =
      new Attribute<>(13, "IFLA_BOND_FAIL_OVER_MAC", U8);

  /** {@link HashPolicy}. In place. */
  public static final Attribute<Integer> XMIT_HASH_POLICY =
      new Attribute<>(14, "IFLA_BOND_XMIT_HASH_POLICY", U8);

  /** 0 to 255 reports after a failover. Default 1. */
  public static final Attribute<Long> RESEND_IGMP =
      new Attribute<>(15, "IFLA_BOND_RESEND_IGMP", U32);

  /** 0 to 255 gratuitous ARPs after a failover. Default 1. */
  public static final Attribute<Integer> NUM_PEER_NOTIF =
      new Attribute<>(16, "IFLA_BOND_NUM_PEER_NOTIF", U8);

  /** Whether inactive members receive too. Default off. */
  public static final Attribute<Boolean> ALL_SLAVES_ACTIVE =
      new Attribute<>(17, "IFLA_BOND_ALL_SLAVES_ACTIVE", BOOL8);

  /** Members needed for carrier. Default 0. */
  public static final Attribute<Long> MIN_LINKS = new Attribute<>(18, "IFLA_BOND_MIN_LINKS", U32);

  /** Seconds between learning packets, 1 to 2^31-1. Default 1. */
  public static final Attribute<Long> LP_INTERVAL =
      new Attribute<>(19, "IFLA_BOND_LP_INTERVAL", U32);

  /** 0 to 65535, balance-rr. Default 1. */
  public static final Attribute<Long> PACKETS_PER_SLAVE =
      new Attribute<>(20, "IFLA_BOND_PACKETS_PER_SLAVE", U32);

  /** 0 slow (30 s), 1 fast (1 s). 802.3ad only; needs the bond down (EBUSY). */
  public static final Attribute<Integer> AD_LACP_RATE =
      new Attribute<>(21, "IFLA_BOND_AD_LACP_RATE", U8);

  /** 0 stable, 1 bandwidth, 2 count. Needs the bond down (EBUSY). */
  public static final Attribute<Integer> AD_SELECT = new Attribute<>(22, "IFLA_BOND_AD_SELECT", U8);

  /** State of LACP, {@link AdInfo}. Read-only. */
  public static final Attribute<AttributeMap> AD_INFO =
      new Attribute<>(23, "IFLA_BOND_AD_INFO", Codecs.nested(AdInfo.SCHEMA));

  /** 1 to 65535. 802.3ad only. Default 65535. */
  public static final Attribute<Integer> AD_ACTOR_SYS_PRIO =
      new Attribute<>(24, "IFLA_BOND_AD_ACTOR_SYS_PRIO", U16);

  /** 0 to 1023. 802.3ad only; needs the bond down. Default 0. */
  public static final Attribute<Integer> AD_USER_PORT_KEY =
      new Attribute<>(25, "IFLA_BOND_AD_USER_PORT_KEY", U16);

  /** System id; all zero takes the bond's address. 802.3ad only. */
  public static final Attribute<LinkLayerAddress> AD_ACTOR_SYSTEM =
      new Attribute<>(26, "IFLA_BOND_AD_ACTOR_SYSTEM", LINK_LAYER);

  /** Default on. Needs the bond down; mode tlb. */
  public static final Attribute<Boolean> TLB_DYNAMIC_LB =
      new Attribute<>(27, "IFLA_BOND_TLB_DYNAMIC_LB", BOOL8);

  /** Milliseconds, a multiple of {@link #MIIMON}; EPERM without miimon. */
  public static final Attribute<Long> PEER_NOTIF_DELAY =
      new Attribute<>(28, "IFLA_BOND_PEER_NOTIF_DELAY", U32);

  /** Whether LACP frames are sent unasked. Default on. Needs the bond down. */
  public static final Attribute<Boolean> AD_LACP_ACTIVE =
      new Attribute<>(29, "IFLA_BOND_AD_LACP_ACTIVE", BOOL8);

  /** Probes missed before a member counts as down, 1 to 255. Default 2. */
  public static final Attribute<Integer> MISSED_MAX =
      new Attribute<>(30, "IFLA_BOND_MISSED_MAX", U8);

  /** Up to 16 IPv6 addresses to probe. The list given replaces the one that was. */
  public static final Attribute<List<InetAddress>> NS_IP6_TARGET =
      new Attribute<>(31, "IFLA_BOND_NS_IP6_TARGET", Codecs.array(IPV6));

  /** 802.3ad state machine. Default on. Needs the bond down. */
  public static final Attribute<Boolean> COUPLED_CONTROL =
      new Attribute<>(32, "IFLA_BOND_COUPLED_CONTROL", BOOL8);

  /** The policies that choose a member, in the kernel's order and words. */
  public enum Mode implements KernelWord {
    BALANCE_RR(0, "balance-rr"),
    ACTIVE_BACKUP(1, "active-backup"),
    BALANCE_XOR(2, "balance-xor"),
    BROADCAST(3, "broadcast"),
    LACP(4, "802.3ad"),
    BALANCE_TLB(5, "balance-tlb"),
    BALANCE_ALB(6, "balance-alb");

    private final int value;
    private final String kernelName;

    Mode(int value, String kernelName) {
      this.value = value;
      this.kernelName = kernelName;
    }

    /** The word that {@code ip link} uses, such as "802.3ad". */
    @Override
    public String kernelName() {
      return kernelName;
    }

    /** The value of {@link Bond#MODE}. */
    @Override
    public int value() {
      return value;
    }

    /** The mode of this name, or null. */
    public static @Nullable Mode of(String kernelName) {
      return KernelWord.named(values(), kernelName);
    }

    /**
     * The mode of this value.
     *
     * @throws IllegalArgumentException for a number that is no mode
     */
    public static Mode of(int value) {
      return KernelWord.numbered(values(), value, "bond mode");
    }
  }

  /** What is hashed to choose a member, in the kernel's order and words. */
  public enum HashPolicy implements KernelWord {
    LAYER2(0, "layer2"),
    LAYER3_4(1, "layer3+4"),
    LAYER2_3(2, "layer2+3"),
    ENCAP2_3(3, "encap2+3"),
    ENCAP3_4(4, "encap3+4"),
    VLAN_SRCMAC(5, "vlan+srcmac");

    private final int value;
    private final String kernelName;

    HashPolicy(int value, String kernelName) {
      this.value = value;
      this.kernelName = kernelName;
    }

    /** The word that {@code ip link} uses. */
    @Override
    public String kernelName() {
      return kernelName;
    }

    /** The value of {@link Bond#XMIT_HASH_POLICY}. */
    @Override
    public int value() {
      return value;
    }

    /** The policy of this name, or null. */
    public static @Nullable HashPolicy of(String kernelName) {
      return KernelWord.named(values(), kernelName);
    }

    /**
     * The policy of this value.
     *
     * @throws IllegalArgumentException for a number that is no policy
     */
    public static HashPolicy of(int value) {
      return KernelWord.numbered(values(), value, "hash policy");
    }
  }

  /** All attributes of the nest that are known here. */
  public static final AttributeSchema SCHEMA =
      AttributeSchema.of(
          "Bond",
          MODE,
          ACTIVE_SLAVE,
          MIIMON,
          UPDELAY,
          DOWNDELAY,
          USE_CARRIER,
          ARP_INTERVAL,
          ARP_IP_TARGET,
          ARP_VALIDATE,
          ARP_ALL_TARGETS,
          PRIMARY,
          PRIMARY_RESELECT,
          FAIL_OVER_MAC,
          XMIT_HASH_POLICY,
          RESEND_IGMP,
          NUM_PEER_NOTIF,
          ALL_SLAVES_ACTIVE,
          MIN_LINKS,
          LP_INTERVAL,
          PACKETS_PER_SLAVE,
          AD_LACP_RATE,
          AD_SELECT,
          AD_INFO,
          AD_ACTOR_SYS_PRIO,
          AD_USER_PORT_KEY,
          AD_ACTOR_SYSTEM,
          TLB_DYNAMIC_LB,
          PEER_NOTIF_DELAY,
          AD_LACP_ACTIVE,
          MISSED_MAX,
          NS_IP6_TARGET,
          COUPLED_CONTROL);

  /** Attributes of {@link #AD_INFO}. All read-only. */
  public static final class AdInfo {
    /** Id of the aggregator in use. */
    public static final Attribute<Integer> AGGREGATOR =
        new Attribute<>(1, "IFLA_BOND_AD_INFO_AGGREGATOR", U16);

    /** Members in it. */
    public static final Attribute<Integer> NUM_PORTS =
        new Attribute<>(2, "IFLA_BOND_AD_INFO_NUM_PORTS", U16);

    /** Our key. */
    public static final Attribute<Integer> ACTOR_KEY =
        new Attribute<>(3, "IFLA_BOND_AD_INFO_ACTOR_KEY", U16);

    /** The partner's key. */
    public static final Attribute<Integer> PARTNER_KEY =
        new Attribute<>(4, "IFLA_BOND_AD_INFO_PARTNER_KEY", U16);

    /** The partner's system id. */
    public static final Attribute<LinkLayerAddress> PARTNER_MAC =
        new Attribute<>(5, "IFLA_BOND_AD_INFO_PARTNER_MAC", LINK_LAYER);

    static final AttributeSchema SCHEMA =
        AttributeSchema.of(
            "BondAdInfo", AGGREGATOR, NUM_PORTS, ACTOR_KEY, PARTNER_KEY, PARTNER_MAC);

    private AdInfo() {}
  }

  /** The kernel's values for a bond of which nothing was said. */
  public static final AttributeMap DEFAULTS =
      AttributeMap.EMPTY
          .with(MODE, Mode.BALANCE_RR.value())
          .with(MIIMON, 0L)
          .with(UPDELAY, 0L)
          .with(DOWNDELAY, 0L)
          .with(ARP_INTERVAL, 0L)
          .with(XMIT_HASH_POLICY, HashPolicy.LAYER2.value())
          .with(RESEND_IGMP, 1L)
          .with(NUM_PEER_NOTIF, 1)
          .with(ALL_SLAVES_ACTIVE, false)
          .with(MIN_LINKS, 0L)
          .with(LP_INTERVAL, 1L)
          .with(PACKETS_PER_SLAVE, 1L)
          .with(FAIL_OVER_MAC, 0)
          .with(PRIMARY_RESELECT, 0);

  /** A bond to be created. */
  public static LinkBuilder named(String name, Mode mode) {
    return Link.named(name).kind(KIND).data(MODE, mode.value());
  }

  private Bond() {}
}
