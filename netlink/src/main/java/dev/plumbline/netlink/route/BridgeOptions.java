// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.netlink.route;

import dev.plumbline.netlink.wire.AttributeCodec;
import dev.plumbline.netlink.wire.Codecs;

/**
 * On/off options of a bridge (struct br_boolopt_multi): bit 0 no_linklocal_learn, bit 1
 * mcast_vlan_snooping, bit 2 mst_enable.
 *
 * @param values the bits
 * @param mask which of them are meant
 */
public record BridgeOptions(long values, long mask) {
  static final AttributeCodec<BridgeOptions> CODEC =
      Codecs.struct(
          8,
          b ->
              new BridgeOptions(
                  Integer.toUnsignedLong(b.getInt(0)), Integer.toUnsignedLong(b.getInt(4))),
          (b, o) -> b.putInt((int) o.values).putInt((int) o.mask));
}
