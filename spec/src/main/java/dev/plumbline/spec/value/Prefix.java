// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.spec.value;

import java.util.regex.Pattern;

/**
 * An address and the length of its network part. The host bits are kept: {@code 10.0.0.1/24} is a
 * device's address and its network in one.
 *
 * @param address any address
 * @param length 0 to 32 (IPv4) or 0 to 128 (IPv6)
 */
public record Prefix(IpAddress address, int length) implements Comparable<Prefix> {
  private static final Pattern LENGTH = Pattern.compile("0|[1-9][0-9]{0,2}");

  public Prefix {
    if (length < 0 || length > address.family().bits()) {
      throw new ValueException(
          "/" + length + " is no prefix length of " + address,
          "a length from /0 to /" + address.family().bits());
    }
  }

  /**
   * Reads {@code address/length}; without a length the address alone (/32, /128).
   *
   * @throws ValueException if the text is none
   */
  public static Prefix parse(String text) {
    int slash = text.indexOf('/');
    if (slash < 0) {
      IpAddress address = parseAddress(text, text);
      return new Prefix(address, address.family().bits());
    }
    IpAddress address = parseAddress(text.substring(0, slash), text);
    String length = text.substring(slash + 1);
    if (!LENGTH.matcher(length).matches() || Integer.parseInt(length) > address.family().bits()) {
      throw new ValueException(
          "`" + length + "` is no prefix length of " + address,
          "a length from /0 to /" + address.family().bits());
    }
    return new Prefix(address, Integer.parseInt(length));
  }

  private static IpAddress parseAddress(String text, String whole) {
    try {
      return IpAddress.parse(text);
    } catch (ValueException e) {
      if (text.contains(":") && e.expected().startsWith("`")) {
        throw e;
      }
      throw new ValueException(
          "`" + whole + "` is not an address with a prefix length",
          "a prefix such as 192.0.2.1/24 or 2001:db8::1/64");
    }
  }

  /** The address alone: /32 or /128. */
  public static Prefix host(IpAddress address) {
    return new Prefix(address, address.family().bits());
  }

  /** 0.0.0.0/0 or ::/0. */
  public static Prefix any(IpFamily family) {
    return new Prefix(IpAddress.of(new byte[family.bytes()]), 0);
  }

  public IpFamily family() {
    return address.family();
  }

  /** This prefix with its host bits cleared. */
  public Prefix network() {
    return new Prefix(address.masked(length), length);
  }

  /** Whether no host bit is set. */
  public boolean isNetwork() {
    return address.equals(address.masked(length));
  }

  /** Whether it covers one address alone. */
  public boolean isHost() {
    return length == family().bits();
  }

  /** Whether the address is of the same family and inside this prefix's network. */
  public boolean contains(IpAddress other) {
    return other.family() == family() && other.masked(length).equals(address.masked(length));
  }

  /** By address, then by length. */
  @Override
  public int compareTo(Prefix other) {
    int byAddress = address.compareTo(other.address);
    return byAddress != 0 ? byAddress : Integer.compare(length, other.length);
  }

  @Override
  public String toString() {
    return address + "/" + length;
  }
}
