// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.netlink.route;

import static dev.plumbline.netlink.wire.Codecs.BE16;
import static dev.plumbline.netlink.wire.Codecs.U16;

import dev.plumbline.netlink.wire.Attribute;
import dev.plumbline.netlink.wire.AttributeSchema;
import dev.plumbline.netlink.wire.Codecs;
import java.util.List;

/**
 * An 802.1Q or 802.1ad device: {@code IFLA_INFO_DATA} of kind "vlan". Its parent is {@link
 * Link#LINK}.
 *
 * <p>Source: {@code <linux/if_link.h>} IFLA_VLAN_*, net/8021q/vlan_netlink.c.
 */
public final class Vlan {
  /** The kernel's name of this kind. */
  public static final String KIND = "vlan";

  /** VLAN id, 0 to 4094. Fixed at creation (ignored in a change). */
  public static final Attribute<Integer> ID = new Attribute<>(1, "IFLA_VLAN_ID", U16);

  /** {@code reorder_hdr} and others, with the mask of those that are meant. In place. */
  public static final Attribute<VlanFlags> FLAGS =
      new Attribute<>(2, "IFLA_VLAN_FLAGS", VlanFlags.CODEC);

  /**
   * Kernel priority to 802.1p priority. Additions in place; the kernel removes none (map to 0
   * instead).
   */
  public static final Attribute<List<QosMapping>> EGRESS_QOS =
      new Attribute<>(3, "IFLA_VLAN_EGRESS_QOS", Codecs.list(QosMapping.TYPE, QosMapping.CODEC));

  /**
   * 802.1p priority to kernel priority. Additions in place; the kernel removes none (map to 0
   * instead).
   */
  public static final Attribute<List<QosMapping>> INGRESS_QOS =
      new Attribute<>(4, "IFLA_VLAN_INGRESS_QOS", Codecs.list(QosMapping.TYPE, QosMapping.CODEC));

  /**
   * Ethertype: {@link #PROTOCOL_8021Q} (default) or {@link #PROTOCOL_8021AD}. Fixed at creation
   * (ignored in a change).
   */
  public static final Attribute<Integer> PROTOCOL = new Attribute<>(5, "IFLA_VLAN_PROTOCOL", BE16);

  /** Ethertype of a customer tag. */
  public static final int PROTOCOL_8021Q = 0x8100;

  /** Ethertype of a service tag. */
  public static final int PROTOCOL_8021AD = 0x88a8;

  /** All attributes of the nest that are known here. */
  public static final AttributeSchema SCHEMA =
      AttributeSchema.of("Vlan", ID, FLAGS, EGRESS_QOS, INGRESS_QOS, PROTOCOL);

  /**
   * A VLAN device to be created.
   *
   * @param parent index of the device below; EEXIST if it has this VLAN already
   * @param id 0 to 4094
   */
  public static LinkBuilder named(String name, int parent, int id) {
    return Link.named(name).kind(KIND).link(parent).data(ID, id);
  }

  private Vlan() {}
}
