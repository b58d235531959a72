// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.netlink.route;

import dev.plumbline.netlink.wire.AttributeCodec;
import dev.plumbline.netlink.wire.Codecs;

/**
 * One entry of a {@link Vlan}'s priority maps (struct ifla_vlan_qos_mapping).
 *
 * @param from 802.1p priority 0 to 7 in an ingress map, kernel priority in an egress map
 * @param to kernel priority in an ingress map, 802.1p priority 0 to 7 in an egress map
 */
public record QosMapping(long from, long to) {
  /** IFLA_VLAN_QOS_MAPPING. */
  static final int TYPE = 1;

  static final AttributeCodec<QosMapping> CODEC =
      Codecs.struct(
          8,
          b ->
              new QosMapping(
                  Integer.toUnsignedLong(b.getInt(0)), Integer.toUnsignedLong(b.getInt(4))),
          (b, m) -> b.putInt((int) m.from).putInt((int) m.to));
}
