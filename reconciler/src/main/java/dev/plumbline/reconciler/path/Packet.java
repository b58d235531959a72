// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.path;

import dev.plumbline.spec.value.IpAddress;
import dev.plumbline.spec.value.IpFamily;
import org.jspecify.annotations.Nullable;

/**
 * A packet of IP; or who has an address, asked or answered by ARP or neighbour discovery.
 *
 * @param sourcePort of TCP and UDP; of ICMP the type
 * @param length bytes of IP
 * @param inside of a tunnel's packet
 */
record Packet(
    Kind kind,
    IpAddress source,
    IpAddress destination,
    int protocol,
    int sourcePort,
    int destinationPort,
    int ttl,
    int length,
    @Nullable Encapsulation inside) {
  static final int ICMP = 1;
  static final int TCP = 6;
  static final int UDP = 17;
  static final int GRE = 47;
  static final int ICMPV6 = 58;
  static final int TTL = 64;
  static final int ECHO = 8;
  static final int ECHO_IPV6 = 128;
  private static final int REPLY_IPV6 = 129;
  private static final int SMALL = 28;

  /** What it is. */
  enum Kind {
    IP,
    ASK,
    ANSWER
  }

  static Packet asks(IpAddress source, IpAddress wanted) {
    return new Packet(Kind.ASK, source, wanted, 0, 0, 0, TTL, SMALL, null);
  }

  static Packet answers(IpAddress source, IpAddress asker) {
    return new Packet(Kind.ANSWER, source, asker, 0, 0, 0, TTL, SMALL, null);
  }

  boolean isIpv6() {
    return destination.family() == IpFamily.IPV6;
  }

  Packet from(IpAddress other) {
    return new Packet(
        kind, other, destination, protocol, sourcePort, destinationPort, ttl, length, inside);
  }

  Packet to(IpAddress other) {
    return new Packet(
        kind, source, other, protocol, sourcePort, destinationPort, ttl, length, inside);
  }

  Packet ofLength(int bytes) {
    return new Packet(
        kind, source, destination, protocol, sourcePort, destinationPort, ttl, bytes, inside);
  }

  Packet withPorts(int from, int to) {
    return new Packet(kind, source, destination, protocol, from, to, ttl, length, inside);
  }

  Packet forwarded() {
    return new Packet(
        kind, source, destination, protocol, sourcePort, destinationPort, ttl - 1, length, inside);
  }

  /** The same, however often it was forwarded. */
  Packet unaged() {
    return new Packet(
        kind, source, destination, protocol, sourcePort, destinationPort, TTL, length, inside);
  }

  /** The answer to it. */
  Packet mirrored() {
    return mirrored(0);
  }

  /** The answer to it, as in {@link Frame#mirrored}. */
  Packet mirrored(long whoever) {
    IpAddress answerer = destination;
    IpAddress asker = source;
    boolean echo = protocol == ICMP || protocol == ICMPV6;
    int turned = protocol == ICMP ? ECHO - sourcePort : ECHO_IPV6 + REPLY_IPV6 - sourcePort;
    return new Packet(
        kind == Kind.ASK ? Kind.ANSWER : kind,
        answerer,
        asker,
        protocol,
        echo ? turned : destinationPort,
        echo ? 0 : sourcePort,
        TTL,
        length,
        inside == null ? null : inside.mirrored(whoever));
  }

  /** Whether it is in a tunnel's packet, or in one that is in one. */
  boolean isIn(String tunnel) {
    return inside != null && (inside.tunnel().equals(tunnel) || inside.inner().isIn(tunnel));
  }
}
