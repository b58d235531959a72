// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.netlink.wire;

/** The numbers of the netlink wire format, from include/uapi/linux/netlink.h. */
public final class NetlinkFormat {
  /** Bytes of {@code struct nlmsghdr}. */
  public static final int HEADER_BYTES = 16;

  /** Bytes of {@code struct nlattr}. */
  public static final int ATTRIBUTE_HEADER_BYTES = 4;

  /** Set in the type of an attribute whose value is attributes again. */
  public static final int NLA_F_NESTED = 1 << 15;

  /** Set in the type of an attribute whose value is in network byte order. */
  public static final int NLA_F_NET_BYTEORDER = 1 << 14;

  /** The bits of an attribute's type that are the type. */
  public static final int NLA_TYPE_MASK = ~(NLA_F_NESTED | NLA_F_NET_BYTEORDER) & 0xffff;

  /** Most bytes that an attribute's value can have: its length field has 16 bits. */
  public static final int MAX_PAYLOAD_BYTES = 0xffff - ATTRIBUTE_HEADER_BYTES;

  static final int LENGTH_OFFSET = 0;
  static final int TYPE_OFFSET = 4;
  static final int FLAGS_OFFSET = 6;
  static final int SEQUENCE_OFFSET = 8;
  static final int PORT_OFFSET = 12;

  private NetlinkFormat() {}

  /** Rounds up to the 4 bytes that messages and attributes are aligned to (NLMSG_ALIGN). */
  public static int align(int length) {
    return (length + 3) & ~3;
  }
}
