// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.netlink.route;

import dev.plumbline.netlink.wire.MessageWriter;
import java.nio.ByteBuffer;

/**
 * The fixed header of route and rule messages (struct rtmsg, {@code <linux/rtnetlink.h>}; struct
 * fib_rule_hdr, {@code <linux/fib_rules.h>}, is the same with the protocol and the scope reserved
 * and an action for the type).
 *
 * <pre>
 *    0               1               2               3
 *   +---------------+---------------+---------------+---------------+
 *   |    family     |   dst bits    |   src bits    |      tos      |
 *   +---------------+---------------+---------------+---------------+
 *   | table (&lt; 256) |   protocol    |     scope     |  type (RTN_*) |
 *   +---------------+---------------+---------------+---------------+
 *   |                            flags                              |
 *   +---------------------------------------------------------------+
 * </pre>
 */
record RouteHeader(
    int family,
    int dstLength,
    int srcLength,
    int tos,
    int table,
    int protocol,
    int scope,
    int type,
    int flags)
    implements Message.Header {
  static final int BYTES = 12;

  private static final int RT_TABLE_COMPAT = 252;

  static RouteHeader read(ByteBuffer b) {
    return new RouteHeader(
        b.get(0) & 0xff,
        b.get(1) & 0xff,
        b.get(2) & 0xff,
        b.get(3) & 0xff,
        b.get(4) & 0xff,
        b.get(5) & 0xff,
        b.get(6) & 0xff,
        b.get(7) & 0xff,
        b.getInt(8));
  }

  /** The header of a request for what a family has, in a table if that is not 0. */
  static RouteHeader dump(int family, long table) {
    return new RouteHeader(family, 0, 0, 0, compatTable(table), 0, 0, 0, 0);
  }

  /** What the header says of a table; an attribute says which it is. */
  static int compatTable(long table) {
    return table < 256 ? (int) table : RT_TABLE_COMPAT;
  }

  /** The same with those of its flags that are in the mask. */
  RouteHeader withFlagsOf(int mask) {
    return new RouteHeader(
        family, dstLength, srcLength, tos, table, protocol, scope, type, flags & mask);
  }

  @Override
  public void write(MessageWriter w) {
    w.u8(family).u8(dstLength).u8(srcLength).u8(tos);
    w.u8(table).u8(protocol).u8(scope).u8(type).s32(flags);
  }
}
