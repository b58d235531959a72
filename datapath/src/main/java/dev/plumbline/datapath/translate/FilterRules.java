// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.translate;

import dev.plumbline.datapath.classifier.Rule;
import dev.plumbline.datapath.classifier.RuleTable;
import dev.plumbline.datapath.classifier.Wildcards;
import dev.plumbline.datapath.openflow.FieldValues;
import dev.plumbline.datapath.openflow.FlowSyntaxException;
import dev.plumbline.datapath.openflow.FlowText;
import dev.plumbline.datapath.openflow.Match;
import dev.plumbline.datapath.openflow.PortNames;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The rules of a port's filter for one direction, compiled to matches of flows.
 *
 * @param any whether all is let through
 * @param established whether answers to what the other direction let through are
 * @param rules all others; the target is the rule's text
 * @param portless the same without what later fragments do not have: ports, and types of ICMP
 */
record FilterRules(
    boolean any, boolean established, RuleTable<String> rules, RuleTable<String> portless) {
  private static final String ANY = "any";
  static final String ESTABLISHED = "established";
  private static final int PORT_BITS = 16;

  private static final String LAST_PARTS = ",(tp_src|tp_dst|icmp_type|icmpv6_type)=[^,]*";

  /** RFC 4861, 6.1 and 7.1: no router has forwarded it. */
  private static final String NEIGHBOURS = "icmp6,nw_ttl=255,icmpv6_type=";

  /**
   * RFC 2710, 3, and RFC 3810, 5: of this link; RFC 3590: reports also before there is an address.
   */
  private static final String LISTENERS = "icmp6,nw_ttl=1,ipv6_src=fe80::/10,icmpv6_type=";

  private static final String NEW_LISTENERS = "icmp6,nw_ttl=1,ipv6_src=::,icmpv6_type=";

  /** What addresses are found by, in IPv6. Always let through. */
  private static final RuleTable<String> DISCOVERY_IN = discovery(134, 135, 136);

  /** Without router advertisements: guests are no routers. */
  private static final RuleTable<String> DISCOVERY_OUT = discovery(133, 135, 136);

  private static RuleTable<String> discovery(int... neighbours) {
    List<Rule<String>> rules = new ArrayList<>();
    for (int type : neighbours) {
      rules.add(new Rule<>(match(NEIGHBOURS + type), 1, ""));
    }
    for (int type : new int[] {130, 131, 132, 143}) {
      rules.add(new Rule<>(match(LISTENERS + type), 1, ""));
    }
    for (int type : new int[] {131, 132, 143}) {
      rules.add(new Rule<>(match(NEW_LISTENERS + type), 1, ""));
    }
    return RuleTable.<String>empty().with(List.of(), rules);
  }

  /**
   * Compiles.
   *
   * @param texts as in {@link dev.plumbline.datapath.config.PortFilter}
   * @param isIn whether addresses are sources
   * @throws IllegalArgumentException one is no rule
   */
  static FilterRules of(List<String> texts, boolean isIn) {
    List<Rule<String>> rules = new ArrayList<>();
    List<Rule<String>> portless = new ArrayList<>();
    for (String text : texts) {
      if (!text.equals(ANY) && !text.equals(ESTABLISHED)) {
        for (String match : matches(text, isIn)) {
          int priority = letsUntracked(text) ? 2 : 1;
          rules.add(new Rule<>(match(match), priority, text));
          portless.add(new Rule<>(match(match.replaceAll(LAST_PARTS, "")), 1, text));
        }
      }
    }
    return new FilterRules(
        texts.contains(ANY),
        texts.contains(ESTABLISHED),
        RuleTable.<String>empty().with(List.of(), rules),
        RuleTable.<String>empty().with(List.of(), portless));
  }

  /**
   * Whether the rule lets through what connection tracking can say nothing of, too: it names ICMP,
   * of which most types are no connection's. It is found in front of others.
   */
  static boolean letsUntracked(String rule) {
    return rule.equals(ANY) || rule.startsWith("icmp");
  }

  /** Whether a packet may be let through whose ports, or type of ICMP, nobody knows. */
  boolean mayFind(FieldValues packet, Wildcards looked) {
    return any || portless.lookup(packet, looked) != null;
  }

  /** The rule that lets a packet through; null: none does. */
  @Nullable String find(FieldValues packet, Wildcards looked) {
    if (any) {
      return ANY;
    }
    Rule<String> found = rules.lookup(packet, looked);
    return found == null ? null : found.target();
  }

  /** Whether it is one without which no address is found. */
  static boolean isDiscovery(FieldValues packet, boolean isIn, Wildcards looked) {
    return (isIn ? DISCOVERY_IN : DISCOVERY_OUT).lookup(packet, looked) != null;
  }

  private static Match match(String text) {
    try {
      return FlowText.parse(text + " actions=drop", PortNames.NUMBERS).match();
    } catch (FlowSyntaxException e) {
      throw new IllegalArgumentException(text + ": " + e.getMessage(), e);
    }
  }

  /** The matches of a rule, as ovs-ofctl has them. */
  static List<String> matches(String text, boolean isIn) {
    String[] words = text.split(" ", -1);
    if (words[0].equals("dhcp") && words.length == 1) {
      return isIn
          ? List.of("udp,tp_src=67,tp_dst=68", "udp6,tp_src=547,tp_dst=546")
          : List.of("udp,tp_src=68,tp_dst=67", "udp6,tp_src=546,tp_dst=547");
    }
    String numbers = words.length % 2 == 0 ? words[1] : "";
    int next = numbers.isEmpty() ? 1 : 2;
    String address = "";
    if (words.length == next + 2 && words[next].equals(isIn ? "from" : "to")) {
      address = words[next + 1];
    } else if (words.length != next) {
      throw new IllegalArgumentException("no rule of a filter: " + text);
    }
    List<String> matches = new ArrayList<>();
    for (int version : new int[] {4, 6}) {
      if (!address.isEmpty() && (address.indexOf(':') >= 0) != (version == 6)) {
        continue;
      }
      String base = base(words[0], version, text);
      if (base.isEmpty()) {
        continue;
      }
      String field = version == 4 ? (isIn ? "nw_src" : "nw_dst") : isIn ? "ipv6_src" : "ipv6_dst";
      String at = address.isEmpty() ? "" : "," + field + "=" + address;
      for (String number : numbers(words[0], numbers)) {
        matches.add(base + at + number);
      }
    }
    return matches;
  }

  private static String base(String word, int version, String text) {
    boolean isSix = version == 6;
    return switch (word) {
      case "tcp", "udp" -> isSix ? word + "6" : word;
      case "icmp" -> isSix ? "" : word;
      case "icmp6" -> isSix ? word : "";
      case ANY, "protocol" -> isSix ? "ipv6" : "ip";
      default -> throw new IllegalArgumentException("no rule of a filter: " + text);
    };
  }

  /** What ports, types or a protocol's number ask for, each with a comma in front. */
  private static List<String> numbers(String word, String numbers) {
    if (numbers.isEmpty()) {
      return List.of("");
    }
    List<String> parts = new ArrayList<>();
    for (String each : numbers.split(",", -1)) {
      int dash = each.indexOf('-');
      int first = Integer.parseInt(dash < 0 ? each : each.substring(0, dash));
      int last = dash < 0 ? first : Integer.parseInt(each.substring(dash + 1));
      switch (word) {
        case "tcp", "udp" -> ports(first, last, parts);
        case "icmp" -> parts.add(",icmp_type=" + first);
        case "icmp6" -> parts.add(",icmpv6_type=" + first);
        default -> parts.add(",nw_proto=" + first);
      }
    }
    return parts;
  }

  /** A range as prefixes: those that begin where it does and are as long as they may be. */
  private static void ports(int first, int last, List<String> parts) {
    int at = first;
    while (at <= last) {
      int bits = at == 0 ? PORT_BITS : Integer.numberOfTrailingZeros(at);
      while (at + (1 << bits) - 1 > last) {
        bits--;
      }
      parts.add(",tp_dst=0x%x/0x%x".formatted(at, 0xffff & (-1 << bits)));
      at += 1 << bits;
    }
  }
}
