// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.openflow;

import java.util.Locale;
import java.util.Set;

/** What Open vSwitch 3.1 has and this switch does not, to be refused by its name. */
final class Unsupported {
  private static final Set<String> FIELDS =
      Set.of(
          "actset_output",
          "conj_id",
          "dp_hash",
          "in_port_oxm",
          "mpls_bos",
          "mpls_label",
          "mpls_tc",
          "mpls_ttl",
          "nd_options_type",
          "nd_reserved",
          "nd_sll",
          "nd_target",
          "nd_tll",
          "packet_type",
          "pkt_mark",
          "recirc_id",
          "skb_priority",
          "eth");

  private static final String[] FIELD_PREFIXES = {"ct_", "tun_", "nsh_", "xreg", "xxreg"};

  private static final Set<String> ACTIONS =
      Set.of(
          "bundle",
          "bundle_load",
          "check_pkt_larger",
          "clear_actions",
          "clone",
          "conjunction",
          "controller",
          "ct_clear",
          "dec_mpls_ttl",
          "dec_nsh_ttl",
          "decap",
          "delete_field",
          "encap",
          "enqueue",
          "exit",
          "fin_timeout",
          "learn",
          "multipath",
          "note",
          "pop",
          "pop_mpls",
          "pop_queue",
          "push",
          "push_mpls",
          "sample",
          "set_mpls_label",
          "set_mpls_tc",
          "set_mpls_ttl",
          "set_queue",
          "write_actions");

  private static final Set<String> SETTINGS =
      Set.of(
          "allow_hidden_fields",
          "check_overlap",
          "importance",
          "no_byte_counts",
          "no_packet_counts",
          "out_group",
          "out_port",
          "reset_counts",
          "send_flow_rem");

  private Unsupported() {}

  static boolean field(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    for (String prefix : FIELD_PREFIXES) {
      if (lower.startsWith(prefix)) {
        return true;
      }
    }
    return FIELDS.contains(lower);
  }

  static boolean action(String name) {
    return ACTIONS.contains(name.toLowerCase(Locale.ROOT));
  }

  static boolean setting(String name) {
    return SETTINGS.contains(name);
  }
}
