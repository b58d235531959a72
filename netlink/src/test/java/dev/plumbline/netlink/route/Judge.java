// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.netlink.route;

import dev.plumbline.netlink.testing.Sh;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What iproute2, an independent reader of the same kernel, says about an object: its JSON as maps,
 * lists and texts.
 */
final class Judge {
  private final String text;
  private int at;

  private Judge(String text) {
    this.text = text;
  }

  /**
   * The list of objects that a command prints; iproute2 prints nothing, or empty objects, for none.
   */
  @SuppressWarnings("unchecked")
  static List<Map<String, Object>> all(String command) {
    String output = Sh.run(command).strip();
    if (output.isEmpty()) {
      return List.of();
    }
    List<Map<String, Object>> objects = (List<Map<String, Object>>) new Judge(output).value();
    return objects.stream().filter(object -> !object.isEmpty()).toList();
  }

  /** {@code ip -d -j link show dev NAME}. */
  static Map<String, Object> link(String name) {
    return all("ip -d -j link show dev " + name).get(0);
  }

  /** A path of keys, such as "linkinfo.info_data.id"; numbers are texts. Null if there is none. */
  static Object get(Map<String, Object> object, String path) {
    Object value = object;
    for (String key : path.split("\\.", -1)) {
      value = value instanceof Map<?, ?> map ? map.get(key) : null;
    }
    return value;
  }

  private Object value() {
    skip();
    return switch (text.charAt(at)) {
      case '{' -> object();
      case '[' -> array();
      case '"' -> string();
      default -> word();
    };
  }

  private Map<String, Object> object() {
    Map<String, Object> object = new LinkedHashMap<>();
    at++;
    while (!ends('}')) {
      String key = string();
      skip();
      at++; // the colon
      object.put(key, value());
    }
    return object;
  }

  private List<Object> array() {
    List<Object> array = new ArrayList<>();
    at++;
    while (!ends(']')) {
      array.add(value());
    }
    return array;
  }

  private boolean ends(char end) {
    skip();
    if (text.charAt(at) == ',') {
      at++;
      skip();
    }
    if (text.charAt(at) == end) {
      at++;
      return true;
    }
    return false;
  }

  private String string() {
    StringBuilder string = new StringBuilder();
    at++;
    while (text.charAt(at) != '"') {
      if (text.charAt(at) == '\\') {
        at++;
      }
      string.append(text.charAt(at++));
    }
    at++;
    return string.toString();
  }

  private String word() {
    int start = at;
    while (at < text.length() && ",]} \n\t".indexOf(text.charAt(at)) < 0) {
      at++;
    }
    return text.substring(start, at);
  }

  private void skip() {
    while (Character.isWhitespace(text.charAt(at))) {
      at++;
    }
  }
}
