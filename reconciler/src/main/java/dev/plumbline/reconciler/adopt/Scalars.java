// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.adopt;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** Field values as the file's scalars. */
final class Scalars {
  /** Fields whose value is a text even where it looks like a number. */
  private static final Set<String> TEXTS =
      Set.of("parent", "primary", "dev", "iif", "oif", "label", "local", "remote");

  private Scalars() {}

  /** The value of a field: true or false, a number, or a text. */
  static Object of(String field, String value) {
    if (!TEXTS.contains(field)) {
      if (value.equals("true") || value.equals("false")) {
        return Boolean.valueOf(value);
      }
      if (value.matches("[0-9]{1,18}")) {
        return Long.valueOf(value);
      }
    }
    return value;
  }

  /** Puts a value below a dotted path: {@code stp.priority}. */
  static void put(Map<String, Object> tree, String path, Object value) {
    int dot = path.indexOf('.');
    if (dot < 0) {
      tree.put(path, value);
    } else {
      put(map(tree, path.substring(0, dot)), path.substring(dot + 1), value);
    }
  }

  /** The map below a key, made if there is none. */
  @SuppressWarnings("unchecked")
  static Map<String, Object> map(Map<String, Object> tree, String key) {
    return (Map<String, Object>) tree.computeIfAbsent(key, k -> new LinkedHashMap<>());
  }
}
