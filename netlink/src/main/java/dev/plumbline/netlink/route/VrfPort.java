// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.netlink.route;

import static dev.plumbline.netlink.wire.Codecs.U32;

import dev.plumbline.netlink.wire.Attribute;
import dev.plumbline.netlink.wire.AttributeSchema;

/**
 * A device in a {@link Vrf}: {@code IFLA_INFO_SLAVE_DATA} of slave kind "vrf".
 *
 * <p>Source: {@code <linux/if_link.h>} IFLA_VRF_PORT_*.
 */
public final class VrfPort {
  /** The kernel's name of this kind. */
  public static final String KIND = "vrf";

  /** Table of the VRF it is in. Read-only. */
  public static final Attribute<Long> TABLE = new Attribute<>(1, "IFLA_VRF_PORT_TABLE", U32);

  /** All attributes of the nest that are known here. */
  public static final AttributeSchema SCHEMA = AttributeSchema.of("VrfPort", TABLE);

  private VrfPort() {}
}
