// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.flow;

/**
 * What {@link ActionType#SET} changes: {@code enum set_field} of {@code src/main/bpf/flow.h}.
 * Nothing happens to a frame that does not have the field whole.
 */
public enum SetField {
  ETH_DST(1),
  ETH_SRC(2),
  /** ARP or RARP: the sender's MAC address. */
  ARP_SHA(3),
  ARP_THA(4),
  ARP_OP(5),
  ARP_SPA(6),
  ARP_TPA(7),
  /** IPv4's TOS or IPv6's traffic class, the whole byte. */
  IP_TOS(8),
  /** TTL or hop limit. */
  IP_TTL(9),
  /** An IPv4 address, or four bytes of an IPv6 address. */
  IP_SRC(10),
  IP_DST(11),
  /** 20 bits. */
  IPV6_LABEL(12),
  /** Source port of TCP or UDP; type of ICMP or ICMPv6. */
  TP_SRC(13),
  /** Destination port; code. */
  TP_DST(14),
  /** Identifier of an echo, in ICMP or ICMPv6. */
  ICMP_ID(15);

  private static final SetField[] BY_CODE = new SetField[256];

  static {
    for (SetField field : values()) {
      BY_CODE[field.code] = field;
    }
  }

  private final int code;

  SetField(int code) {
    this.code = code;
  }

  public int code() {
    return code;
  }

  /** Whether its value is a MAC address: 48 bits in place of 32. */
  public boolean isMac() {
    return compareTo(ARP_THA) <= 0;
  }

  /** Whether it is in every frame, in front of tags and type. */
  public boolean isEthernet() {
    return compareTo(ETH_SRC) <= 0;
  }

  static SetField of(int code) {
    SetField field = BY_CODE[code];
    if (field == null) {
      throw new IllegalArgumentException("no field to set: " + code);
    }
    return field;
  }
}
