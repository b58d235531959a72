// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.netlink.route;

import static dev.plumbline.netlink.wire.Codecs.LINK_LAYER;
import static dev.plumbline.netlink.wire.Codecs.S32;
import static dev.plumbline.netlink.wire.Codecs.U16;
import static dev.plumbline.netlink.wire.Codecs.U32;

import dev.plumbline.netlink.wire.Attribute;
import dev.plumbline.netlink.wire.AttributeSchema;
import dev.plumbline.netlink.wire.Codecs;
import dev.plumbline.netlink.wire.LinkLayerAddress;
import java.util.List;

/**
 * A macvlan: {@code IFLA_INFO_DATA} of kind "macvlan". Its parent is {@link Link#LINK}.
 *
 * <p>Source: {@code <linux/if_link.h>} IFLA_MACVLAN_*, drivers/net/macvlan.c.
 */
public final class Macvlan {
  /** The kernel's name of this kind. */
  public static final String KIND = "macvlan";

  /**
   * {@link #PRIVATE} to {@link #SOURCE}. Default {@link #VEPA}. In place, but not to or from {@link
   * #PASSTHRU} (EINVAL).
   */
  public static final Attribute<Long> MODE = new Attribute<>(1, "IFLA_MACVLAN_MODE", U32);

  /** {@link #NOPROMISC}, {@link #NODST}. In place. */
  public static final Attribute<Integer> FLAGS = new Attribute<>(2, "IFLA_MACVLAN_FLAGS", U16);

  /** Write-only, for mode source: 0 add, 1 delete, 2 flush, 3 set. */
  public static final Attribute<Long> MACADDR_MODE =
      new Attribute<>(3, "IFLA_MACVLAN_MACADDR_MODE", U32);

  /** Write-only, for mode source: the address meant by {@link #MACADDR_MODE}. */
  public static final Attribute<LinkLayerAddress> MACADDR =
      new Attribute<>(4, "IFLA_MACVLAN_MACADDR", LINK_LAYER);

  /** Addresses of mode source. */
  public static final Attribute<List<LinkLayerAddress>> MACADDR_DATA =
      new Attribute<>(5, "IFLA_MACVLAN_MACADDR_DATA", Codecs.list(4, LINK_LAYER));

  /** Number of addresses of mode source. Read-only. */
  public static final Attribute<Long> MACADDR_COUNT =
      new Attribute<>(6, "IFLA_MACVLAN_MACADDR_COUNT", U32);

  /** Broadcast queue, packets. Default 1000; the parent uses the largest of its macvlans. */
  public static final Attribute<Long> BC_QUEUE_LEN =
      new Attribute<>(7, "IFLA_MACVLAN_BC_QUEUE_LEN", U32);

  /** Read-only. */
  public static final Attribute<Long> BC_QUEUE_LEN_USED =
      new Attribute<>(8, "IFLA_MACVLAN_BC_QUEUE_LEN_USED", U32);

  /**
   * Multicast groups with more listeners than this go through the queue; -1 disables. Default 1.
   */
  public static final Attribute<Integer> BC_CUTOFF =
      new Attribute<>(9, "IFLA_MACVLAN_BC_CUTOFF", S32);

  /** Mode: macvlans of one parent do not talk to each other. */
  public static final long PRIVATE = 1;

  /** Mode: they talk through a switch outside. */
  public static final long VEPA = 2;

  /** Mode: they talk directly. */
  public static final long BRIDGE = 4;

  /** Mode: one macvlan takes the parent over. */
  public static final long PASSTHRU = 8;

  /** Mode: frames are taken by source address. */
  public static final long SOURCE = 16;

  /** Flag: passthru without promiscuous mode. */
  public static final int NOPROMISC = 1;

  /** Flag: in mode source a match of the destination does not count. */
  public static final int NODST = 2;

  /** All attributes of the nest that are known here. */
  public static final AttributeSchema SCHEMA =
      AttributeSchema.of(
          "Macvlan",
          MODE,
          FLAGS,
          MACADDR_MODE,
          MACADDR,
          MACADDR_DATA,
          MACADDR_COUNT,
          BC_QUEUE_LEN,
          BC_QUEUE_LEN_USED,
          BC_CUTOFF);

  /**
   * A macvlan to be created.
   *
   * @param parent index of the device below
   * @param mode one of {@link #PRIVATE} to {@link #SOURCE}
   */
  public static LinkBuilder named(String name, int parent, long mode) {
    return Link.named(name).kind(KIND).link(parent).data(MODE, mode);
  }

  private Macvlan() {}
}
