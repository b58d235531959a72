// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.spec.value;

/** IPv4 or IPv6. */
public enum IpFamily implements Spelled {
  IPV4("ipv4", 4),
  IPV6("ipv6", 16);

  private final String spelling;
  private final int bytes;

  IpFamily(String spelling, int bytes) {
    this.spelling = spelling;
    this.bytes = bytes;
  }

  @Override
  public String spelling() {
    return spelling;
  }

  /** Length of an address in bytes. */
  public int bytes() {
    return bytes;
  }

  /** Length of an address in bits: the longest prefix. */
  public int bits() {
    return bytes * 8;
  }

  /** The family's name in prose: IPv4, IPv6. */
  public String prose() {
    return this == IPV4 ? "IPv4" : "IPv6";
  }
}
