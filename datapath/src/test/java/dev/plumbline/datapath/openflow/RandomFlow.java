// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.openflow;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/** Flows as people may write them: any spelling, any order of what stands in a match. */
final class RandomFlow {
  private final Random random;
  private final List<String> match = new ArrayList<>();
  private final List<String> actions = new ArrayList<>();
  private final List<String> readable = new ArrayList<>();
  private int table;
  private String protocol = "";

  private final boolean late;

  RandomFlow(long seed) {
    random = new Random(seed);
    late = random.nextBoolean();
  }

  /** Whether it has what came after OpenFlow 1.0, and nothing of what later versions refuse. */
  boolean isLate() {
    return late;
  }

  String text() {
    settings();
    fields();
    Collections.shuffle(match, random);
    actions();
    String between = random.nextBoolean() ? "," : " , ";
    String all = String.join(between, match);
    return all
        + (all.isEmpty() ? "" : one(",", " "))
        + one("actions=", "action=")
        + String.join(one(",", ", "), actions);
  }

  private void settings() {
    maybe(2, () -> match.add("table=" + (table = random.nextInt(254))));
    maybe(2, () -> match.add("priority=" + random.nextInt(65536)));
    maybe(4, () -> match.add("cookie=" + hex(random.nextLong())));
    maybe(6, () -> match.add("idle_timeout=" + random.nextInt(65536)));
    maybe(6, () -> match.add("hard_timeout=" + random.nextInt(65536)));
    maybe(6, () -> match.add("n_packets=" + random.nextInt(100)));
  }

  private void fields() {
    maybe(2, () -> match.add("in_port=" + one("1", "7", "65279", "LOCAL", "local")));
    maybe(3, () -> match.add("tun_id=" + masked(64)));
    maybe(3, () -> match.add("metadata=" + masked(64)));
    maybe(4, () -> match.add("ct_state=" + one("+new+trk", "-est+trk-new", "0x21/0x23", "-trk")));
    maybe(6, () -> match.add("ct_zone=" + random.nextInt(65536)));
    maybe(6, () -> match.add("ct_mark=" + masked(32)));
    maybe(3, () -> match.add("reg" + random.nextInt(16) + "=" + masked(32)));
    maybe(3, () -> match.add(one("dl_src=", "eth_src=") + mac() + oneMask()));
    maybe(3, () -> match.add(one("dl_dst=", "eth_dst=") + mac() + oneMask()));
    vlan();
    if (random.nextInt(4) > 0) {
      protocol =
          one(
              "ip", "icmp", "tcp", "udp", "sctp", "ipv6", "icmp6", "tcp6", "udp6", "sctp6", "arp",
              "rarp", "mpls", "mplsm");
      match.add(protocol);
      network();
    } else {
      maybe(3, () -> match.add("dl_type=" + hex(0x600 + random.nextInt(0x200))));
    }
  }

  private void vlan() {
    switch (random.nextInt(9)) {
      case 0 -> match.add("dl_vlan=" + one("0", "1", "4095", "0xffff"));
      case 1 -> {
        match.add("dl_vlan=" + random.nextInt(4096));
        match.add(one("dl_vlan_pcp=", "vlan_pcp=") + random.nextInt(8));
      }
      case 2 -> match.add("dl_vlan_pcp=" + random.nextInt(8));
      case 3 -> match.add("vlan_tci=" + (late ? "0" : masked(16))); // 1.3 has no such field
      case 4 -> match.add("vlan_vid=" + (4096 + random.nextInt(4096)));
      case 5 ->
          match.add("vlan_vid=" + one("0", "0x1000/0x1000", "0x1001/0x1001", "0x1030/0x10f0"));
      default -> {}
    }
  }

