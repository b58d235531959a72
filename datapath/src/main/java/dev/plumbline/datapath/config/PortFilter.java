// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.datapath.config;

import java.util.List;

/**
 * What may go to the machine behind a port, and what may come from it. A rule is a text: {@code
 * established}, {@code any}, {@code dhcp}, {@code tcp 22,8000-8999 from 10.0.0.0/8}, {@code icmp},
 * {@code icmp6 128}, {@code protocol 47 to 2001:db8::/32}. What no rule is for is dropped; how ARP,
 * neighbour discovery and fragments are let through is said in docs/filters.md.
 *
 * @param in to the machine; its rules name sources
 * @param out from it; its rules name destinations
 */
public record PortFilter(List<String> in, List<String> out) {
  private static final String NONE = "none";
  private static final String IN = "in ";
  private static final String BETWEEN = "; out ";

  public PortFilter {
    in = List.copyOf(in);
    out = List.copyOf(out);
  }

  /** All of it in one text, which {@link #parse} reads. */
  public String text() {
    return IN + text(in) + BETWEEN + text(out);
  }

  private static String text(List<String> rules) {
    return rules.isEmpty() ? NONE : String.join(", ", rules);
  }

  /**
   * Reads what {@link #text} wrote.
   *
   * @throws IllegalArgumentException it is nothing of the kind
   */
  public static PortFilter parse(String text) {
    int between = text.indexOf(BETWEEN);
    if (between < 0 || !text.startsWith(IN)) {
      throw new IllegalArgumentException("no filter: " + text);
    }
    return new PortFilter(
        rules(text.substring(IN.length(), between)),
        rules(text.substring(between + BETWEEN.length())));
  }

  private static List<String> rules(String text) {
    return text.equals(NONE) ? List.of() : List.of(text.split(", ", -1));
  }
}
