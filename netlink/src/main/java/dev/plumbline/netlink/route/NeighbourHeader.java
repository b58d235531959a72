// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.netlink.route;

import dev.plumbline.netlink.wire.MessageWriter;
import java.nio.ByteBuffer;

/**
 * The fixed header of neighbour and FDB messages (struct ndmsg, {@code <linux/neighbour.h>}).
 *
 * <pre>
 *    0               1               2               3
 *   +---------------+---------------+-------------------------------+
 *   |    family     |    padding    |            padding            |
 *   +---------------+---------------+-------------------------------+
 *   |                         link index                            |
 *   +-------------------------------+---------------+---------------+
 *   |         state (NUD_*)         | flags (NTF_*) |  type (RTN_*) |
 *   +-------------------------------+---------------+---------------+
 * </pre>
 */
record NeighbourHeader(int family, int index, int state, int flags, int type)
    implements Message.Header {
  static final int BYTES = 12;

  static NeighbourHeader read(ByteBuffer b) {
    return new NeighbourHeader(
        b.get(0) & 0xff, b.getInt(4), b.getShort(8) & 0xffff, b.get(10) & 0xff, b.get(11) & 0xff);
  }

  @Override
  public void write(MessageWriter w) {
    w.u8(family).u8(0).u16(0).s32(index).u16(state).u8(flags).u8(type);
  }
}
