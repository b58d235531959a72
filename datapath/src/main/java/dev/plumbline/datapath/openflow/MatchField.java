// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.openflow;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A field that flows match on or change: ovs-fields(7). Fields that no packet has at once share
 * their place in {@link FieldValues}, such as the addresses of IPv4 and ARP.
 */
public enum MatchField {
  TUN_ID(64, 0, 0, Form.HEX, Mask.ANY, Needs.NOTHING, true, "tun_id|tunnel_id", "NXM_NX_TUN_ID"),
  /** Of a tunnel with IPv4; of what came in. */
  TUN_SRC(32, 20, 32, Form.IPV4, Mask.ANY, Needs.NOTHING, true, "tun_src", "NXM_NX_TUN_IPV4_SRC"),
  /** Of what goes out. */
  TUN_DST(32, 20, 0, Form.IPV4, Mask.ANY, Needs.NOTHING, true, "tun_dst", "NXM_NX_TUN_IPV4_DST"),
  METADATA(64, 1, 0, Form.HEX, Mask.ANY, Needs.NOTHING, true, "metadata", "OXM_OF_METADATA"),
  REG0(2, 32, 0),
  REG1(2, 0, 1),
  REG2(3, 32, 2),
  REG3(3, 0, 3),
  REG4(4, 32, 4),
  REG5(4, 0, 5),
  REG6(5, 32, 6),
  REG7(5, 0, 7),
  REG8(6, 32, 8),
  REG9(6, 0, 9),
  REG10(7, 32, 10),
  REG11(7, 0, 11),
  REG12(8, 32, 12),
  REG13(8, 0, 13),
  REG14(9, 32, 14),
  REG15(9, 0, 15),
  /** What connection tracking says of the packet; 0 until it has been asked. */
  CT_STATE(
      32, 10, 16, Form.CT_STATE, Mask.ANY, Needs.NOTHING, false, "ct_state", "NXM_NX_CT_STATE"),
  CT_ZONE(16, 10, 48, Form.DECIMAL, Mask.NONE, Needs.NOTHING, false, "ct_zone", "NXM_NX_CT_ZONE"),
  /** Of the packet's connection; changed by {@code ct} alone. */
  CT_MARK(32, 13, 0, Form.HEX, Mask.ANY, Needs.NOTHING, false, "ct_mark", "NXM_NX_CT_MARK"),
  IN_PORT(16, 10, 0, Form.PORT, Mask.NONE, Needs.NOTHING, true, "in_port", "NXM_OF_IN_PORT"),
  ETH_SRC(
      48,
      11,
      16,
      Form.MAC,
      Mask.ANY,
      Needs.NOTHING,
      true,
      "eth_src|dl_src",
      "NXM_OF_ETH_SRC|OXM_OF_ETH_SRC"),
  ETH_TYPE(
      16,
      11,
      0,
      Form.HEX4,
      Mask.NONE,
      Needs.NOTHING,
      false,
      "eth_type|dl_type",
      "NXM_OF_ETH_TYPE|OXM_OF_ETH_TYPE"),
  ETH_DST(
      48,
      12,
      16,
      Form.MAC,
      Mask.ANY,
      Needs.NOTHING,
      true,
      "eth_dst|dl_dst",
      "NXM_OF_ETH_DST|OXM_OF_ETH_DST"),
  VLAN_TCI(16, 12, 0, Form.HEX4, Mask.ANY, Needs.NOTHING, true, "vlan_tci", "NXM_OF_VLAN_TCI"),
  /** OpenFlow 1.0's: 0 to 4095, or 0xffff for no tag; its match asks for the tag, too. */
  DL_VLAN(12, 12, 0, Form.DECIMAL, Mask.NONE, Needs.NOTHING, true, "dl_vlan", ""),
  /** OpenFlow 1.2's: bit 12 says that there is a tag. */
  VLAN_VID(13, 12, 0, Form.DECIMAL, Mask.ANY, Needs.NOTHING, true, "vlan_vid", "OXM_OF_VLAN_VID"),
  VLAN_PCP(
      3,
      12,
      13,
      Form.DECIMAL,
      Mask.NONE,
      Needs.NOTHING,
      true,
      "vlan_pcp|dl_vlan_pcp",
      "OXM_OF_VLAN_PCP"),
  IP_SRC(
      32,
      14,
      32,
      Form.IPV4,
      Mask.ANY,
      Needs.IPV4,
      true,
      "ip_src|nw_src",
      "NXM_OF_IP_SRC|OXM_OF_IPV4_SRC"),
  IP_DST(
      32,
      16,
      32,
      Form.IPV4,
      Mask.ANY,
      Needs.IPV4,
      true,
      "ip_dst|nw_dst",
      "NXM_OF_IP_DST|OXM_OF_IPV4_DST"),
  ARP_SPA(
      32, 14, 32, Form.IPV4, Mask.ANY, Needs.ARP, true, "arp_spa", "NXM_OF_ARP_SPA|OXM_OF_ARP_SPA"),
  ARP_TPA(
      32, 16, 32, Form.IPV4, Mask.ANY, Needs.ARP, true, "arp_tpa", "NXM_OF_ARP_TPA|OXM_OF_ARP_TPA"),
  ARP_SHA(
      48, 15, 0, Form.MAC, Mask.ANY, Needs.ARP, true, "arp_sha", "NXM_NX_ARP_SHA|OXM_OF_ARP_SHA"),
  ARP_THA(
      48, 17, 0, Form.MAC, Mask.ANY, Needs.ARP, true, "arp_tha", "NXM_NX_ARP_THA|OXM_OF_ARP_THA"),
  IPV6_SRC(
      128,
      14,
      0,
      Form.IPV6,
      Mask.ANY,
      Needs.IPV6,
      true,
      "ipv6_src",
      "NXM_NX_IPV6_SRC|OXM_OF_IPV6_SRC"),
  IPV6_DST(
      128,
      16,
      0,
      Form.IPV6,
      Mask.ANY,
      Needs.IPV6,
      true,
      "ipv6_dst",
      "NXM_NX_IPV6_DST|OXM_OF_IPV6_DST"),
  IPV6_LABEL(
      20,
      18,
      0,
      Form.HEX5,
      Mask.ANY,
      Needs.IPV6,
      true,
      "ipv6_label",
      "NXM_NX_IPV6_LABEL|OXM_OF_IPV6_FLABEL"),
  IP_PROTO(
      8,
      18,
      56,
      Form.DECIMAL,
      Mask.NONE,
      Needs.IP,
      false,
      "nw_proto|ip_proto",
      "NXM_OF_IP_PROTO|OXM_OF_IP_PROTO"),
  /** The operation's low byte; packets with more in it have the operation 0. */
  ARP_OP(
      8, 18, 56, Form.DECIMAL, Mask.NONE, Needs.ARP, true, "arp_op", "NXM_OF_ARP_OP|OXM_OF_ARP_OP"),
  /** Bit 0: a fragment; bit 1: not the first. */
  IP_FRAG(8, 18, 48, Form.FRAG, Mask.ANY, Needs.IP, false, "ip_frag|nw_frag", "NXM_NX_IP_FRAG"),
  /** The DSCP where it is in the byte. */
  NW_TOS(8, 18, 40, Form.DECIMAL, Mask.NONE, Needs.IP, true, "nw_tos", "NXM_OF_IP_TOS"),
  IP_DSCP(6, 18, 42, Form.DECIMAL, Mask.NONE, Needs.IP, true, "ip_dscp", "OXM_OF_IP_DSCP"),
  NW_ECN(
      2,
      18,
      40,
      Form.DECIMAL,
      Mask.NONE,
      Needs.IP,
      true,
      "nw_ecn|ip_ecn",
      "NXM_NX_IP_ECN|OXM_OF_IP_ECN"),
  NW_TTL(8, 18, 32, Form.DECIMAL, Mask.NONE, Needs.IP, true, "nw_ttl", "NXM_NX_IP_TTL"),
  TCP_SRC(19, 48, Needs.TCP, "tcp_src|tp_src", "NXM_OF_TCP_SRC|OXM_OF_TCP_SRC"),
  TCP_DST(19, 32, Needs.TCP, "tcp_dst|tp_dst", "NXM_OF_TCP_DST|OXM_OF_TCP_DST"),
  UDP_SRC(19, 48, Needs.UDP, "udp_src", "NXM_OF_UDP_SRC|OXM_OF_UDP_SRC"),
  UDP_DST(19, 32, Needs.UDP, "udp_dst", "NXM_OF_UDP_DST|OXM_OF_UDP_DST"),
  SCTP_SRC(19, 48, Needs.SCTP, "sctp_src", "OXM_OF_SCTP_SRC"),
  SCTP_DST(19, 32, Needs.SCTP, "sctp_dst", "OXM_OF_SCTP_DST"),
  ICMP_TYPE(8, 19, 48, Needs.ICMP, "icmp_type", "NXM_OF_ICMP_TYPE|OXM_OF_ICMPV4_TYPE"),
  ICMP_CODE(8, 19, 32, Needs.ICMP, "icmp_code", "NXM_OF_ICMP_CODE|OXM_OF_ICMPV4_CODE"),
  ICMPV6_TYPE(8, 19, 48, Needs.ICMPV6, "icmpv6_type", "NXM_NX_ICMPV6_TYPE|OXM_OF_ICMPV6_TYPE"),
  ICMPV6_CODE(8, 19, 32, Needs.ICMPV6, "icmpv6_code", "NXM_NX_ICMPV6_CODE|OXM_OF_ICMPV6_CODE"),
  TCP_FLAGS(
      12,
      19,
      16,
      Form.TCP_FLAGS,
      Mask.ANY,
      Needs.TCP,
      false,
      "tcp_flags",
      "NXM_NX_TCP_FLAGS|ONFOXM_ET_TCP_FLAGS|OXM_OF_TCP_FLAGS");

