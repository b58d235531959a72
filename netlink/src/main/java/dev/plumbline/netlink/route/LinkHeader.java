// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.netlink.route;

import dev.plumbline.netlink.wire.MessageWriter;
import java.nio.ByteBuffer;

/**
 * The fixed header of link messages (struct ifinfomsg, {@code <linux/rtnetlink.h>}).
 *
 * <pre>
 *    0               1               2               3
 *   +---------------+---------------+-------------------------------+
 *   |    family     |    padding    |     hardware type (ARPHRD_*)  |
 *   +---------------+---------------+-------------------------------+
 *   |                            index                              |
 *   +---------------------------------------------------------------+
 *   |                        flags (IFF_*)                          |
 *   +---------------------------------------------------------------+
 *   |              change: which of the flags are meant             |
 *   +---------------------------------------------------------------+
 * </pre>
 */
record LinkHeader(int hardwareType, int index, long flags, long change) implements Message.Header {
  static final int BYTES = 16;

  static LinkHeader read(ByteBuffer b) {
    return new LinkHeader(
        b.getShort(2) & 0xffff,
        b.getInt(4),
        Integer.toUnsignedLong(b.getInt(8)),
        Integer.toUnsignedLong(b.getInt(12)));
  }

  @Override
  public void write(MessageWriter w) {
    w.u8(0).u8(0).u16(hardwareType).s32(index).u32(flags).u32(change);
  }
}
