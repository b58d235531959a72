// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.spec.yaml;

import dev.plumbline.spec.value.Position;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A map with text keys, in file order. */
public final class YamlMap implements YamlNode {
  private final Position position;
  private final Map<String, Entry> entries;
  private final long size;
  private final int height;

  /** A value and where its key stands. */
  public record Entry(Position keyPosition, YamlNode value) {}

  public YamlMap(Position position, Map<String, Entry> entries) {
    this.position = position;
    this.entries = Collections.unmodifiableMap(new LinkedHashMap<>(entries));
    this.size = 1 + entries.values().stream().mapToLong(e -> e.value().size()).sum();
    this.height = 1 + entries.values().stream().mapToInt(e -> e.value().height()).max().orElse(0);
  }

  public Map<String, Entry> entries() {
    return entries;
  }

  /** The value of a key; null if there is none. */
  public @Nullable YamlNode get(String key) {
    Entry entry = entries.get(key);
    return entry == null ? null : entry.value();
  }

  @Override
  public Position position() {
    return position;
  }

  @Override
  public long size() {
    return size;
  }

  @Override
  public int height() {
    return height;
  }

  @Override
  public String describe() {
    return "a map";
  }
}
