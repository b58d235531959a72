// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.packet;

import static dev.plumbline.datapath.packet.Wire.u16;
import static dev.plumbline.datapath.packet.Wire.u32;

import dev.plumbline.datapath.flow.ActionList;
import dev.plumbline.datapath.flow.FlowKey;
import dev.plumbline.datapath.flow.SetField;
import java.nio.ByteBuffer;

/**
 * Changes headers of a frame, as {@code src/main/bpf/rewrite.h} does, byte for byte. Checksums take
 * the difference (RFC 1624), so that one that was wrong stays wrong, and that of a fragment's
 * datagram is right in its first fragment. A checksum that the frame's sender left to others is the
 * pseudo-header's sum until then ({@link VnetHeader#needsChecksum}): ports are not in that.
 *
 * <p>{@link #find} says what a frame has, {@link #set} changes it any number of times, while tags
 * come and go in front.
 */
final class HeaderWriter {
  private static final int NONE = -1;

  private final PacketParser parser = new PacketParser();
  private final FlowKey key = new FlowKey();
  private ByteBuffer buffer = ByteBuffer.allocate(0);
  private int network;
  private int transport;

  // Of a change.
  private int at;
  private int mask;
  private int bits;
  private boolean isUnderIpv4;
  private boolean isUnderTransport;
  private boolean isPseudo;

  /** Looks where the frame's headers are; as {@link PacketParser#parse}. */
  void find(ByteBuffer frame, int offset, int length, int vlanTpid, int vlanTci) {
    boolean unused = parser.parse(frame, offset, length, vlanTpid, vlanTci, key);
    buffer = frame;
    network = offset + parser.networkOffset();
    transport = offset + parser.transportOffset();
  }

  /**
   * Does one action.
   *
   * @param offset where the frame begins now
   */
  void set(ActionList actions, int index, int offset, VnetHeader vnet) {
    SetField field = actions.field(index);
    if (field.isMac()) {
      int place = macAt(field, offset);
      if (place != NONE) {
        Wire.mac(buffer, place, actions.value(index));
      }
    } else if (describe(field, actions.port(index), actions.arg(index))) {
      change(offset, vnet);
    }
  }

  private int macAt(SetField field, int offset) {
    return switch (field) {
      case ETH_DST -> offset;
      case ETH_SRC -> offset + Wire.MAC_BYTES;
      case ARP_SHA -> parser.networkKind() == Wire.TYPE_ARP ? network + 8 : NONE;
      default -> parser.networkKind() == Wire.TYPE_ARP ? network + 18 : NONE;
    };
  }

  /** Says which bits of which four bytes are to be changed; false: the frame has no such field. */
  private boolean describe(SetField field, int word, int value) {
    isUnderIpv4 = false;
    isUnderTransport = false;
    isPseudo = false;
    return switch (field) {
      case ARP_OP -> isArp() && four(network + 4, 0xffff, value);
      case ARP_SPA -> isArp() && four(network + 14, -1, value);
      case ARP_TPA -> isArp() && four(network + 24, -1, value);
      case IP_SRC -> address(true, word, value);
      case IP_DST -> address(false, word, value);
      case IP_TOS, IP_TTL, IPV6_LABEL -> ip(field, value);
      case TP_SRC -> transport(true, value);
      case TP_DST -> transport(false, value);
      case ICMP_ID -> identifier(value);
      case ETH_DST, ETH_SRC, ARP_SHA, ARP_THA -> false;
    };
  }

  private boolean isArp() {
    return parser.networkKind() == Wire.TYPE_ARP;
  }

  private boolean four(int place, int newMask, int newBits) {
    at = place;
    mask = newMask;
    bits = newBits & newMask;
    return true;
  }

  private boolean address(boolean isSource, int word, int value) {
    int proto = parser.transportProto();
    isPseudo = true;
    isUnderTransport = proto == Wire.PROTO_TCP || proto == Wire.PROTO_UDP;
    if (parser.networkKind() == Wire.TYPE_IPV4 && word == 0) {
      isUnderIpv4 = true;
      return four(network + (isSource ? 12 : 16), -1, value);
    }
    if (parser.networkKind() == Wire.TYPE_IPV6 && word < 4) {
      isUnderTransport |= proto == Wire.PROTO_ICMPV6;
      isUnderTransport &= isSource || !parser.isRouted();
      return four(network + (isSource ? 8 : 24) + 4 * word, -1, value);
    }
    return false;
  }

  private boolean ip(SetField field, int value) {
    if (parser.networkKind() == Wire.TYPE_IPV4) {
      isUnderIpv4 = true;
      return switch (field) {
        case IP_TOS -> four(network, 0xff_0000, value << 16);
        case IP_TTL -> four(network + 8, 0xff00_0000, value << 24);
        default -> false;
      };
    }
    return parser.networkKind() == Wire.TYPE_IPV6
        && switch (field) {
          case IP_TOS -> four(network, 0xff0_0000, value << 20);
          case IP_TTL -> four(network + 4, 0xff, value);
          default -> four(network, 0xf_ffff, value);
        };
  }

  private boolean transport(boolean isFirst, int value) {
    isUnderTransport = true;
    return switch (parser.transportProto()) {
      case Wire.PROTO_TCP, Wire.PROTO_UDP ->
          isFirst ? four(transport, 0xffff_0000, value << 16) : four(transport, 0xffff, value);
      case Wire.PROTO_ICMP, Wire.PROTO_ICMPV6 ->
          isFirst
              ? four(transport, 0xff00_0000, value << 24)
              : four(transport, 0xff_0000, value << 16);
      default -> false;
    };
  }

  private boolean identifier(int value) {
    isUnderTransport = true;
    int proto = parser.transportProto();
    return (proto == Wire.PROTO_ICMP || proto == Wire.PROTO_ICMPV6)
        && four(transport + 4, 0xffff_0000, value << 16);
  }

  private void change(int offset, VnetHeader vnet) {
    int old = u32(buffer, at);
    int now = (old & ~mask) | bits;
    u32(buffer, at, now); // first, as the four bytes may hold the checksum
    if (isUnderIpv4) {
      int sum = network + 10;
      u16(buffer, sum, Checksums.replace(u16(buffer, sum), old, now));
    }
    if (isUnderTransport) {
      changeSum(sumAt(), old, now, vnet, vnet.checksumStart() == transport - offset);
    }
  }

  private int sumAt() {
    return transport
        + switch (parser.transportProto()) {
          case Wire.PROTO_TCP -> 16;
          case Wire.PROTO_UDP -> 6;
          default -> 2;
        };
  }

  private void changeSum(int sum, int old, int now, VnetHeader vnet, boolean isItsStart) {
    int before = u16(buffer, sum);
    boolean isUdp = parser.transportProto() == Wire.PROTO_UDP;
    if (isUdp && before == 0) {
      return; // RFC 768: there is none
    }
    int after;
    if (!vnet.needsChecksum() || !isItsStart) {
      after = Checksums.replace(before, old, now);
    } else if (isPseudo) {
      after = Checksums.replaceInSum(before, old, now);
    } else {
      return;
    }
    u16(buffer, sum, isUdp && after == 0 ? 0xffff : after);
  }
}
