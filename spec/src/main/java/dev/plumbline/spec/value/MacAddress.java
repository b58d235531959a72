// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.spec.value;

import java.util.Locale;

/**
 * A 48-bit IEEE 802 address.
 *
 * @param bits the address as a number, 0 to 2^48 - 1; the first byte on the wire is the highest
 */
public record MacAddress(long bits) implements Comparable<MacAddress> {

  public MacAddress {
    if (bits >>> 48 != 0) {
      throw new ValueException("more than 48 bits", "a MAC address");
    }
  }

  /**
   * Reads six hexadecimal bytes separated by colons or by hyphens.
   *
   * @throws ValueException if the text is none
   */
  public static MacAddress parse(String text) {
    if (!text.matches("[0-9a-fA-F]{2}(:[0-9a-fA-F]{2}){5}|[0-9a-fA-F]{2}(-[0-9a-fA-F]{2}){5}")) {
      throw new ValueException(
          "`" + text + "` is not a MAC address", "six bytes such as 02:00:00:00:00:01");
    }
    return new MacAddress(Long.parseLong(text.replaceAll("[:-]", ""), 16));
  }

  /** From six bytes in wire order. */
  public static MacAddress of(byte[] bytes) {
    if (bytes.length != 6) {
      throw new ValueException(bytes.length + " bytes are no MAC address", "6 bytes");
    }
    long bits = 0;
    for (byte b : bytes) {
      bits = bits << 8 | (b & 0xff);
    }
    return new MacAddress(bits);
  }

  /** Six bytes in wire order. */
  public byte[] bytes() {
    byte[] bytes = new byte[6];
    for (int i = 0; i < 6; i++) {
      bytes[i] = (byte) (bits >> (40 - 8 * i));
    }
    return bytes;
  }

  /** Whether the group bit is set (broadcast included): no device can have it as its own. */
  public boolean isMulticast() {
    return ((bits >> 40) & 1) != 0;
  }

  public boolean isZero() {
    return bits == 0;
  }

  @Override
  public int compareTo(MacAddress other) {
    return Long.compare(bits, other.bits);
  }

  @Override
  public String toString() {
    byte[] b = bytes();
    return String.format(
        Locale.ROOT, "%02x:%02x:%02x:%02x:%02x:%02x", b[0], b[1], b[2], b[3], b[4], b[5]);
  }
}
