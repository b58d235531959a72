// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.netlink.route;

import dev.plumbline.netlink.wire.MessageWriter;
import java.nio.ByteBuffer;

/**
 * The fixed header of address messages (struct ifaddrmsg, {@code <linux/if_addr.h>}).
 *
 * <pre>
 *    0               1               2               3
 *   +---------------+---------------+---------------+---------------+
 *   |    family     | prefix length |     flags     |     scope     |
 *   +---------------+---------------+---------------+---------------+
 *   |                         link index                            |
 *   +---------------------------------------------------------------+
 * </pre>
 */
record AddressHeader(int family, int prefixLength, int flags, int scope, int index)
    implements Message.Header {
  static final int BYTES = 8;

  static AddressHeader read(ByteBuffer b) {
    return new AddressHeader(
        b.get(0) & 0xff, b.get(1) & 0xff, b.get(2) & 0xff, b.get(3) & 0xff, b.getInt(4));
  }

  @Override
  public void write(MessageWriter w) {
    w.u8(family).u8(prefixLength).u8(flags).u8(scope).s32(index);
  }
}