  /** How values are written. */
  enum Form {
    DECIMAL,
    HEX,
    /** With four digits. */
    HEX4,
    /** With five digits. */
    HEX5,
    MAC,
    IPV4,
    IPV6,
    PORT,
    FRAG,
    TCP_FLAGS,
    CT_STATE
  }

  /** Which masks a match may have. */
  enum Mask {
    NONE,
    ANY
  }

  /** What a match has to say so that packets have the field. */
  enum Needs {
    NOTHING(""),
    ARP("arp or rarp"),
    IPV4("ip"),
    IPV6("ipv6"),
    IP("ip or ipv6"),
    TCP("tcp or tcp6"),
    UDP("udp or udp6"),
    SCTP("sctp or sctp6"),
    ICMP("icmp"),
    ICMPV6("icmp6");

    private final String words;

    Needs(String words) {
      this.words = words;
    }

    /** For people: the keywords that say it. */
    String words() {
      return words;
    }

    /** Whether it is behind the IP header. */
    boolean isTransport() {
      return compareTo(TCP) >= 0;
    }
  }

  /** The 16 registers. */
  public static final int REGISTERS = 16;

  private static final List<MatchField> BY_NUMBER =
      List.of(
          REG0, REG1, REG2, REG3, REG4, REG5, REG6, REG7, REG8, REG9, REG10, REG11, REG12, REG13,
          REG14, REG15);
  private static final Map<String, MatchField> BY_NAME = new HashMap<>();
  private static final Map<String, MatchField> BY_CODE_NAME = new HashMap<>();

