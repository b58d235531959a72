// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.spec.form;

import dev.plumbline.spec.value.Durations;
import dev.plumbline.spec.value.Spelled;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A map of the file that is being written, as a plain ordered tree. What is null is left out. */
final class Tree {
  private final Map<String, Object> map = new LinkedHashMap<>();

  Map<String, Object> map() {
    return map;
  }

  Tree put(String key, @Nullable Object value) {
    if (value == null) {
      return this;
    }
    if (value instanceof Spelled spelled) {
      map.put(key, spelled.spelling());
    } else if (value instanceof Duration duration) {
      map.put(key, Durations.print(duration));
    } else if (value instanceof Integer number) {
      map.put(key, (long) number);
    } else if (value instanceof Tree tree) {
      map.put(key, tree.map);
    } else if (value instanceof Long
        || value instanceof Boolean
        || value instanceof List
        || value instanceof Map) {
      map.put(key, value);
    } else {
      map.put(key, value.toString());
    }
    return this;
  }

  /** Puts the value unless it is the default, which the file need not say. */
  Tree putUnless(Object usual, String key, Object value) {
    return value.equals(usual) ? this : put(key, value);
  }

  /** Puts a list as texts unless it is null. */
  Tree putTexts(String key, @Nullable List<?> values) {
    return values == null ? this : put(key, values.stream().map(Object::toString).toList());
  }
}
