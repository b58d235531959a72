// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.netlink.route;

import static dev.plumbline.netlink.wire.Codecs.LINK_LAYER;
import static dev.plumbline.netlink.wire.Codecs.S32;
import static dev.plumbline.netlink.wire.Codecs.U16;
import static dev.plumbline.netlink.wire.Codecs.U32;
import static dev.plumbline.netlink.wire.Codecs.U8;

import dev.plumbline.netlink.wire.Attribute;
import dev.plumbline.netlink.wire.AttributeSchema;
import dev.plumbline.netlink.wire.LinkLayerAddress;

/**
 * A device as member of a {@link Bond}: {@code IFLA_INFO_SLAVE_DATA} of slave kind "bond".
 *
 * <p>Source: {@code <linux/if_link.h>} IFLA_BOND_SLAVE_*, drivers/net/bonding/bond_netlink.c.
 */
public final class BondPort {
  /** The kernel's name of this kind. */
  public static final String KIND = "bond";

  /** 0 active, 1 backup. Read-only. */
  public static final Attribute<Integer> STATE = new Attribute<>(1, "IFLA_BOND_SLAVE_STATE", U8);

  /** 0 up, 1 going down, 2 down, 3 going up. Read-only. */
  public static final Attribute<Integer> MII_STATUS =
      new Attribute<>(2, "IFLA_BOND_SLAVE_MII_STATUS", U8);

  /** Read-only; it counts. */
  public static final Attribute<Long> LINK_FAILURE_COUNT =
      new Attribute<>(3, "IFLA_BOND_SLAVE_LINK_FAILURE_COUNT", U32);

  /** Address the device had before it joined. Read-only. */
  public static final Attribute<LinkLayerAddress> PERM_HWADDR =
      new Attribute<>(4, "IFLA_BOND_SLAVE_PERM_HWADDR", LINK_LAYER);

  /** Transmit queue, 0 for none. In place. */
  public static final Attribute<Integer> QUEUE_ID =
      new Attribute<>(5, "IFLA_BOND_SLAVE_QUEUE_ID", U16);

  /** Read-only. */
  public static final Attribute<Integer> AD_AGGREGATOR_ID =
      new Attribute<>(6, "IFLA_BOND_SLAVE_AD_AGGREGATOR_ID", U16);

  /** Read-only. */
  public static final Attribute<Integer> AD_ACTOR_OPER_PORT_STATE =
      new Attribute<>(7, "IFLA_BOND_SLAVE_AD_ACTOR_OPER_PORT_STATE", U8);

  /** Read-only. */
  public static final Attribute<Integer> AD_PARTNER_OPER_PORT_STATE =
      new Attribute<>(8, "IFLA_BOND_SLAVE_AD_PARTNER_OPER_PORT_STATE", U16);

  /**
   * Preference when the active member is chosen, the larger the better. Default 0. In place;
   * active-backup, tlb, alb.
   */
  public static final Attribute<Integer> PRIO = new Attribute<>(9, "IFLA_BOND_SLAVE_PRIO", S32);

  /** LACP port priority (Linux 6.18). */
  public static final Attribute<Integer> ACTOR_PORT_PRIO =
      new Attribute<>(10, "IFLA_BOND_SLAVE_ACTOR_PORT_PRIO", U16);

  /** All attributes of the nest that are known here. */
  public static final AttributeSchema SCHEMA =
      AttributeSchema.of(
          "BondPort",
          STATE,
          MII_STATUS,
          LINK_FAILURE_COUNT,
          PERM_HWADDR,
          QUEUE_ID,
          AD_AGGREGATOR_ID,
          AD_ACTOR_OPER_PORT_STATE,
          AD_PARTNER_OPER_PORT_STATE,
          PRIO,
          ACTOR_PORT_PRIO);

  private BondPort() {}
}
