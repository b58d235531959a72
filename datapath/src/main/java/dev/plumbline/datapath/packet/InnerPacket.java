// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.packet;

import static dev.plumbline.datapath.packet.Wire.u16;
import static dev.plumbline.datapath.packet.Wire.u32;
import static dev.plumbline.datapath.packet.Wire.u8;

import dev.plumbline.datapath.flow.FlowKey;
import java.nio.ByteBuffer;

/**
 * The packet that an ICMP error is about, and the ends that it has on the other side of nat: gives
 * it those, as {@code translate_inner} of {@code src/main/bpf/connection.h} does, byte for byte.
 * What that changes in the error's own header actions do.
 */
public final class InnerPacket {
  private static final int ICMP_BYTES = 8;
  private static final int ADDRESS_BYTES = 16;

  private final PacketParser parser = new PacketParser();
  private final FlowKey key = new FlowKey();
  private final byte[] addresses = new byte[2 * ADDRESS_BYTES];
  private int source;
  private int destination;
  private boolean isSet;

  private ByteBuffer buffer = ByteBuffer.allocate(0);
  private boolean isFour;
  private int icmp;
  private int ip;
  private int transport;
  private int protocol;

  /** Of the inner packet's layer 4; 0: it has none, or it is cut off. */
  private int sum;

  /** Forgets the ends of the packet before. */
  public void clear() {
    isSet = false;
  }

  /** Whether there are ends, and so {@link #translate} has something to do. */
  public boolean isSet() {
    return isSet;
  }

  /** Says the ends: source and destination of the inner packet, 16 bytes of address each. */
  public void ends(byte[] newAddresses, int sourcePort, int destinationPort) {
    System.arraycopy(newAddresses, 0, addresses, 0, addresses.length);
    source = sourcePort;
    destination = destinationPort;
    isSet = true;
  }

  /**
   * Changes it in an error's frame.
   *
   * @return false: it cannot be. It is a redirect, which Linux does not translate either, or cut
   *     off too early
   */
  public boolean translate(ByteBuffer frame, int offset, int length, int vlanTpid, int vlanTci) {
    if (!parser.parse(frame, offset, length, vlanTpid, vlanTci, key) || !find(frame, offset)) {
      return false;
    }
    int before = sum == 0 ? 0 : u16(buffer, sum);
    ByteBuffer words = ByteBuffer.wrap(addresses);
    int count = isFour ? 1 : 4;
    for (int end = 0; end < 2; end++) {
      for (int word = 0; word < count; word++) {
        int at = ip + (isFour ? 12 + 4 * end : 8 + ADDRESS_BYTES * end + 4 * word);
        set(at, words.getInt(ADDRESS_BYTES * end + 4 * word), true);
      }
    }
    if (protocol == Wire.PROTO_TCP || protocol == Wire.PROTO_UDP) {
      set(transport, source << 16 | destination, false);
    } else if (isEcho()) {
      boolean isRequest = u8(buffer, transport) == (isFour ? 8 : 128);
      int identifier = isRequest ? source : destination;
      set(transport + 4, identifier << 16 | u16(buffer, transport + 6), false);
    }
    if (sum != 0) {
      u16(buffer, icmp + 2, Checksums.replace(u16(buffer, icmp + 2), before, u16(buffer, sum)));
    }
    return true;
  }

  private boolean isEcho() {
    return protocol == (isFour ? Wire.PROTO_ICMP : Wire.PROTO_ICMPV6);
  }

  private boolean find(ByteBuffer frame, int offset) {
    int network = offset + parser.networkOffset();
    buffer = frame;
    icmp = offset + parser.transportOffset();
    ip = icmp + ICMP_BYTES;
    isFour = parser.networkKind() == Wire.TYPE_IPV4;
    if (isFour && u8(frame, icmp) == 5) {
      return false;
    }
    protocol = u8(frame, ip + (isFour ? 9 : 6));
    transport = ip + (isFour ? (u8(frame, ip) & 15) * 4 : Wire.IPV6_BYTES);
    int bytes = isFour ? u16(frame, network + 2) : Wire.IPV6_BYTES + u16(frame, network + 4);
    int left = network + bytes - transport;
    sum = 0;
    if (protocol == Wire.PROTO_TCP) {
      sum = left >= 20 ? transport + 16 : 0;
    } else if (protocol == Wire.PROTO_UDP) {
      sum = left >= 8 && u16(frame, transport + 6) != 0 ? transport + 6 : 0;
    } else if (isEcho()) {
      sum = transport + 2;
    } else {
      return true; // addresses alone
    }
    return left >= 8;
  }

  /** Four bytes, and what covers them. What IPv4's checksum covers that makes up for. */
  private void set(int at, int now, boolean isAddress) {
    int old = u32(buffer, at);
    int by = isAddress && isFour ? ip + 10 : icmp + 2;
    u32(buffer, at, now);
    u16(buffer, by, Checksums.replace(u16(buffer, by), old, now));
    if (sum != 0 && !(isAddress && isFour && isEcho())) {
      int after = Checksums.replace(u16(buffer, sum), old, now);
      u16(buffer, sum, after == 0 && protocol == Wire.PROTO_UDP ? 0xffff : after);
    }
  }
}