  static {
    for (MatchField field : values()) {
      for (String name : field.names.split("\\|", -1)) {
        BY_NAME.put(name, field);
      }
      for (String name : field.codeNames.split("\\|", -1)) {
        BY_CODE_NAME.put(name, field);
      }
    }
  }

  private final int width;
  private final int word;
  private final int shift;
  private final Form form;
  private final Mask mask;
  private final Needs needs;
  private final boolean writable;

  /** With a bar between them; the first is printed. */
  private final String names;

  private final String text;

  private final String codeNames;

  MatchField(
      int width,
      int word,
      int shift,
      Form form,
      Mask mask,
      Needs needs,
      boolean writable,
      String names,
      String codeNames) {
    this.width = width;
    this.word = word;
    this.shift = shift;
    this.form = form;
    this.mask = mask;
    this.needs = needs;
    this.writable = writable;
    this.names = names;
    this.text = first(names);
    this.codeNames = codeNames;
  }

  /** A register. */
  MatchField(int word, int shift, int number) {
    this(
        32,
        word,
        shift,
        Form.HEX,
        Mask.ANY,
        Needs.NOTHING,
        true,
        "reg" + number,
        "NXM_NX_REG" + number);
  }

  /** A port of layer 4. */
  MatchField(int word, int shift, Needs needs, String names, String codeNames) {
    this(16, word, shift, Form.DECIMAL, Mask.ANY, needs, true, names, codeNames);
  }

