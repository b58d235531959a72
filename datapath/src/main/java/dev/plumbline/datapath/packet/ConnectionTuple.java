// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.packet;

import static dev.plumbline.datapath.packet.Wire.u16;
import static dev.plumbline.datapath.packet.Wire.u8;

import dev.plumbline.datapath.flow.ConnectionKey;
import dev.plumbline.datapath.flow.FlowField;
import dev.plumbline.datapath.flow.FlowKey;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Whose packet a frame is, as {@code read_tuple} of {@code src/main/bpf/connection.h} says it: by
 * its addresses, protocol and ports as they came. One is made for many frames.
 */
public final class ConnectionTuple {
  /** What a packet may be to a connection: {@code TUPLE_*}. */
  public enum Kind {
    /** Of nothing that can be tracked. */
    NONE,
    /** May begin one. */
    BEGINS,
    /** Must be of one. */
    GOES_ON,
    /** An ICMP error; the ends are those of the packet that it is about. */
    ERROR
  }

  private static final int FIN = 0x01;
  private static final int SYN = 0x02;
  private static final int RST = 0x04;
  private static final int ACK = 0x10;
  private static final int ADDRESS_BYTES = 16;
  private static final int LATER_FRAGMENT = 3;

  private final PacketParser parser = new PacketParser();
  private final FlowKey packet = new FlowKey();
  private final ConnectionKey key = new ConnectionKey();
  private final byte[] addresses = new byte[2 * ADDRESS_BYTES];

  private int version;
  private int protocol;
  private int source;
  private int destination;
  private Kind kind = Kind.NONE;
  private boolean fromHigh;

  /**
   * Reads a frame's.
   *
   * @param vlanTci the tag beside the frame, with {@link FlowKey#VLAN_PRESENT}; without that bit:
   *     none
   */
  public Kind read(ByteBuffer frame, int offset, int length, int vlanTpid, int vlanTci) {
    boolean hasHeader = parser.parse(frame, offset, length, vlanTpid, vlanTci, packet);
    kind = hasHeader ? kind(frame, offset, offset + length) : Kind.NONE;
    if (kind != Kind.NONE) {
      fromHigh = key.ends(version, protocol, addresses, 0, source, destination);
    }
    return kind;
  }

  public Kind kind() {
    return kind;
  }

  /** Without a zone; lent until the next frame is read. */
  public ConnectionKey key() {
    return key;
  }

  /** Whether it goes from the high end to the low one. */
  public boolean isFromHigh() {
    return fromHigh;
  }

  /** 0 if it is not TCP. */
  public int tcpFlags() {
    return protocol == Wire.PROTO_TCP && kind != Kind.ERROR ? packet.get(FlowField.TCP_FLAGS) : 0;
  }

  private Kind kind(ByteBuffer frame, int start, int end) {
    int type = parser.networkKind();
    if ((type != Wire.TYPE_IPV4 && type != Wire.TYPE_IPV6)
        || packet.get(FlowField.IP_FRAG) == LATER_FRAGMENT) { // nobody has put it together
      return Kind.NONE;
    }
    version = type == Wire.TYPE_IPV4 ? 4 : 6;
    System.arraycopy(
        packet.bytes(), FlowField.IP_SRC.offset(), addresses, 0, addresses.length); // and IP_DST
    source = 0;
    destination = 0;
    protocol = packet.get(FlowField.IP_PROTO);
    boolean isWhole = parser.transportProto() != 0;
    if (isIcmp(protocol)) {
      return isWhole ? icmp(frame, start + parser.transportOffset(), end) : Kind.NONE;
    }
    if (!hasPorts()) {
      return Kind.BEGINS;
    }
    if (!isWhole) {
      return Kind.NONE;
    }
    source = packet.get(FlowField.TP_SRC);
    destination = packet.get(FlowField.TP_DST);
    if (protocol == Wire.PROTO_TCP) {
      // Like Linux, take over what began elsewhere or before: nf_conntrack_tcp_loose.
      int flags = packet.get(FlowField.TCP_FLAGS) & (SYN | ACK | RST | FIN);
      return flags == SYN || flags == ACK ? Kind.BEGINS : Kind.GOES_ON;
    }
    return Kind.BEGINS;
  }

  private boolean isIcmp(int number) {
    return number == (version == 4 ? Wire.PROTO_ICMP : Wire.PROTO_ICMPV6);
  }

  private boolean hasPorts() {
    return protocol == Wire.PROTO_TCP || protocol == Wire.PROTO_UDP || protocol == Wire.PROTO_SCTP;
  }

  private Kind icmp(ByteBuffer frame, int at, int end) {
    Kind of = icmpKind(packet.get(FlowField.TP_SRC));
    if (of == Kind.ERROR) {
      // It is for whom the packet came from that it is about, or it is forged.
      boolean isAbout =
          inner(frame, at + 8, end)
              && Arrays.equals(
                  addresses,
                  0,
                  ADDRESS_BYTES,
                  packet.bytes(),
                  FlowField.IP_DST.offset(),
                  FlowField.IP_DST.offset() + ADDRESS_BYTES);
      return isAbout ? Kind.ERROR : Kind.NONE;
    }
    return echo(of, frame, at, end) ? of : Kind.NONE;
  }

  /** What kind an ICMP packet is of (RFC 792, RFC 4443). */
  private Kind icmpKind(int type) {
    if (version == 4) {
      return switch (type) {
        case 8 -> Kind.BEGINS;
        case 0 -> Kind.GOES_ON;
        case 3, 4, 5, 11, 12 -> Kind.ERROR;
        default -> Kind.NONE;
      };
    }
    return switch (type) {
      case 128 -> Kind.BEGINS;
      case 129 -> Kind.GOES_ON;
      case 1, 2, 3, 4 -> Kind.ERROR;
      default -> Kind.NONE;
    };
  }

  /** The identifier is the port of the end that requests: the other end's are no answers to it. */
  private boolean echo(Kind of, ByteBuffer frame, int at, int end) {
    if (end - at < 6) {
      return false;
    }
    if (of == Kind.BEGINS) {
      source = u16(frame, at + 4);
    } else if (of == Kind.GOES_ON) {
      destination = u16(frame, at + 4);
    } else {
      return false;
    }
    return true;
  }

  /** The packet that an ICMP error is about; of IPv6 only one without extension headers. */
  private boolean inner(ByteBuffer frame, int at, int end) {
    int next;
    Arrays.fill(addresses, (byte) 0);
    if (version == 4) {
      if (end - at < Wire.IPV4_BYTES
          || u8(frame, at) >> 4 != 4
          || (u8(frame, at) & 15) < 5
          || (u16(frame, at + 6) & 0x1fff) != 0) {
        return false;
      }
      protocol = u8(frame, at + 9);
      frame.get(at + 12, addresses, 0, 4);
      frame.get(at + 16, addresses, ADDRESS_BYTES, 4);
      next = at + (u8(frame, at) & 15) * 4;
    } else {
      if (end - at < Wire.IPV6_BYTES || u8(frame, at) >> 4 != 6) {
        return false;
      }
      protocol = u8(frame, at + 6);
      frame.get(at + 8, addresses);
      next = at + Wire.IPV6_BYTES;
    }
    if (isIcmp(protocol)) {
      return end - next >= 8 && echo(icmpKind(u8(frame, next)), frame, next, end);
    }
    if (hasPorts()) {
      if (end - next < 4) {
        return false;
      }
      source = u16(frame, next);
      destination = u16(frame, next + 2);
    }
    return true;
  }
}
