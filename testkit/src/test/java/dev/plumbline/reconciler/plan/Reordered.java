// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.plan;

import dev.plumbline.spec.problem.Problems;
import dev.plumbline.spec.yaml.YamlList;
import dev.plumbline.spec.yaml.YamlMap;
import dev.plumbline.spec.yaml.YamlNode;
import dev.plumbline.spec.yaml.YamlReader;
import dev.plumbline.spec.yaml.YamlScalar;
import dev.plumbline.spec.yaml.YamlWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;

/**
 * The same host file in another order: the keys of all maps shuffled, and so the routes and rules,
 * which are sets; its entries in up to four files that include each other in any order.
 */
final class Reordered {
  private static final int MOST_FILES = 4;
  private static final String ROOT = "host.yaml";

  private final Random random;

  private Reordered(long seed) {
    random = new Random(seed);
  }

  /**
   * The files by their names; {@code host.yaml} includes the others.
   *
   * @param text a file without includes
   */
  static Map<String, String> files(String text, long seed) {
    return new Reordered(seed).files(text);
  }

  private Map<String, String> files(String text) {
    YamlNode read = YamlReader.read(ROOT, text.getBytes(StandardCharsets.UTF_8), new Problems());
    List<Map<String, Object>> parts = new ArrayList<>();
    int count = 1 + random.nextInt(MOST_FILES);
    for (int i = 0; i < count; i++) {
      parts.add(new LinkedHashMap<>());
    }
    plain((YamlMap) Objects.requireNonNull(read))
        .forEach(
            (section, value) -> {
              if (value instanceof Map<?, ?> entries && !entries.isEmpty()) {
                entries.forEach((name, entry) -> one(parts, section).put(name, entry));
              } else {
                one(parts).put(section, value instanceof List<?> list ? shuffled(list) : value);
              }
            });
    Map<String, String> files = new TreeMap<>();
    List<String> names = new ArrayList<>();
    for (int i = 1; i < count; i++) {
      names.add("part" + i + ".yaml");
      files.put("part" + i + ".yaml", YamlWriter.write(shuffled(parts.get(i))));
    }
    Collections.shuffle(names, random);
    Map<String, Object> root = parts.get(0);
    if (!names.isEmpty()) {
      root.put("include", names);
    }
    files.put(ROOT, YamlWriter.write(shuffled(root)));
    return files;
  }

  private Map<String, Object> one(List<Map<String, Object>> parts) {
    return parts.get(random.nextInt(parts.size()));
  }

  @SuppressWarnings("unchecked") // what a section is in one part it is in all
  private Map<Object, Object> one(List<Map<String, Object>> parts, String section) {
    return (Map<Object, Object>)
        one(parts).computeIfAbsent(section, name -> new LinkedHashMap<Object, Object>());
  }

  private <T> List<T> shuffled(List<T> list) {
    List<T> other = new ArrayList<>(list);
    Collections.shuffle(other, random);
    return other;
  }

  private <V> Map<String, V> shuffled(Map<String, V> map) {
    Map<String, V> other = new LinkedHashMap<>();
    shuffled(new ArrayList<>(map.keySet())).forEach(key -> other.put(key, map.get(key)));
    return other;
  }

  private Map<String, Object> plain(YamlMap map) {
    Map<String, Object> plain = new LinkedHashMap<>();
    map.entries().forEach((key, entry) -> plain.put(key, plain(entry.value())));
    return shuffled(plain);
  }

  private Object plain(YamlNode node) {
    if (node instanceof YamlMap map) {
      return plain(map);
    }
    if (node instanceof YamlList list) {
      return list.items().stream().map(this::plain).toList();
    }
    return Objects.requireNonNull(((YamlScalar) node).value());
  }
}