  /** A type or code of ICMP. */
  MatchField(int width, int word, int shift, Needs needs, String names, String codeNames) {
    this(width, word, shift, Form.DECIMAL, Mask.NONE, needs, true, names, codeNames);
  }

  /** By a name such as {@code eth_src} or {@code dl_src}; null: no field of that name. */
  static @Nullable MatchField named(String name) {
    return BY_NAME.get(name.toLowerCase(Locale.ROOT));
  }

  /** By a name such as {@code NXM_OF_ETH_SRC}; null: no field of that name. */
  static @Nullable MatchField coded(String name) {
    return BY_CODE_NAME.get(name.toUpperCase(Locale.ROOT));
  }

  /** A register by its number, 0 to 15. */
  public static MatchField register(int number) {
    return BY_NUMBER.get(number);
  }

  /** Bits: 1 to 128. */
  public int width() {
    return width;
  }

  /** Index of the word of {@link FieldValues} with the field's highest bits. */
  int word() {
    return word;
  }

  /** Of the field's lowest bit in its word; 0 in fields of two words. */
  int shift() {
    return shift;
  }

  Form form() {
    return form;
  }

  Mask mask() {
    return mask;
  }

  Needs needs() {
    return needs;
  }

  /**
   * Whether a packet has it, by its Ethernet type and, if {@link #isTransport}, by protocol and
   * fragment. Tags are another matter.
   */
  public boolean isIn(FieldValues packet) {
    long type = packet.get(ETH_TYPE);
    boolean isIp = type == 0x0800 || type == 0x86dd;
    boolean hasTransport = isIp && (packet.get(IP_FRAG) & 2) == 0;
    long proto = packet.get(IP_PROTO);
    return switch (needs) {
      case NOTHING -> true;
      case ARP -> type == 0x0806 || type == 0x8035;
      case IPV4 -> type == 0x0800;
      case IPV6 -> type == 0x86dd;
      case IP -> isIp;
      case TCP -> hasTransport && proto == 6;
      case UDP -> hasTransport && proto == 17;
      case SCTP -> hasTransport && proto == 132;
      case ICMP -> hasTransport && type == 0x0800 && proto == 1;
      case ICMPV6 -> hasTransport && type == 0x86dd && proto == 58;
    };
  }

  /** Whether it is behind the IP header. */
  public boolean isTransport() {
    return needs.isTransport();
  }

  /** Whether it is of the packet itself: nothing that the switch notes, and of no tag. */
  public boolean isHeader() {
    return switch (this) {
      case TUN_ID,
          TUN_SRC,
          TUN_DST,
          METADATA,
          CT_STATE,
          CT_ZONE,
          CT_MARK,
          IN_PORT,
          VLAN_TCI,
          DL_VLAN,
          VLAN_VID,
          VLAN_PCP ->
          false;
      default -> word > IN_PORT.word; // registers are before it
    };
  }

  /** Whether actions may change it. */
  boolean isWritable() {
    return writable;
  }

  /** As Open vSwitch prints it in {@code set_field}. */
  public String text() {
    return text;
  }

  /** As Open vSwitch prints it in {@code load} and {@code move}. */
  String codeName() {
    return codeNames.isEmpty() ? text() : first(codeNames);
  }

  private static String first(String names) {
    int bar = names.indexOf('|');
    return bar < 0 ? names : names.substring(0, bar);
  }
}
