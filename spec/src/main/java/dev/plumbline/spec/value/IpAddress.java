// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.spec.value;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;

/**
 * An IPv4 or IPv6 address without zone. Prints as RFC 5952 (IPv6) or as a dotted quad.
 *
 * <p>IPv4-mapped IPv6 addresses are refused: {@link InetAddress} turns them into IPv4 silently, so
 * that what is asked for would not be what is set.
 */
public final class IpAddress implements Comparable<IpAddress> {
  private final byte[] bytes;

  private IpAddress(byte[] bytes) {
    this.bytes = bytes;
  }

  /**
   * From 4 or 16 bytes in network order.
   *
   * @throws ValueException for another length or an IPv4-mapped address
   */
  public static IpAddress of(byte[] bytes) {
    if (bytes.length != 4 && bytes.length != 16) {
      throw new ValueException(bytes.length + " bytes are no IP address", "4 or 16 bytes");
    }
    IpAddress address = new IpAddress(bytes.clone());
    if (isMapped(bytes)) {
      String v4 = new IpAddress(Arrays.copyOfRange(bytes, 12, 16)).toString();
      throw new ValueException("an IPv4-mapped IPv6 address means " + v4, "`" + v4 + "` itself");
    }
    return address;
  }

  /** The same address; a zone is dropped. */
  public static IpAddress of(InetAddress address) {
    return of(address.getAddress());
  }

  /**
   * Reads the text forms of RFC 4291 section 2.2 and dotted quads of four decimal numbers without
   * leading zeros (which some programs read as octal).
   *
   * @throws ValueException if the text is none of these
   */
  public static IpAddress parse(String text) {
    byte[] bytes = text.indexOf(':') >= 0 ? IpText.parse6(text) : IpText.parse4(text);
    if (bytes == null) {
      throw new ValueException(
          "`" + text + "` is not an IP address", "an address such as 192.0.2.1 or 2001:db8::1");
    }
    return of(bytes);
  }

  private static boolean isMapped(byte[] bytes) {
    if (bytes.length != 16) {
      return false;
    }
    for (int i = 0; i < 10; i++) {
      if (bytes[i] != 0) {
        return false;
      }
    }
    return bytes[10] == -1 && bytes[11] == -1;
  }

  /** The address as the JDK's type; never asks a resolver. */
  public InetAddress toInetAddress() {
    try {
      return InetAddress.getByAddress(bytes);
    } catch (UnknownHostException e) {
      throw new AssertionError("4 or 16 bytes are always an address", e);
    }
  }

  /** A copy of the 4 or 16 bytes in network order. */
  public byte[] bytes() {
    return bytes.clone();
  }

  public IpFamily family() {
    return bytes.length == 4 ? IpFamily.IPV4 : IpFamily.IPV6;
  }

  /** 0.0.0.0 or ::. */
  public boolean isUnspecified() {
    for (byte b : bytes) {
      if (b != 0) {
        return false;
      }
    }
    return true;
  }

  /** In 224.0.0.0/4 or ff00::/8. */
  public boolean isMulticast() {
    return bytes.length == 4 ? (bytes[0] & 0xf0) == 0xe0 : bytes[0] == -1;
  }

  /** In fe80::/10 (RFC 4291) or 169.254.0.0/16 (RFC 3927). */
  public boolean isLinkLocal() {
    return bytes.length == 4
        ? (bytes[0] & 0xff) == 169 && (bytes[1] & 0xff) == 254
        : (bytes[0] & 0xff) == 0xfe && (bytes[1] & 0xc0) == 0x80;
  }

  /** In 127.0.0.0/8 or ::1. */
  public boolean isLoopback() {
    return toInetAddress().isLoopbackAddress();
  }

  /** This address with every bit from {@code length} on cleared. */
  IpAddress masked(int length) {
    byte[] masked = bytes.clone();
    for (int i = 0; i < masked.length; i++) {
      int keep = Math.max(0, Math.min(8, length - i * 8));
      masked[i] &= (byte) (0xff << (8 - keep));
    }
    return new IpAddress(masked);
  }

  /** IPv4 before IPv6, then by number. */
  @Override
  public int compareTo(IpAddress other) {
    return bytes.length != other.bytes.length
        ? Integer.compare(bytes.length, other.bytes.length)
        : Arrays.compareUnsigned(bytes, other.bytes);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof IpAddress address && Arrays.equals(bytes, address.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }

  @Override
  public String toString() {
    return bytes.length == 4 ? IpText.print4(bytes) : IpText.print6(bytes);
  }
}
