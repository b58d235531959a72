// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.tunnel;

import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/**
 * What the host's routing is asked: all that its rules may look at.
 *
 * @param remote where packets are to go
 * @param local their source, null: the one that the route gives; of the remote's family
 * @param tos their type of service or traffic class, 0 to 255
 * @param mark their mark, 0 for none
 */
public record RouteQuery(InetAddress remote, @Nullable InetAddress local, int tos, long mark) {
  public RouteQuery {
    if (local != null && local.getAddress().length != remote.getAddress().length) {
      throw new IllegalArgumentException(local + " and " + remote + " are of two families");
    }
  }

  /** To an address, with nothing special. */
  public static RouteQuery to(InetAddress remote) {
    return new RouteQuery(remote, null, 0, 0);
  }

  /** Whether its remote is in a network; prefixes of another family contain nothing of it. */
  boolean isIn(byte[] network, int prefixLength) {
    byte[] address = remote.getAddress();
    if (address.length != network.length) {
      return false;
    }
    for (int bit = 0; bit < prefixLength; bit += Byte.SIZE) {
      int bits = Math.min(Byte.SIZE, prefixLength - bit);
      int mask = 0xff00 >> bits;
      if (((address[bit / Byte.SIZE] ^ network[bit / Byte.SIZE]) & mask & 0xff) != 0) {
        return false;
      }
    }
    return true;
  }
}
