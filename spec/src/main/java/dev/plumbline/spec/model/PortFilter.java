// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.spec.model;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What is let through a port of an embedded bridge. Each rule is a text: a word ({@code
 * established}, {@code any}, {@code dhcp}, {@code tcp}, {@code udp}, {@code icmp}, {@code icmp6},
 * {@code protocol}), then perhaps ports, types or the protocol's number ({@code 22,8000-8999}),
 * then perhaps {@code from} or {@code to} and a prefix.
 *
 * @param in to the machine behind the port; its prefixes are sources
 * @param out from it; its prefixes are destinations
 */
public record PortFilter(List<String> in, List<String> out) {
  private static final String ANY = "any";

  public PortFilter {
    in = List.copyOf(in);
    out = List.copyOf(out);
  }

  /** As the file has it. */
  public Map<String, Object> plain() {
    Map<String, Object> plain = new LinkedHashMap<>();
    plain.put("in", plain(in));
    plain.put("out", plain(out));
    return plain;
  }

  private static Object plain(List<String> rules) {
    return rules.equals(List.of(ANY)) ? ANY : rules.stream().map(PortFilter::plain).toList();
  }

  private static Object plain(String rule) {
    String[] words = rule.split(" ", -1);
    if (words.length == 1) {
      return rule;
    }
    Map<String, Object> plain = new LinkedHashMap<>();
    int next = 1;
    if (words.length % 2 == 0) {
      plain.put(words[0], numbers(words[1]));
      next = 2;
    } else if (!words[0].equals(ANY)) {
      plain.put(words[0], ANY);
    }
    if (next < words.length) {
      plain.put(words[next], words[next + 1]);
    }
    return plain;
  }

  private static Object numbers(String text) {
    List<Object> numbers = new ArrayList<>();
    for (String each : text.split(",", -1)) {
      numbers.add(each.indexOf('-') >= 0 ? each : (Object) Long.parseLong(each));
    }
    return numbers.size() == 1 ? numbers.get(0) : numbers;
  }
}
