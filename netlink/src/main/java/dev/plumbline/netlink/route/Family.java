// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.netlink.route;

import java.net.Inet4Address;
import java.net.InetAddress;

/** Address families by number ({@code <sys/socket.h>}). */
public final class Family {
  /** Any family. */
  public static final int UNSPEC = 0;

  /** IPv4. */
  public static final int INET = 2;

  /** Bridges. */
  static final int BRIDGE = 7;

  /** IPv6. */
  public static final int INET6 = 10;

  private Family() {}

  /** The family of an address. */
  public static int of(InetAddress address) {
    return address instanceof Inet4Address ? INET : INET6;
  }

  static int checkPrefix(InetAddress address, int length) {
    int bits = address instanceof Inet4Address ? 32 : 128;
    if (length < 0 || length > bits) {
      throw new IllegalArgumentException("prefix length " + length + " is outside 0.." + bits);
    }
    return length;
  }
}
