// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.imports;

import dev.plumbline.spec.yaml.YamlList;
import dev.plumbline.spec.yaml.YamlMap;
import dev.plumbline.spec.yaml.YamlNode;
import dev.plumbline.spec.yaml.YamlScalar;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A row of Open vSwitch's database. A set's values are the keys of a map whose values are empty, as
 * the two are used alike; a single value is a set of one (RFC 7047, 5.1).
 */
final class OvsRow {
  final Map<String, Map<String, String>> columns = new LinkedHashMap<>();

  static OvsRow of(YamlMap row) {
    OvsRow read = new OvsRow();
    row.entries().forEach((column, entry) -> read.columns.put(column, values(entry.value())));
    return read;
  }

  private static Map<String, String> values(YamlNode value) {
    Map<String, String> values = new LinkedHashMap<>();
    String kind = kind(value);
    if (kind.equals("set")) {
      for (YamlNode item : second(value)) {
        values.put(atom(item), "");
      }
    } else if (kind.equals("map")) {
      for (YamlNode pair : second(value)) {
        if (pair instanceof YamlList list && list.items().size() == 2) {
          values.put(atom(list.items().get(0)), atom(list.items().get(1)));
        }
      }
    } else {
      values.put(atom(value), "");
    }
    return values;
  }

  private static String kind(YamlNode value) {
    return value instanceof YamlList list
            && list.items().size() == 2
            && list.items().get(0) instanceof YamlScalar word
        ? word.text()
        : "";
  }

  private static List<YamlNode> second(YamlNode value) {
    return value instanceof YamlList list && list.items().get(1) instanceof YamlList items
        ? items.items()
        : List.of();
  }

  /** A text, a number, a truth, or the text of a UUID. */
  private static String atom(YamlNode value) {
    if (value instanceof YamlScalar scalar) {
      return scalar.text();
    }
    return kind(value).isEmpty() || !(value instanceof YamlList list)
        ? value.describe()
        : atom(list.items().get(1));
  }

  /** The only value of a column; empty if there is none. */
  String get(String column) {
    Map<String, String> values = map(column);
    return values.isEmpty() ? "" : values.keySet().iterator().next();
  }

  List<String> list(String column) {
    return new ArrayList<>(map(column).keySet());
  }

  /** The value of a key in a column that is a map; empty if there is none. */
  String get(String column, String key) {
    return map(column).getOrDefault(key, "");
  }

  Map<String, String> map(String column) {
    return columns.getOrDefault(column, Map.of());
  }

  void put(String column, String value) {
    columns.computeIfAbsent(column, key -> new LinkedHashMap<>()).put(value, "");
  }

  void put(String column, String key, String value) {
    columns.computeIfAbsent(column, name -> new LinkedHashMap<>()).put(key, value);
  }

  String name() {
    return get("name");
  }
}
