// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.netlink.route;

import dev.plumbline.netlink.wire.AttributeCodec;
import dev.plumbline.netlink.wire.Codecs;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * A range of UDP or TCP ports, both ends included.
 *
 * @param low 0 to 65535
 * @param high 0 to 65535
 */
public record PortRange(int low, int high) {
  /** struct ifla_vxlan_port_range. */
  static final AttributeCodec<PortRange> BIG_ENDIAN =
      Codecs.struct(
          4,
          b -> read(b.order(ByteOrder.BIG_ENDIAN)),
          (b, r) -> b.order(ByteOrder.BIG_ENDIAN).putShort((short) r.low).putShort((short) r.high));

  /** struct fib_rule_port_range. */
  static final AttributeCodec<PortRange> HOST_ENDIAN =
      Codecs.struct(
          4, PortRange::read, (b, r) -> b.putShort((short) r.low).putShort((short) r.high));

  private static PortRange read(ByteBuffer b) {
    return new PortRange(b.getShort(0) & 0xffff, b.getShort(2) & 0xffff);
  }

  public PortRange {
    if (low < 0 || high > 0xffff || low > high) {
      throw new IllegalArgumentException(
          "not a range of ports within 0..65535: " + low + "-" + high);
    }
  }

  @Override
  public String toString() {
    return low + "-" + high;
  }
}
