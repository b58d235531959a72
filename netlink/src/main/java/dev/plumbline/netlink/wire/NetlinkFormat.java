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

  /** Offsets of the fields of {@code struct nlmsghdr}. */
  public static final int LENGTH_OFFSET = 0;

  public static final int TYPE_OFFSET = 4;
  public static final int FLAGS_OFFSET = 6;
  public static final int SEQUENCE_OFFSET = 8;
  public static final int PORT_OFFSET = 12;

  /** Bits of {@code nlmsg_flags}: of every message, of GET requests, of NEW requests. */
  public static final int NLM_F_REQUEST = 0x1;

  public static final int NLM_F_MULTI = 0x2;
  public static final int NLM_F_ACK = 0x4;
  public static final int NLM_F_ECHO = 0x8;
  public static final int NLM_F_DUMP_INTR = 0x10;
  public static final int NLM_F_ROOT = 0x100;
  public static final int NLM_F_MATCH = 0x200;
  public static final int NLM_F_DUMP = NLM_F_ROOT | NLM_F_MATCH;
  public static final int NLM_F_REPLACE = 0x100;
  public static final int NLM_F_EXCL = 0x200;
  public static final int NLM_F_CREATE = 0x400;
  public static final int NLM_F_APPEND = 0x800;

  /** Bits of {@code nlmsg_flags} of NLMSG_ERROR: request cut off; attributes follow. */
  public static final int NLM_F_CAPPED = 0x100;

  public static final int NLM_F_ACK_TLVS = 0x200;

  /** Message types below 16 are netlink's own. */
  public static final int NLMSG_NOOP = 1;

  public static final int NLMSG_ERROR = 2;
  public static final int NLMSG_DONE = 3;
  public static final int NLMSG_OVERRUN = 4;

  private NetlinkFormat() {}

  /** Rounds up to the 4 bytes that messages and attributes are aligned to (NLMSG_ALIGN). */
  public static int align(int length) {
    return (length + 3) & ~3;
  }
}
