// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.resource;

import java.util.Map;

/** The kernel's numbers for what the file names with words (linux/rtnetlink.h, fib_rules.h). */
public final class Numbers {
  /** The protocol number of routes, rules and addresses that plumbline makes. */
  public static final int PROTOCOL = 112;

  private static final Map<Integer, String> SCOPES =
      Map.of(0, "global", 200, "site", 253, "link", 254, "host", 255, "nowhere");
  private static final Map<Integer, String> ROUTE_TYPES =
      Map.of(
          1, "unicast",
          2, "local",
          3, "broadcast",
          4, "anycast",
          5, "multicast",
          6, "blackhole",
          7, "unreachable",
          8, "prohibit",
          9, "throw");
  private static final Map<Integer, String> RULE_ACTIONS =
      Map.of(1, "table", 3, "nop", 6, "blackhole", 7, "unreachable", 8, "prohibit");
  private static final Map<Integer, String> PROTOCOLS =
      Map.of(
          1,
          "redirect",
          2,
          "kernel",
          3,
          "boot",
          4,
          "static",
          9,
          "ra",
          16,
          "dhcp",
          PROTOCOL,
          Resource.OURS);

  private Numbers() {}

  public static String scope(int number) {
    return SCOPES.getOrDefault(number, String.valueOf(number));
  }

  public static int scope(String name) {
    return number(SCOPES, name);
  }

  public static String routeType(int number) {
    return ROUTE_TYPES.getOrDefault(number, String.valueOf(number));
  }

  public static int routeType(String name) {
    return number(ROUTE_TYPES, name);
  }

  /** Whether routes of this type lead nowhere: blackhole, unreachable, prohibit and throw. */
  public static boolean discards(int routeType) {
    return routeType >= 6 && routeType <= 9;
  }

  public static String ruleAction(int number) {
    return RULE_ACTIONS.getOrDefault(number, String.valueOf(number));
  }

  public static int ruleAction(String name) {
    return number(RULE_ACTIONS, name);
  }

  public static String protocol(int number) {
    return PROTOCOLS.getOrDefault(number, String.valueOf(number));
  }

  public static int protocol(String name) {
    return number(PROTOCOLS, name);
  }

  private static int number(Map<Integer, String> names, String name) {
    for (Map.Entry<Integer, String> entry : names.entrySet()) {
      if (entry.getValue().equals(name)) {
        return entry.getKey();
      }
    }
    return Integer.parseInt(name);
  }
}