  private void network() {
    boolean isArp = protocol.endsWith("arp");
    boolean isSix = protocol.endsWith("6");
    if (protocol.startsWith("mpls")) {
      return;
    }
    if (isSix) {
      maybe(2, () -> match.add("ipv6_src=" + sixAddress() + one("", "/10", "/64", "/ffff::ffff")));
      maybe(2, () -> match.add("ipv6_dst=" + sixAddress() + one("", "/127", "/0", "/128")));
      maybe(4, () -> match.add("ipv6_label=" + masked(20)));
      readable.addAll(List.of("ipv6_src", "NXM_NX_IPV6_DST", "ipv6_label"));
    } else {
      maybe(2, () -> match.add(one("nw_src=", isArp ? "arp_spa=" : "ip_src=") + fourMasked()));
      maybe(2, () -> match.add(one("nw_dst=", isArp ? "arp_tpa=" : "ip_dst=") + fourMasked()));
    }
    if (isArp) {
      maybe(2, () -> match.add(one("arp_op=", "nw_proto=") + random.nextInt(256)));
      maybe(3, () -> match.add("arp_sha=" + mac() + oneMask()));
      maybe(3, () -> match.add("arp_tha=" + mac() + oneMask()));
      readable.addAll(List.of("arp_spa", "NXM_NX_ARP_SHA", "arp_tha", "arp_op"));
      return;
    }
    readable.addAll(List.of("nw_ttl", "NXM_NX_IP_ECN", "ip_dscp"));
    maybe(
        3,
        () -> match.add(one("nw_tos=" + 4 * random.nextInt(64), "ip_dscp=" + random.nextInt(64))));
    maybe(4, () -> match.add(one("nw_ecn=", "ip_ecn=") + random.nextInt(4)));
    maybe(4, () -> match.add("nw_ttl=" + random.nextInt(256)));
    maybe(
        4,
        () ->
            match.add(
                one("nw_frag=", "ip_frag=") + one("no", "yes", "first", "later", "not_later")));
    transport(isSix);
  }

  private void transport(boolean isSix) {
    String plain = isSix ? protocol.substring(0, protocol.length() - 1) : protocol;
    switch (plain) {
      case "ip", "ipv" ->
          maybe(2, () -> match.add(one("nw_proto=", "ip_proto=") + random.nextInt(256)));
      case "icmp" -> {
        match.removeIf(part -> part.endsWith("frag=later"));
        maybe(2, () -> match.add("icmp_type=" + random.nextInt(256)));
        maybe(2, () -> match.add("icmp_code=" + random.nextInt(256)));
      }
      default -> {
        if (match.stream().anyMatch(part -> part.endsWith("frag=later"))) {
          return;
        }
        maybe(2, () -> match.add(one("tp_src=", plain + "_src=") + masked(16)));
        maybe(2, () -> match.add(one("tp_dst=", plain + "_dst=") + masked(16)));
        readable.addAll(List.of(plain + "_src", plain + "_dst"));
        if (plain.equals("tcp")) {
          maybe(
              2,
              () ->
                  match.add(
                      "tcp_flags="
                          + one(
                              "+syn-ack",
                              "fin|ack",
                              "0",
                              "+[200]-ns",
                              "0x3/0x7",
                              "+fin-[800]+[400]")));
        }
      }
    }
  }

  private void actions() {
    if (late) {
      maybe(4, () -> actions.add("meter:" + (1 + random.nextInt(9))));
    }
    int count = random.nextInt(5);
    for (int i = 0; i < count; i++) {
      String action = action();
      boolean isEarly = action.matches("mod_[nt].*|dec_ttl|strip_vlan|pop_vlan|mod_vlan.*");
      boolean isPush = action.startsWith("push_vlan");
      if (late ? !isEarly && !(isPush && actions.toString().contains("push_vlan")) : !isPush) {
        actions.add(action);
      }
    }
    maybe(8, () -> actions.add("write_metadata:" + one("7", hex(random.nextLong()), "0x30/0xf0")));
    if (table < 253) {
      maybe(6, () -> actions.add("goto_table:" + (table + 1 + random.nextInt(253 - table))));
    }
    if (actions.isEmpty()) {
      actions.add(one("drop", "DROP", ""));
    }
  }

  private String action() {
    return switch (random.nextInt(21)) {
      case 0 -> one("1", "output:7", "65279", "LOCAL", "output:local");
      case 1 -> one("normal", "NORMAL", "output:NORMAL");
      case 2 -> one("flood", "all", "in_port", "IN_PORT");
      case 3 ->
          "output:"
              + one("reg3[0..15]", "NXM_NX_REG1[]", "in_port_oxm".substring(0, 7), "tun_id[3]");
      case 4 -> "mod_vlan_vid:" + random.nextInt(4096);
      case 5 -> "mod_vlan_pcp:" + random.nextInt(8);
      case 6 -> one("mod_dl_src:", "mod_dl_dst:") + mac();
      case 7 -> one("mod_nw_src:", "mod_nw_dst:") + four();
      case 8 -> one("mod_nw_tos:" + 4 * random.nextInt(64), "mod_nw_tos:32");
      case 9 -> one("mod_tp_src:", "mod_tp_dst:") + random.nextInt(65536);
      case 10 -> one("strip_vlan", "pop_vlan", "push_vlan:0x8100", "push_vlan:34984");
      case 11 -> "set_tunnel:" + hex(random.nextInt() & 0xffffffffL);
      case 12 -> "set_tunnel64:" + hex(random.nextLong());
      case 13 -> one("resubmit:5", "resubmit(,7)", "resubmit(3,9)", "resubmit(in_port,3)");
      case 14 -> "group:" + random.nextInt(100);
      case 15 -> "dec_ttl";
      case 16 -> ct();
      case 17 ->
          "load:"
              + random.nextInt(64)
              + "->"
              + one(
                  "reg0[0..5]",
                  "NXM_NX_REG7[26..31]",
                  "metadata[]",
                  "vlan_tci[0..11]",
                  "tun_id",
                  "eth_dst[40..47]");
      case 18 -> move();
      default -> setField();
    };
  }

