// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.openflow;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Keywords that stand for an Ethernet type, and perhaps a protocol of the IP header. */
enum Protocol {
  IP(Protocol.IPV4_TYPE, -1),
  ICMP(Protocol.IPV4_TYPE, 1),
  TCP(Protocol.IPV4_TYPE, 6),
  UDP(Protocol.IPV4_TYPE, 17),
  SCTP(Protocol.IPV4_TYPE, 132),
  IPV6(Protocol.IPV6_TYPE, -1),
  ICMP6(Protocol.IPV6_TYPE, 58),
  TCP6(Protocol.IPV6_TYPE, 6),
  UDP6(Protocol.IPV6_TYPE, 17),
  SCTP6(Protocol.IPV6_TYPE, 132),
  ARP(0x0806, -1),
  RARP(0x8035, -1),
  MPLS(0x8847, -1),
  MPLSM(0x8848, -1);

  private static final int IPV4_TYPE = 0x0800;
  private static final int IPV6_TYPE = 0x86dd;

  private static final Protocol[] ALL = values();
  private static final Map<String, Protocol> BY_KEYWORD = new HashMap<>();

  static {
    for (Protocol protocol : values()) {
      BY_KEYWORD.put(protocol.keyword(), protocol);
    }
    BY_KEYWORD.put("ipv4", IP);
    BY_KEYWORD.put("ip4", IP);
    BY_KEYWORD.put("ip6", IPV6);
  }

  private final String keyword = name().toLowerCase(Locale.ROOT);
  private final int type;
  private final int transport;

  Protocol(int type, int transport) {
    this.type = type;
    this.transport = transport;
  }

  /** null: no keyword. */
  static @Nullable Protocol named(String keyword) {
    return BY_KEYWORD.get(keyword.toLowerCase(Locale.ROOT));
  }

  /** The most that the match says; null: there is no keyword for it. */
  static @Nullable Protocol of(Match match) {
    return of(match.exact(MatchField.ETH_TYPE), match.exact(MatchField.IP_PROTO));
  }

  /** As {@link #of(Match)}, of a match in the making. */
  static @Nullable Protocol of(Match.Builder match) {
    return of(match.exact(MatchField.ETH_TYPE), match.exact(MatchField.IP_PROTO));
  }

  private static @Nullable Protocol of(long type, long transport) {
    Protocol found = null;
    for (Protocol protocol : ALL) {
      if (protocol.type == type
          && (protocol.transport < 0 || protocol.transport == transport)
          && (found == null || protocol.transport >= 0)) {
        found = protocol;
      }
    }
    return found;
  }

  String keyword() {
    return keyword;
  }

  int type() {
    return type;
  }

  /** Of the IP header; -1: any. */
  int transport() {
    return transport;
  }

  boolean isIp() {
    return type == IPV4_TYPE;
  }

  boolean isIpv6() {
    return type == IPV6_TYPE;
  }

  boolean isArp() {
    return this == ARP || this == RARP;
  }

  boolean isIcmp() {
    return this == ICMP || this == ICMP6;
  }

  /** Whether packets of the protocol have what a field needs. */
  boolean gives(MatchField.Needs needs) {
    return switch (needs) {
      case NOTHING -> true;
      case ARP -> isArp();
      case IPV4 -> isIp();
      case IPV6 -> isIpv6();
      case IP -> isIp() || isIpv6();
      case TCP -> transport == 6;
      case UDP -> transport == 17;
      case SCTP -> transport == 132;
      case ICMP -> this == ICMP;
      case ICMPV6 -> this == ICMP6;
    };
  }
}
