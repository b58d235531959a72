// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.fuzz;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.plumbline.spec.problem.Problems;
import dev.plumbline.spec.yaml.YamlList;
import dev.plumbline.spec.yaml.YamlMap;
import dev.plumbline.spec.yaml.YamlNode;
import dev.plumbline.spec.yaml.YamlReader;
import dev.plumbline.spec.yaml.YamlScalar;
import dev.plumbline.spec.yaml.YamlWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** The YAML reader: problems or a tree, and a tree that is written reads back the same. */
public final class YamlFuzz {
  private static final String FILE = "f.yaml";

  /** Nodes of a tree that is written; a small file can have millions, by its aliases. */
  private static final int WRITTEN_NODES = 20_000;

  private YamlFuzz() {}

  /** One file. */
  public static void fuzzerTestOneInput(byte[] input) {
    Problems problems = new Problems();
    YamlNode node = YamlReader.read(FILE, input, problems);
    Mistakes.check(problems.sorted(), Set.of(FILE), input.length);
    assertTrue(node != null || problems.hasErrors(), "no tree, and no word of why");
    if (node instanceof YamlMap map && map.size() <= WRITTEN_NODES && isWritable(map)) {
      Map<?, ?> tree = (Map<?, ?>) plain(map);
      Map<String, Object> texts = new LinkedHashMap<>();
      tree.forEach((key, value) -> texts.put((String) key, value));
      String written = YamlWriter.write(texts);
      Problems none = new Problems();
      YamlNode again =
          YamlReader.read("again.yaml", written.getBytes(StandardCharsets.UTF_8), none);
      assertEquals(List.of(), none.sorted(), written);
      assertNotNull(again, written);
      assertEquals(tree, plain(again), written);
      assertEquals(written, YamlWriter.write(texts), "the same tree gives the same text");
    }
  }

  /** Whether it has nothing but what the writer takes. */
  private static boolean isWritable(YamlNode node) {
    if (node instanceof YamlMap map) {
      return map.entries().values().stream().allMatch(entry -> isWritable(entry.value()));
    }
    if (node instanceof YamlList list) {
      return list.items().stream().allMatch(YamlFuzz::isWritable);
    }
    Object value = ((YamlScalar) node).value();
    return value instanceof String || value instanceof Long || value instanceof Boolean;
  }

  private static Object plain(YamlNode node) {
    if (node instanceof YamlMap map) {
      Map<String, Object> plain = new LinkedHashMap<>();
      map.entries().forEach((key, entry) -> plain.put(key, plain(entry.value())));
      return plain;
    }
    if (node instanceof YamlList list) {
      List<Object> plain = new ArrayList<>();
      list.items().forEach(item -> plain.add(plain(item)));
      return plain;
    }
    return Objects.requireNonNull(((YamlScalar) node).value());
  }
}