  private String ct() {
    if (protocol.isEmpty() || protocol.endsWith("arp") || protocol.startsWith("mpls")) {
      return "dec_ttl";
    }
    return one(
        "ct(commit)",
        "ct(table=" + random.nextInt(254) + ")",
        "ct(zone=" + random.nextInt(0xf000) + ",commit,table=3)",
        "ct(commit,zone=NXM_NX_REG5[0..15])",
        "ct(commit,exec(set_field:" + masked(32) + "->ct_mark))",
        "ct(nat,table=" + random.nextInt(254) + ")",
        "ct(commit,nat(" + nat() + "))",
        "ct(exec(load:0x3->NXM_NX_CT_MARK[4..7]),commit)");
  }

  private String nat() {
    String end = one("src=", "dst=");
    if (protocol.endsWith("6")) {
      return end + one("fd00::1", "fd00::1-fd00::ff", "[fd00::5]:80", "[fd00::5]-[fd00::7]:80-90");
    }
    return end + one("10.0.0.1", "10.0.0.1-10.0.1.255", "10.0.0.1:80", "10.0.0.5-10.0.0.7:80-90");
  }

  private String move() {
    String from = readable.isEmpty() ? "eth_src" : readable.get(random.nextInt(readable.size()));
    return random.nextBoolean()
        ? "move:" + from + "[0]->reg5[" + random.nextInt(32) + "]"
        : "move:NXM_OF_ETH_SRC[0..15]->reg3[16..31]";
  }

  private String setField() {
    return (random.nextInt(4) == 0
        ? "push_vlan:0x8100,set_field:" + vlanField()
        : "set_field:" + other());
  }

  private String vlanField() {
    return random.nextBoolean()
        ? (4096 + random.nextInt(4096)) + "->vlan_vid"
        : random.nextInt(8) + "->vlan_pcp";
  }

  private String other() {
    return ""
        + switch (random.nextInt(5)) {
          case 0 -> masked(32) + "->reg" + random.nextInt(16);
          case 1 ->
              mac() + one("", "/ff:ff:ff:ff:ff:ff") + "->" + one("eth_src", "dl_dst", "eth_dst");
          case 2 -> masked(64) + "->" + one("metadata", "tun_id", "tunnel_id");
          case 3 -> "0x1005->vlan_tci";
          default ->
              protocol.endsWith("6")
                  ? sixAddress() + "->ipv6_src"
                  : protocol.endsWith("arp")
                      ? four() + "->arp_spa"
                      : protocol.startsWith("mpls") || protocol.isEmpty()
                          ? random.nextInt(9) + "->in_port"
                          : four() + "->" + one("nw_dst", "ip_dst");
        };
  }

  private String masked(int bits) {
    long most = -1L >>> (64 - bits);
    String value =
        random.nextBoolean() ? hex(random.nextLong() & most) : String.valueOf(random.nextInt(8));
    return value + (random.nextInt(3) == 0 ? "/" + hex((random.nextLong() & most) | 1) : "");
  }

  private String mac() {
    return String.format(
        "%02x:%02x:%02x:00:0%x:ff",
        random.nextInt(256), random.nextInt(256), random.nextInt(256), random.nextInt(16));
  }

  private String oneMask() {
    return one("", "", "/ff:ff:ff:00:00:00", "/01:00:00:00:00:00");
  }

  private String four() {
    return random.nextInt(256) + ".0." + random.nextInt(256) + "." + random.nextInt(256);
  }

  private String fourMasked() {
    return four() + one("", "", "/24", "/255.255.0.0", "/255.0.255.0", "/31");
  }

  private String sixAddress() {
    return one(
        "fe80::1",
        "2001:db8::" + Integer.toHexString(random.nextInt(65536)),
        "::",
        "::1",
        "1::",
        "::ffff:10.0.0.1",
        "1:0:0:2::3",
        "1:2:3:4:5:6:7:8",
        "0:0:1::",
        "::1.2.3.4");
  }

  private String one(String... of) {
    return of[random.nextInt(of.length)];
  }

  private void maybe(int oneIn, Runnable then) {
    if (random.nextInt(oneIn) == 0) {
      then.run();
    }
  }

  private static String hex(long value) {
    return "0x" + Long.toHexString(value);
  }
}
