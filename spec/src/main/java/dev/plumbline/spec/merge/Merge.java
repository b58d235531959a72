// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.spec.merge;

import dev.plumbline.spec.yaml.YamlMap;
import dev.plumbline.spec.yaml.YamlScalar;
import java.util.LinkedHashMap;
import java.util.Map;

/** Merges two layers. */
final class Merge {
  private Merge() {}

  /** The upper layer over the lower: see the package. Keys keep the lower layer's order. */
  static YamlMap over(YamlMap lower, YamlMap upper) {
    Map<String, YamlMap.Entry> merged = new LinkedHashMap<>(lower.entries());
    upper
        .entries()
        .forEach(
            (key, entry) -> {
              YamlMap.Entry below = merged.get(key);
              boolean removes = entry.value() instanceof YamlScalar scalar && scalar.isNull();
              if (removes && below != null) {
                merged.remove(key);
              } else if (below != null
                  && below.value() instanceof YamlMap lowerMap
                  && entry.value() instanceof YamlMap upperMap) {
                merged.put(key, new YamlMap.Entry(entry.keyPosition(), over(lowerMap, upperMap)));
              } else {
                merged.put(key, entry);
              }
            });
    return new YamlMap(upper.position(), merged);
  }
}
