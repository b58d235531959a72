// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.netlink.route;

import static dev.plumbline.netlink.wire.Codecs.U32;

import dev.plumbline.netlink.wire.Attribute;
import dev.plumbline.netlink.wire.AttributeSchema;

/**
 * A VRF, a routing table with devices of its own: {@code IFLA_INFO_DATA} of kind "vrf".
 *
 * <p>The first VRF of a namespace adds the rule {@code 1000: from all lookup [l3mdev-table]} for
 * each family.
 *
 * <p>Source: {@code <linux/if_link.h>} IFLA_VRF_*, drivers/net/vrf.c.
 */
public final class Vrf {
  /** The kernel's name of this kind. */
  public static final String KIND = "vrf";

  /** Routing table of the VRF, 1 to 2^32-1. Fixed at creation. */
  public static final Attribute<Long> TABLE = new Attribute<>(1, "IFLA_VRF_TABLE", U32);

  /** All attributes of the nest that are known here. */
  public static final AttributeSchema SCHEMA = AttributeSchema.of("Vrf", TABLE);

  /**
   * A VRF to be created.
   *
   * @param table 1 to 2^32-1
   */
  public static LinkBuilder named(String name, long table) {
    return Link.named(name).kind(KIND).data(TABLE, table);
  }

  private Vrf() {}
}
