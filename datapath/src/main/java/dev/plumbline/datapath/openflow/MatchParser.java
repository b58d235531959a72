// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.openflow;

import dev.plumbline.datapath.flow.FlowKey;
import dev.plumbline.datapath.openflow.FlowScanner.Entry;
import dev.plumbline.datapath.openflow.MatchField.Needs;
import dev.plumbline.datapath.openflow.ValueText.Masked;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Reads the match of a flow. Fields may stand in any order: those that have a prerequisite are read
 * when all are there.
 */
final class MatchParser {
  private static final int VID = 0xfff;
  private static final int NO_TAG = 0xffff;

  private record Pending(MatchField field, Entry entry) {}

  private final PortNames ports;
  private final Match.Builder builder = new Match.Builder();
  private final List<Pending> pending = new ArrayList<>(8);

  MatchParser(PortNames ports) {
    this.ports = ports;
  }

  /** Takes an entry; false if it is nothing of a match. */
  boolean take(Entry entry) throws FlowSyntaxException {
    String name = entry.key().text();
    Protocol protocol = Protocol.named(name);
    if (protocol != null && !entry.hasValue()) {
      set(MatchField.ETH_TYPE, Masked.exact(MatchField.ETH_TYPE, protocol.type()), entry);
      if (protocol.transport() >= 0) {
        set(MatchField.IP_PROTO, Masked.exact(MatchField.IP_PROTO, protocol.transport()), entry);
      }
      return true;
    }
    MatchField field = MatchField.named(name);
    if (field == null) {
      if (Unsupported.field(name)) {
        throw entry.key().mistake("the switch has no field " + name);
      }
      return false;
    }
    if (!entry.hasValue()) {
      throw entry.key().mistake(name + " needs a value: " + name + "=…");
    }
    if (field == MatchField.ETH_TYPE) {
      set(field, ValueText.parse(field, entry.value()), entry);
    } else {
      pending.add(new Pending(field, entry));
    }
    return true;
  }

  /** The match of all entries. */
  Match finish() throws FlowSyntaxException {
    for (Pending one : pending) { // before what needs to know it
      if (one.field == MatchField.IP_PROTO || one.field == MatchField.ARP_OP) {
        take(one.field, one.entry);
      }
    }
    for (Pending one : pending) {
      if (one.field != MatchField.IP_PROTO && one.field != MatchField.ARP_OP) {
        take(one.field, one.entry);
      }
    }
    Match match = builder.build();
    for (Pending one : pending) {
      if (one.field.needs().isTransport() && (match.value(MatchField.IP_FRAG) & 2) != 0) {
        String name = one.entry.key().text();
        throw one.entry.key().mistake(name + " is not in later fragments");
      }
    }
    return match;
  }

  private void take(MatchField named, Entry entry) throws FlowSyntaxException {
    String name = entry.key().text().toLowerCase(Locale.ROOT);
    Protocol protocol = Protocol.of(builder);
    MatchField field = meant(named, name, protocol);
    if (protocol == null ? field.needs() != Needs.NOTHING : !protocol.gives(field.needs())) {
      throw entry
          .key()
          .mistake(
              name + " is a field of " + needed(named, name) + ", which the match must ask for");
    }
    switch (field) {
      case IN_PORT -> {
        int port = PortText.find(entry.value(), ports);
        if (port < 0 || (port > PortText.LAST && port != PortText.LOCAL)) {
          throw entry.value().mistake("no port: " + entry.value().text());
        }
        set(field, Masked.exact(field, port), entry);
      }
      case DL_VLAN -> dlVlan(entry);
      case VLAN_PCP -> {
        Masked value = ValueText.parse(field, entry.value());
        set(MatchField.VLAN_TCI, present(value.low() << 13, 0xe000), entry);
      }
      case NW_TOS -> {
        Masked value = ValueText.parse(field, entry.value());
        if ((value.low() & 3) != 0) {
          throw entry.value().mistake("nw_tos is a multiple of 4: its low bits are nw_ecn");
        }
        set(MatchField.IP_DSCP, Masked.exact(MatchField.IP_DSCP, value.low() >> 2), entry);
      }
      default -> set(field, ValueText.parse(field, entry.value()), entry);
    }
  }

  /** What a name of OpenFlow 1.0 means with this protocol. */
  private static MatchField meant(MatchField field, String name, @Nullable Protocol protocol) {
    if (protocol == null) {
      return field;
    }
    if (protocol.isArp()) {
      return switch (name) {
        case "nw_src" -> MatchField.ARP_SPA;
        case "nw_dst" -> MatchField.ARP_TPA;
        case "nw_proto" -> MatchField.ARP_OP;
        default -> field;
      };
    }
    boolean source = name.equals("tp_src") || name.equals("icmp_type");
    boolean isIcmp = name.equals("icmp_type") || name.equals("icmp_code");
    if ((!source && !isIcmp && !name.equals("tp_dst")) || (isIcmp && !protocol.isIcmp())) {
      return field;
    }
    return switch (protocol) {
      case ICMP -> source ? MatchField.ICMP_TYPE : MatchField.ICMP_CODE;
      case ICMP6 -> source ? MatchField.ICMPV6_TYPE : MatchField.ICMPV6_CODE;
      case UDP, UDP6 -> source ? MatchField.UDP_SRC : MatchField.UDP_DST;
      case SCTP, SCTP6 -> source ? MatchField.SCTP_SRC : MatchField.SCTP_DST;
      default -> field;
    };
  }

  private static String needed(MatchField field, String name) {
    return switch (name) {
      case "tp_src", "tp_dst" -> "tcp, udp, sctp, icmp or icmp6 (or tcp6, udp6, sctp6)";
      case "icmp_type", "icmp_code" -> "icmp or icmp6";
      case "nw_src", "nw_dst" -> "ip, arp or rarp";
      case "nw_proto" -> "ip, ipv6, arp or rarp";
      default -> field.needs().words();
    };
  }

  private void dlVlan(Entry entry) throws FlowSyntaxException {
    long vlan = ValueText.number(entry.value(), NO_TAG, "dl_vlan");
    if (vlan == NO_TAG) {
      set(MatchField.VLAN_TCI, new Masked(0, 0, 0, NO_TAG), entry);
    } else if (vlan > VID) {
      throw entry.value().mistake("a VLAN is a number from 0 to 4095, or 0xffff for no tag");
    } else {
      set(MatchField.VLAN_TCI, present(vlan, VID), entry);
    }
  }

  private static Masked present(long value, long mask) {
    return new Masked(0, value | FlowKey.VLAN_PRESENT, 0, mask | FlowKey.VLAN_PRESENT);
  }

  private void set(MatchField field, Masked value, Entry entry) throws FlowSyntaxException {
    int word = field.word();
    if (field.width() > Long.SIZE) {
      refuseContradiction(word, value.high(), value.maskHigh(), entry);
      refuseContradiction(word + 1, value.low(), value.maskLow(), entry);
      builder.word(word, value.high(), value.maskHigh());
      builder.word(word + 1, value.low(), value.maskLow());
    } else {
      long low = value.low() << field.shift();
      long mask = value.maskLow() << field.shift();
      refuseContradiction(word, low, mask, entry);
      builder.word(word, low, mask);
    }
  }

  private void refuseContradiction(int word, long value, long mask, Entry entry)
      throws FlowSyntaxException {
    if (builder.contradicts(word, value, mask)) {
      throw entry.key().mistake(entry.key().text() + " contradicts what stands before it");
    }
  }
}
