// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.netlink.wire;

import java.util.Arrays;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * An address of the link layer: 6 bytes for Ethernet, 4 or 16 for IP tunnels, 20 for InfiniBand
 * (MAX_ADDR_LEN is 32). Compared by content.
 */
@SuppressWarnings("ArrayRecordComponent") // cloned on the way in and out, compared by content
public record LinkLayerAddress(byte[] value) implements Comparable<LinkLayerAddress> {
  private static final HexFormat COLONS = HexFormat.ofDelimiter(":");

  public LinkLayerAddress {
    if (value.length > 32) {
      throw new IllegalArgumentException(value.length + " bytes, a link address has at most 32");
    }
    value = value.clone();
  }

  /**
   * Parses pairs of hexadecimal digits with colons between, in either case.
   *
   * @throws IllegalArgumentException if the text is anything else
   */
  public static LinkLayerAddress parse(String text) {
    try {
      return new LinkLayerAddress(COLONS.parseHex(text));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "not a link-layer address (expected the form 02:00:00:00:00:01): " + text, e);
    }
  }

  /** A copy of the bytes. */
  public byte[] bytes() {
    return value.clone();
  }

  /** A copy of the bytes. */
  @Override
  public byte[] value() {
    return value.clone();
  }

  /** Number of bytes. */
  public int length() {
    return value.length;
  }

  @Override
  public int compareTo(LinkLayerAddress other) {
    return Arrays.compareUnsigned(value, other.value);
  }

  @Override
  public boolean equals(@Nullable Object o) {
    return o instanceof LinkLayerAddress other && Arrays.equals(value, other.value);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(value);
  }

  /** Lower-case pairs with colons between, as iproute2 prints it. */
  @Override
  public String toString() {
    return COLONS.formatHex(value);
  }
}
