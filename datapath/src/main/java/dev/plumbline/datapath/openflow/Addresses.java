// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.openflow;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.regex.Pattern;

/** Addresses as text. */
final class Addresses {
  private static final Pattern MAC = Pattern.compile("(?:[0-9a-fA-F]{1,2}:){5}[0-9a-fA-F]{1,2}");
  private static final Pattern IPV6 = Pattern.compile("[0-9a-fA-F:.]*:[0-9a-fA-F:.]*");
  private static final int GROUPS = 8;

  private Addresses() {}

  static String mac(long mac) {
    StringBuilder text = new StringBuilder();
    for (int shift = 40; shift >= 0; shift -= 8) {
      text.append(Character.forDigit((int) (mac >> (shift + 4)) & 0xf, 16));
      text.append(Character.forDigit((int) (mac >> shift) & 0xf, 16));
      text.append(shift == 0 ? "" : ":");
    }
    return text.toString();
  }

  static long mac(Token token) throws FlowSyntaxException {
    if (!MAC.matcher(token.text()).matches()) {
      throw token.mistake("a MAC address is expected, not " + token.text());
    }
    long mac = 0;
    for (String part : token.text().split(":", -1)) {
      mac = (mac << 8) | Integer.parseInt(part, 16);
    }
    return mac;
  }

  static String ipv4(int address) {
    return ((address >>> 24) & 0xff)
        + "."
        + ((address >>> 16) & 0xff)
        + "."
        + ((address >>> 8) & 0xff)
        + "."
        + (address & 0xff);
  }

  static int ipv4(Token token) throws FlowSyntaxException {
    int address = 0;
    int at = 0;
    for (int part = 0; part < 4; part++) {
      int end = part == 3 ? token.length() : token.indexOf('.', at);
      int value = decimalByte(token, at, end);
      if (value < 0) {
        throw token.mistake("an IPv4 address is expected, not " + token.text());
      }
      address = (address << 8) | value;
      at = end + 1;
    }
    return address;
  }

  /** What stands there, without leading zeros; -1: it is none from 0 to 255. */
  private static int decimalByte(Token token, int from, int to) {
    if (to <= from || to - from > 3 || (to - from > 1 && token.charAt(from) == '0')) {
      return -1;
    }
    int value = 0;
    for (int i = from; i < to; i++) {
      int digit = token.charAt(i) - '0';
      if (digit < 0 || digit > 9) {
        return -1;
      }
      value = 10 * value + digit;
    }
    return value <= 255 ? value : -1;
  }

  /** High and low 64 bits. */
  static long[] ipv6(Token token) throws FlowSyntaxException {
    if (IPV6.matcher(token.text()).matches()) {
      try {
        byte[] bytes = InetAddress.getByName(token.text()).getAddress();
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        return bytes.length == 4 // what Java makes of ::ffff:1.2.3.4
            ? new long[] {0, 0xffff_0000_0000L | (buffer.getInt() & 0xffff_ffffL)}
            : new long[] {buffer.getLong(), buffer.getLong()};
      } catch (UnknownHostException e) {
        // said below
      }
    }
    throw token.mistake("an IPv6 address is expected, not " + token.text());
  }

  /** RFC 5952; with the last 32 bits as IPv4 where the C library does so. */
  static String ipv6(long high, long low) {
    int[] groups = new int[GROUPS];
    for (int i = 0; i < GROUPS; i++) {
      groups[i] = (int) ((i < 4 ? high : low) >>> (48 - 16 * (i & 3))) & 0xffff;
    }
    int start = -1;
    int length = 1;
    for (int i = 0; i < GROUPS; i++) {
      int end = i;
      while (end < GROUPS && groups[end] == 0) {
        end++;
      }
      if (end - i > length) {
        start = i;
        length = end - i;
      }
    }
    boolean isMapped = start == 0 && (length == 6 || (length == 5 && groups[5] == 0xffff));
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < GROUPS; i++) {
      if (i == start) {
        text.append("::");
        i += length - 1;
      } else if (i == 6 && isMapped) {
        return text.append(text.toString().endsWith(":") ? "" : ":")
            .append(ipv4((int) low))
            .toString();
      } else {
        boolean isFirst = text.length() == 0 || text.charAt(text.length() - 1) == ':';
        text.append(isFirst ? "" : ":").append(Integer.toHexString(groups[i]));
      }
    }
    return text.toString();
  }

  /** Bits of a mask that is a prefix; -1: it is none. */
  static int prefix(int mask) {
    int bits = Integer.bitCount(mask);
    return bits == 0 || mask == -1 << (32 - bits) ? bits : -1;
  }

  /** As {@link #prefix(int)} for 128 bits. */
  static int prefix(long high, long low) {
    int bits = Long.bitCount(high) + Long.bitCount(low);
    int ones = Long.numberOfLeadingZeros(~high);
    ones += ones == Long.SIZE ? Long.numberOfLeadingZeros(~low) : 0;
    return bits == ones ? bits : -1;
  }
}
