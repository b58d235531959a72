// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.openflow;

import static dev.plumbline.datapath.openflow.MatchField.ARP_OP;
import static dev.plumbline.datapath.openflow.MatchField.ARP_SHA;
import static dev.plumbline.datapath.openflow.MatchField.ARP_SPA;
import static dev.plumbline.datapath.openflow.MatchField.ARP_THA;
import static dev.plumbline.datapath.openflow.MatchField.ARP_TPA;
import static dev.plumbline.datapath.openflow.MatchField.CT_MARK;
import static dev.plumbline.datapath.openflow.MatchField.CT_STATE;
import static dev.plumbline.datapath.openflow.MatchField.CT_ZONE;
import static dev.plumbline.datapath.openflow.MatchField.ETH_DST;
import static dev.plumbline.datapath.openflow.MatchField.ETH_SRC;
import static dev.plumbline.datapath.openflow.MatchField.ETH_TYPE;
import static dev.plumbline.datapath.openflow.MatchField.ICMP_CODE;
import static dev.plumbline.datapath.openflow.MatchField.ICMP_TYPE;
import static dev.plumbline.datapath.openflow.MatchField.IN_PORT;
import static dev.plumbline.datapath.openflow.MatchField.IPV6_DST;
import static dev.plumbline.datapath.openflow.MatchField.IPV6_LABEL;
import static dev.plumbline.datapath.openflow.MatchField.IPV6_SRC;
import static dev.plumbline.datapath.openflow.MatchField.IP_DSCP;
import static dev.plumbline.datapath.openflow.MatchField.IP_DST;
import static dev.plumbline.datapath.openflow.MatchField.IP_FRAG;
import static dev.plumbline.datapath.openflow.MatchField.IP_PROTO;
import static dev.plumbline.datapath.openflow.MatchField.IP_SRC;
import static dev.plumbline.datapath.openflow.MatchField.METADATA;
import static dev.plumbline.datapath.openflow.MatchField.NW_ECN;
import static dev.plumbline.datapath.openflow.MatchField.NW_TTL;
import static dev.plumbline.datapath.openflow.MatchField.TCP_DST;
import static dev.plumbline.datapath.openflow.MatchField.TCP_FLAGS;
import static dev.plumbline.datapath.openflow.MatchField.TCP_SRC;
import static dev.plumbline.datapath.openflow.MatchField.TUN_DST;
import static dev.plumbline.datapath.openflow.MatchField.TUN_ID;
import static dev.plumbline.datapath.openflow.MatchField.TUN_SRC;
import static dev.plumbline.datapath.openflow.MatchField.VLAN_TCI;

import dev.plumbline.datapath.flow.FlowKey;
import org.jspecify.annotations.Nullable;

/** Prints a match in the order and the words of Open vSwitch's match_format (lib/match.c). */
final class MatchPrinter {
  private static final int VID = 0xfff;
  private static final int PCP = 0xe000;

  private final Match match;
  private final StringBuilder text = new StringBuilder(80);

  private MatchPrinter(Match match) {
    this.match = match;
  }

  /** Empty: every packet. */
  static String print(Match match, PortNames ports) {
    return new MatchPrinter(match).print(ports);
  }

  private String print(PortNames ports) {
    add(CT_STATE, "ct_state");
    add(CT_ZONE, "ct_zone");
    add(CT_MARK, "ct_mark");
    Protocol protocol = Protocol.of(match);
    if (protocol != null) {
      part(protocol.keyword());
    }
    for (int i = 0; i < MatchField.REGISTERS; i++) {
      add(MatchField.register(i), MatchField.register(i).text());
    }
    add(TUN_ID, "tun_id");
    add(TUN_SRC, "tun_src");
    add(TUN_DST, "tun_dst");
    add(METADATA, "metadata");
    if (match.isExact(IN_PORT)) {
      part("in_port").append('=').append(PortText.print((int) match.value(IN_PORT), ports));
    }
    vlan();
    add(ETH_SRC, "dl_src");
    add(ETH_DST, "dl_dst");
    if (protocol == null) {
      add(ETH_TYPE, "dl_type");
    }
    network(protocol);
    if (protocol != null && protocol.transport() < 0) {
      add(protocol.isArp() ? ARP_OP : IP_PROTO, protocol.isArp() ? "arp_op" : "nw_proto");
    }
    if (protocol != null && protocol.isArp()) {
      add(ARP_SHA, "arp_sha");
      add(ARP_THA, "arp_tha");
    }
    if (match.isExact(IP_DSCP)) {
      part("nw_tos").append('=').append(match.value(IP_DSCP) << 2);
    }
    add(NW_ECN, "nw_ecn");
    add(NW_TTL, "nw_ttl");
    add(IP_FRAG, "nw_frag");
    transport(protocol);
    return text.toString();
  }

  private void vlan() {
    long value = match.value(VLAN_TCI);
    long mask = match.mask(VLAN_TCI);
    long vid = mask & VID;
    long pcp = mask & PCP;
    boolean isTagged = (mask & value & FlowKey.VLAN_PRESENT) != 0;
    boolean whole = (vid == 0 || vid == VID) && (pcp == 0 || pcp == PCP);
    if (isTagged && whole && (vid | pcp) != 0) {
      if (vid != 0) {
        part("dl_vlan").append('=').append(value & VID);
      }
      if (pcp != 0) {
        part("dl_vlan_pcp").append('=').append(value >> 13);
      }
    } else {
      add(VLAN_TCI, "vlan_tci");
    }
  }

  private void network(@Nullable Protocol protocol) {
    if (protocol == null) {
      return;
    }
    if (protocol.isIpv6()) {
      wide(IPV6_SRC);
      wide(IPV6_DST);
      add(IPV6_LABEL, "ipv6_label");
    } else if (protocol.isArp()) {
      add(ARP_SPA, "arp_spa");
      add(ARP_TPA, "arp_tpa");
    } else if (protocol.isIp()) {
      add(IP_SRC, "nw_src");
      add(IP_DST, "nw_dst");
    }
  }

  private void transport(@Nullable Protocol protocol) {
    if (protocol == null) {
      return;
    }
    if (protocol.isIcmp()) {
      add(ICMP_TYPE, "icmp_type");
      add(ICMP_CODE, "icmp_code");
    } else {
      add(TCP_SRC, "tp_src");
      add(TCP_DST, "tp_dst");
      add(TCP_FLAGS, "tcp_flags");
    }
  }

  private void add(MatchField field, String name) {
    long mask = match.mask(field);
    if (mask != 0) {
      part(name).append('=').append(ValueText.print(field, 0, match.value(field), 0, mask));
    }
  }

  private void wide(MatchField field) {
    long high = match.mask(field.word());
    long low = match.mask(field.word() + 1);
    if ((high | low) != 0) {
      long valueHigh = match.value(field.word());
      long valueLow = match.value(field.word() + 1);
      part(field.text()).append('=').append(ValueText.print(field, valueHigh, valueLow, high, low));
    }
  }

  /** Begins the next part. */
  private StringBuilder part(String name) {
    return text.append(text.length() == 0 ? "" : ",").append(name);
  }
}
