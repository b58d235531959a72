// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.translate;

import dev.plumbline.datapath.config.PortConfig.TunnelPort;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The other end of a tunnel of which flows say key or remote, with both of them: a port of its own
 * in the fast path, made when the first packet needs it. What addresses are learnt at, and what
 * flows name, is the tunnel.
 *
 * @param key 0 to 2^24 - 1
 */
public record TunnelEnd(InetAddress remote, long key) {
  /**
   * One that a decision needs.
   *
   * @param tunnel number of the port that flows name
   * @param remote its IPv4 address as a number; 0: the port has it
   */
  public record Wanted(int tunnel, long remote, long key) {}

  /** No name that somebody would be asked for. */
  private static final Pattern PART =
      Pattern.compile("\\d+@(\\d+(\\.\\d+){3}|[0-9a-f]*:[0-9a-f:.]*)");

  /** VXLAN's and Geneve's keys. */
  static final long KEY_MASK = 0xff_ffffL;

  /** {@link PortId#part} of a tunnel whose remotes flows say. */
  static final String ANY = "flow";

  /** As {@link PortId#part}: key, at, remote. */
  String part() {
    return key + "@" + remote.getHostAddress();
  }

  /** The end that a part of a port says; null: it says something else. */
  public static @Nullable TunnelEnd of(PortId id) {
    if (!PART.matcher(id.part()).matches()) {
      return null;
    }
    int at = id.part().indexOf('@');
    try {
      return new TunnelEnd(
          InetAddress.getByName(id.part().substring(at + 1)),
          Long.parseLong(id.part().substring(0, at)));
    } catch (NumberFormatException | UnknownHostException e) {
      return null; // the device of a bond's member
    }
  }

  /** Whether flows can have said it. */
  boolean isOf(TunnelPort tunnel) {
    return (tunnel.isKeyOfFlow() || tunnel.isRemoteOfFlow())
        && (tunnel.isKeyOfFlow() || tunnel.key() == key)
        && (tunnel.isRemoteOfFlow() || tunnel.remotes().contains(remote));
  }

  /** IPv4 as a number; of IPv6 0. */
  static long number(InetAddress address) {
    byte[] bytes = address.getAddress();
    long number = 0;
    for (byte each : bytes) {
      number = (number << 8) | (each & 0xff);
    }
    return bytes.length == 4 ? number : 0;
  }

  static InetAddress address(long number) {
    byte[] bytes = new byte[4];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) (number >>> (24 - 8 * i));
    }
    try {
      return InetAddress.getByAddress(bytes);
    } catch (UnknownHostException e) {
      throw new AssertionError(e);
    }
  }
}
