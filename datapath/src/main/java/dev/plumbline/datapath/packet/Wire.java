// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.packet;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Numbers in network byte order, whatever order the buffer is in; and the numbers of headers. */
final class Wire {
  static final int MAC_BYTES = 6;
  static final int ETHERNET_BYTES = 14;
  static final int TAG_BYTES = 4;

  /** Where a frame's first TPID or its type is. */
  static final int TYPE_OFFSET = 12;

  static final int TYPE_IPV4 = 0x0800;
  static final int TYPE_ARP = 0x0806;
  static final int TYPE_RARP = 0x8035;
  static final int TYPE_VLAN = 0x8100; // IEEE 802.1Q C-tag
  static final int TYPE_SERVICE_VLAN = 0x88a8; // IEEE 802.1ad S-tag
  static final int TYPE_IPV6 = 0x86dd;

  /** The least type; smaller numbers are the length of an 802.3 frame. */
  static final int TYPE_MIN = 0x0600;

  static final int IPV4_BYTES = 20;
  static final int IPV6_BYTES = 40;
  static final int TCP_BYTES = 20;
  static final int UDP_BYTES = 8;

  static final int PROTO_HOP_OPTIONS = 0;
  static final int PROTO_ICMP = 1;
  static final int PROTO_IGMP = 2;
  static final int PROTO_TCP = 6;
  static final int PROTO_UDP = 17;
  static final int PROTO_ROUTING = 43;
  static final int PROTO_FRAGMENT = 44;
  static final int PROTO_AH = 51;
  static final int PROTO_ICMPV6 = 58;
  static final int PROTO_DESTINATION_OPTIONS = 60;
  static final int PROTO_SCTP = 132;

  private static final VarHandle U16 =
      MethodHandles.byteBufferViewVarHandle(short[].class, ByteOrder.BIG_ENDIAN);
  private static final VarHandle U32 =
      MethodHandles.byteBufferViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);

  private Wire() {}

  static int u8(ByteBuffer buffer, int index) {
    return buffer.get(index) & 0xff;
  }

  static int u16(ByteBuffer buffer, int index) {
    return (short) U16.get(buffer, index) & 0xffff;
  }

  static void u16(ByteBuffer buffer, int index, int value) {
    U16.set(buffer, index, (short) value);
  }

  static int u32(ByteBuffer buffer, int index) {
    return (int) U32.get(buffer, index);
  }

  static void u32(ByteBuffer buffer, int index, int value) {
    U32.set(buffer, index, value);
  }

  /** A MAC address in the low 48 bits. */
  static long mac(ByteBuffer buffer, int index) {
    return ((long) u16(buffer, index) << 32) | (u32(buffer, index + 2) & 0xffffffffL);
  }

  static void mac(ByteBuffer buffer, int index, long mac) {
    u16(buffer, index, (int) (mac >> 32));
    u32(buffer, index + 2, (int) mac);
  }

  static boolean isTag(int type) {
    return type == TYPE_VLAN || type == TYPE_SERVICE_VLAN;
  }
}
