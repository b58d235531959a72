// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.spec.value;

import org.jspecify.annotations.Nullable;

/**
 * Text forms of addresses: dotted quads, and RFC 4291 section 2.2 printed as RFC 5952 section 4.
 *
 * <p>Stricter than the address libraries at hand: no octal or hexadecimal parts, no ranges, no
 * missing parts. A property test compares it with one of them.
 */
final class IpText {
  private IpText() {}

  static byte @Nullable [] parse4(String text) {
    byte[] out = new byte[4];
    return parse4(text, 0, out, 0) ? out : null;
  }

  private static boolean parse4(String text, int from, byte[] out, int at) {
    int i = from;
    for (int part = 0; part < 4; part++) {
      if (part > 0 && (i >= text.length() || text.charAt(i++) != '.')) {
        return false;
      }
      int start = i;
      int value = 0;
      while (i < text.length() && i - start < 3 && isDigit(text.charAt(i))) {
        value = value * 10 + (text.charAt(i++) - '0');
      }
      boolean leadingZero = i - start > 1 && text.charAt(start) == '0';
      if (i == start || value > 255 || leadingZero) {
        return false;
      }
      out[at + part] = (byte) value;
    }
    return i == text.length();
  }

  static byte @Nullable [] parse6(String text) {
    byte[] out = new byte[16];
    int filled = 0;
    int gap = -1;
    int i = 0;
    if (text.startsWith("::")) {
      gap = 0;
      i = 2;
    }
    while (i < text.length()) {
      if (filled == 16) {
        return null;
      }
      int end = i;
      int value = 0;
      while (end < text.length() && end - i < 5 && Character.digit(text.charAt(end), 16) >= 0) {
        if (text.charAt(end) > 'f') {
          return null; // Character.digit also knows the digits of other scripts
        }
        value = value * 16 + Character.digit(text.charAt(end++), 16);
      }
      if (end < text.length() && text.charAt(end) == '.') {
        if (filled > 12 || !parse4(text, i, out, filled)) {
          return null;
        }
        filled += 4;
        i = text.length();
        break;
      }
      if (end == i || end - i > 4) {
        return null;
      }
      out[filled++] = (byte) (value >> 8);
      out[filled++] = (byte) value;
      i = end;
      if (i == text.length()) {
        break;
      }
      if (text.charAt(i++) != ':' || i == text.length()) {
        return null;
      }
      if (text.charAt(i) == ':') {
        if (gap >= 0) {
          return null;
        }
        gap = filled;
        i++;
      }
    }
    if (gap < 0) {
      return filled == 16 ? out : null;
    }
    if (filled == 16) {
      return null; // "::" stands for at least one group
    }
    byte[] spread = new byte[16];
    System.arraycopy(out, 0, spread, 0, gap);
    System.arraycopy(out, gap, spread, 16 - (filled - gap), filled - gap);
    return spread;
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  static String print4(byte[] bytes) {
    return (bytes[0] & 0xff)
        + "."
        + (bytes[1] & 0xff)
        + "."
        + (bytes[2] & 0xff)
        + "."
        + (bytes[3] & 0xff);
  }

  static String print6(byte[] bytes) {
    int bestStart = -1;
    int bestLength = 1; // RFC 5952 4.2.2: one group alone is never shortened
    for (int i = 0; i < 8; i++) {
      int length = 0;
      while (i + length < 8 && group(bytes, i + length) == 0) {
        length++;
      }
      if (length > bestLength) {
        bestStart = i;
        bestLength = length;
      }
      i += length;
    }
    StringBuilder out = new StringBuilder(39);
    for (int i = 0; i < 8; i++) {
      if (i == bestStart) {
        out.append("::");
        i += bestLength - 1;
        continue;
      }
      if (out.length() > 0 && out.charAt(out.length() - 1) != ':') {
        out.append(':');
      }
      out.append(Integer.toHexString(group(bytes, i)));
    }
    return out.toString();
  }

  private static int group(byte[] bytes, int index) {
    return ((bytes[index * 2] & 0xff) << 8) | (bytes[index * 2 + 1] & 0xff);
  }
}
