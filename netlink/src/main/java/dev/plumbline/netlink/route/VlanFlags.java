// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.netlink.route;

import dev.plumbline.netlink.wire.AttributeCodec;
import dev.plumbline.netlink.wire.Codecs;

/**
 * Flags of a {@link Vlan} (struct ifla_vlan_flags).
 *
 * @param flags the bits {@link #REORDER_HDR} to {@link #BRIDGE_BINDING}
 * @param mask which of them are meant; reads as all ones
 */
public record VlanFlags(long flags, long mask) {
  /** The tag is not seen in packets of the device. Default on. */
  public static final long REORDER_HDR = 1;

  /** Registers with GVRP; needs the kernel's module. */
  public static final long GVRP = 2;

  /** The state does not follow the parent's. */
  public static final long LOOSE_BINDING = 4;

  /** Registers with MVRP; needs the kernel's module. */
  public static final long MVRP = 8;

  /** The carrier follows the bridge ports that have this VLAN; the parent is a bridge. */
  public static final long BRIDGE_BINDING = 16;

  static final AttributeCodec<VlanFlags> CODEC =
      Codecs.struct(
          8,
          b ->
              new VlanFlags(
                  Integer.toUnsignedLong(b.getInt(0)), Integer.toUnsignedLong(b.getInt(4))),
          (b, f) -> b.putInt((int) f.flags).putInt((int) f.mask));

  /** Sets or clears one flag and leaves the others as they are. */
  public static VlanFlags only(long flag, boolean on) {
    return new VlanFlags(on ? flag : 0, flag);
  }

  /** Whether a flag is on. */
  public boolean has(long flag) {
    return (flags & flag) != 0;
  }
}
