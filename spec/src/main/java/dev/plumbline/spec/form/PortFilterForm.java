// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.spec.form;

import dev.plumbline.spec.model.PortFilter;
import dev.plumbline.spec.value.Prefix;
import dev.plumbline.spec.yaml.YamlNode;
import dev.plumbline.spec.yaml.YamlScalar;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code {in: [established, {tcp: 22, from: 10.0.0.0/8}], out: any}}. */
final class PortFilterForm {
  private static final String ANY = "any";
  private static final String FROM = "from";
  private static final String TO = "to";
  private static final List<String> PROTOCOLS = List.of("tcp", "udp", "icmp", "icmp6", "protocol");

  private PortFilterForm() {}

  /** Reads the filter of a port; null if there is none. */
  static @Nullable PortFilter read(Fields port) {
    Fields fields = port.map("filter");
    return fields == null
        ? null
        : new PortFilter(rules(fields, "in", FROM, TO), rules(fields, "out", TO, FROM));
  }

  /** What is not said is not filtered. */
  private static List<String> rules(Fields filter, String key, String address, String other) {
    if (filter.items(key) == null) {
      return List.of(ANY);
    }
    return filter.items(
        key,
        i -> {
          Fields rule = filter.item(key, i);
          return rule == null ? filter.itemText(key, i) : rule(rule, address, other);
        });
  }

  private static @Nullable String rule(Fields rule, String address, String other) {
    List<String> named = PROTOCOLS.stream().filter(rule::has).toList();
    if (named.size() > 1) {
      rule.problem(
          rule.position(named.get(1)),
          "`" + named.get(0) + "` and `" + named.get(1) + "` exclude each other",
          "a rule for each",
          null);
      return null;
    }
    if (rule.has(other)) {
      rule.problem(
          rule.position(other), "this direction's rules have `" + address + "`", address, null);
      return null;
    }
    String word = named.isEmpty() ? ANY : named.get(0);
    StringBuilder text = new StringBuilder(word);
    if (!named.isEmpty()) {
      String numbers = numbers(rule, word);
      if (numbers == null) {
        return null;
      }
      text.append(numbers.isEmpty() ? "" : " ").append(numbers);
    }
    if (!rule.has(address)) {
      return text.toString();
    }
    Prefix prefix = rule.network(address);
    if (prefix == null) {
      return null;
    }
    boolean isSix = prefix.toString().indexOf(':') >= 0;
    if (word.equals(isSix ? "icmp" : "icmp6")) {
      rule.problem(
          rule.valuePosition(address),
          word + " is not in packets of " + (isSix ? "IPv6" : "IPv4"),
          isSix ? "icmp6" : "icmp",
          null);
      return null;
    }
    return text.append(' ').append(address).append(' ').append(prefix).toString();
  }

  /** Empty: all; null: a problem was found. */
  private static @Nullable String numbers(Fields rule, String word) {
    List<YamlNode> items = rule.items(word);
    List<String> texts = new ArrayList<>();
    if (items == null) {
      String text = rule.loose(word);
      if (text == null || text.equals(ANY)) {
        return text == null ? null : "";
      }
      texts.add(text);
    } else {
      for (YamlNode item : items) {
        String text = item instanceof YamlScalar scalar ? Fields.loose(scalar) : null;
        if (text == null) {
          return null;
        }
        texts.add(text);
      }
    }
    int most = word.equals("tcp") || word.equals("udp") ? 0xffff : 0xff;
    for (String text : texts) {
      if (!isRange(text, most)) {
        rule.problem(
            rule.valuePosition(word),
            "`" + text + "` is nothing of " + word,
            "0 to " + most + (most == 0xff ? "" : ", or a range such as 8000-8999"),
            null);
        return null;
      }
    }
    return String.join(",", texts);
  }

  private static boolean isRange(String text, int most) {
    String[] ends = text.split("-", -1);
    if (ends.length > (most == 0xff ? 1 : 2)) {
      return false;
    }
    int last = -1;
    for (String end : ends) {
      if (!end.matches("[0-9]{1,5}") || Integer.parseInt(end) > most) {
        return false;
      }
      if (Integer.parseInt(end) < last) {
        return false;
      }
      last = Integer.parseInt(end);
    }
    return true;
  }
}
