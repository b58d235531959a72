// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.check;

import java.nio.ByteBuffer;
import java.util.concurrent.ThreadLocalRandom;

/**
 * An echo request and its reply (RFC 792, RFC 4443 section 4).
 *
 * <pre>
 *   0       8       16              31
 *   +-------+-------+---------------+
 *   | type  | 0     | checksum      |   type: 8 and 0 of ICMP, 128 and 129 of ICMPv6
 *   +-------+-------+---------------+
 *   | identifier    | number        |
 *   +---------------+---------------+
 *   | token, 8 bytes                |
 * </pre>
 *
 * A raw socket is given the IPv4 header before it, and none of IPv6. The kernel fills in the
 * checksum of ICMPv6 alone (RFC 3542 section 3.1).
 */
record EchoMessage(boolean ipv4, int identifier, int number, long token) {
  private static final int BYTES = 16;
  private static final int CHECKSUM = 2;
  private static final int IDENTIFIER = 4;
  private static final int NUMBER = 6;
  private static final int TOKEN = 8;

  /**
   * One that no other is taken for.
   *
   * @param number of the try; its lowest 16 bits
   */
  static EchoMessage of(boolean ipv4, int number) {
    ThreadLocalRandom random = ThreadLocalRandom.current();
    return new EchoMessage(ipv4, random.nextInt(1 << 16), number & 0xffff, random.nextLong());
  }

  /** The request, in a direct buffer. */
  ByteBuffer request() {
    ByteBuffer message = ByteBuffer.allocateDirect(BYTES);
    message.put(0, (byte) (ipv4 ? 8 : 128));
    message.putShort(IDENTIFIER, (short) identifier).putShort(NUMBER, (short) number);
    message.putLong(TOKEN, token);
    if (ipv4) {
      message.putShort(CHECKSUM, (short) checksum(message));
    }
    return message;
  }

  /** The internet checksum (RFC 1071) of a message whose own is 0 so far. */
  private static int checksum(ByteBuffer message) {
    int sum = 0;
    for (int at = 0; at < BYTES; at += 2) {
      sum += message.getShort(at) & 0xffff;
    }
    sum = (sum & 0xffff) + (sum >>> 16);
    return ~(sum + (sum >>> 16)) & 0xffff;
  }

  /** Whether a raw socket's packet, from 0 to the buffer's limit, is the reply to this. */
  boolean isReply(ByteBuffer packet) {
    int at = ipv4 && packet.limit() > 0 ? (packet.get(0) & 0xf) * 4 : 0;
    return packet.limit() >= at + BYTES
        && (packet.get(at) & 0xff) == (ipv4 ? 0 : 129)
        && (packet.getShort(at + IDENTIFIER) & 0xffff) == identifier
        && (packet.getShort(at + NUMBER) & 0xffff) == number
        && packet.getLong(at + TOKEN) == token;
  }
}
