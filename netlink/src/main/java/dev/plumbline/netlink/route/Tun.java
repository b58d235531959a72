// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.netlink.route;

import static dev.plumbline.netlink.wire.Codecs.BOOL8;
import static dev.plumbline.netlink.wire.Codecs.U32;
import static dev.plumbline.netlink.wire.Codecs.U8;

import dev.plumbline.netlink.wire.Attribute;
import dev.plumbline.netlink.wire.AttributeSchema;

/**
 * A tun or tap device as rtnetlink shows it: {@code IFLA_INFO_DATA} of kind "tun". All of it is
 * read-only here; the devices are made through {@code /dev/net/tun}, see {@link TunDevice}.
 * RTM_NEWLINK of this kind is refused (EOPNOTSUPP).
 *
 * <p>Source: {@code <linux/if_link.h>} IFLA_TUN_*, drivers/net/tun.c.
 */
public final class Tun {
  /** The kernel's name of this kind. */
  public static final String KIND = "tun";

  /** User that may attach without CAP_NET_ADMIN; absent if any. */
  public static final Attribute<Long> OWNER = new Attribute<>(1, "IFLA_TUN_OWNER", U32);

  /** Group that may attach without CAP_NET_ADMIN; absent if any. */
  public static final Attribute<Long> GROUP = new Attribute<>(2, "IFLA_TUN_GROUP", U32);

  /** {@link #TUN} or {@link #TAP}. */
  public static final Attribute<Integer> TYPE = new Attribute<>(3, "IFLA_TUN_TYPE", U8);

  /** Whether packets have the 4-byte packet information in front. */
  public static final Attribute<Boolean> PI = new Attribute<>(4, "IFLA_TUN_PI", BOOL8);

  /** Whether packets have a virtio header in front. */
  public static final Attribute<Boolean> VNET_HDR = new Attribute<>(5, "IFLA_TUN_VNET_HDR", BOOL8);

  /** Whether the device stays when no process has it open. */
  public static final Attribute<Boolean> PERSIST = new Attribute<>(6, "IFLA_TUN_PERSIST", BOOL8);

  /** Whether several file descriptors may attach. */
  public static final Attribute<Boolean> MULTI_QUEUE =
      new Attribute<>(7, "IFLA_TUN_MULTI_QUEUE", BOOL8);

  /** Attached and enabled queues; only with several queues. */
  public static final Attribute<Long> NUM_QUEUES = new Attribute<>(8, "IFLA_TUN_NUM_QUEUES", U32);

  /** Attached and disabled queues; only with several queues. */
  public static final Attribute<Long> NUM_DISABLED_QUEUES =
      new Attribute<>(9, "IFLA_TUN_NUM_DISABLED_QUEUES", U32);

  /** Type: layer 3. */
  public static final int TUN = 1;

  /** Type: Ethernet. */
  public static final int TAP = 2;

  /** All attributes of the nest that are known here. */
  public static final AttributeSchema SCHEMA =
      AttributeSchema.of(
          "Tun",
          OWNER,
          GROUP,
          TYPE,
          PI,
          VNET_HDR,
          PERSIST,
          MULTI_QUEUE,
          NUM_QUEUES,
          NUM_DISABLED_QUEUES);

  private Tun() {}
}
