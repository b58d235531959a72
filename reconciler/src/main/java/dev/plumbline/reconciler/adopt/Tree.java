// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.adopt;

import dev.plumbline.reconciler.kind.DeviceField;
import dev.plumbline.reconciler.kind.DeviceKinds;
import java.util.LinkedHashMap;
import java.util.Map;

/** One object of the file in the making. */
final class Tree {
  private final Map<String, Object> map = new LinkedHashMap<>();

  Map<String, Object> map() {
    return map;
  }

  Tree put(String key, Object value) {
    map.put(key, value);
    return this;
  }

  /** Puts a text or number unless it is empty. */
  Tree putIfAny(String key, String value) {
    if (!value.isEmpty()) {
      put(key, Scalars.of(key, value));
    }
    return this;
  }

  /** Puts a device's field, below its dotted path, unless every new device has this value. */
  Tree field(String kind, String field, String value) {
    DeviceField known = DeviceKinds.field(kind, field);
    boolean usual = known != null && value.equals(known.kernelDefault());
    return usual ? this : always(field, value);
  }

  /** Puts a device's field, below its dotted path, whatever its value. */
  Tree always(String field, String value) {
    if (!value.isEmpty()) {
      String path = field.startsWith("port.") ? field.substring("port.".length()) : field;
      Scalars.put(map, path, Scalars.of(path, value));
    }
    return this;
  }
}
