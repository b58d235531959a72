// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.imports;

import dev.plumbline.spec.problem.Problem;
import dev.plumbline.spec.problem.Problems;
import dev.plumbline.spec.value.Position;
import dev.plumbline.spec.value.ValueException;
import dev.plumbline.spec.yaml.YamlList;
import dev.plumbline.spec.yaml.YamlMap;
import dev.plumbline.spec.yaml.YamlNode;
import dev.plumbline.spec.yaml.YamlReader;
import dev.plumbline.spec.yaml.YamlScalar;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A map of somebody's YAML, key for key; those that nobody takes become comments. */
final class Taken {
  private final Draft draft;
  private final YamlMap map;
  private final String path;
  private final Set<String> taken = new HashSet<>();

  /** What comments are about: an address in the draft. */
  private String about;

  Taken(Draft draft, String about, String path, YamlMap map) {
    this.draft = draft;
    this.about = about;
    this.path = path;
    this.map = map;
  }

  /** The map that a file is; null, with the problem in the draft, where it is none. */
  static @Nullable YamlMap read(SourceText source, Problems problems) {
    YamlNode root = YamlReader.read(source.name(), source.content(), problems);
    if (root != null && !(root instanceof YamlMap)) {
      problems.add(
          Problem.error(root.position(), "", "the file is " + root.describe()).expecting("a map"));
    }
    return root instanceof YamlMap map ? map : null;
  }

  void about(String address) {
    about = address;
  }

  boolean has(String key) {
    return map.entries().containsKey(key);
  }

  Set<String> keys() {
    return map.entries().keySet();
  }

  Position at(String key) {
    YamlMap.Entry entry = map.entries().get(key);
    return entry == null ? map.position() : entry.keyPosition();
  }

  /** Keys that say nothing that a file of ours could. */
  void pass(String... keys) {
    taken.addAll(List.of(keys));
  }

  /** Keys whose value is false, or empty, or a map of nothing else. */
  void passWhatIsOff() {
    map.entries()
        .forEach(
            (key, entry) -> {
              if (isOff(entry.value())) {
                taken.add(key);
              }
            });
  }

  private static boolean isOff(YamlNode node) {
    if (node instanceof YamlMap inner) {
      return inner.entries().values().stream().allMatch(entry -> isOff(entry.value()));
    }
    return node instanceof YamlList list
        ? list.items().isEmpty()
        : node instanceof YamlScalar scalar
            && (scalar.value() == null || scalar.text().matches("|false|0"));
  }

  @Nullable YamlNode take(String key) {
    taken.add(key);
    return map.get(key);
  }

  /** The text of a scalar; empty where there is none, or null. */
  String text(String key) {
    YamlNode node = take(key);
    if (node == null || (node instanceof YamlScalar scalar && scalar.value() == null)) {
      return "";
    }
    if (node instanceof YamlScalar scalar) {
      return scalar.text();
    }
    draft.error(node.position(), "`" + path + key + "` is " + node.describe(), "a text or number");
    return "";
  }

  boolean isTrue(String key) {
    return text(key).matches("(?i)true|yes|on|y");
  }

  /** Whether a bridge is told to wait no time, which it does anyway without spanning tree. */
  boolean isIdleDelay(String key, boolean stp) {
    boolean idle = !stp && text(key).matches("0+(\\.0*)?s?");
    if (idle) {
      comment(key, "`" + key + ": 0` has no effect without spanning tree, and is left as it is");
    }
    return idle;
  }

  /** The texts of a list; a scalar is a list of one. */
  List<String> texts(String key) {
    List<String> texts = new ArrayList<>();
    for (YamlNode item : list(key)) {
      if (item instanceof YamlScalar scalar) {
        texts.add(scalar.text());
      } else {
        draft.error(item.position(), "in `" + path + key + "` is " + item.describe(), "a text");
      }
    }
    return texts;
  }

  List<YamlNode> list(String key) {
    YamlNode node = take(key);
    if (node == null || (node instanceof YamlScalar scalar && scalar.value() == null)) {
      return List.of();
    }
    return node instanceof YamlList list ? list.items() : List.of(node);
  }

  /** Each map of a list. */
  void each(String key, Consumer<Taken> reader) {
    for (YamlNode item : list(key)) {
      if (item instanceof YamlMap inner) {
        reader.accept(new Taken(draft, about, path + key + ".", inner));
      } else {
        draft.error(item.position(), "in `" + path + key + "` is " + item.describe(), "a map");
      }
    }
  }

  /** The map below a key; an empty one where there is none. */
  Taken map(String key) {
    YamlNode node = take(key);
    if (node instanceof YamlMap inner) {
      return new Taken(draft, about, path + key + ".", inner);
    }
    if (node != null && !(node instanceof YamlScalar scalar && scalar.value() == null)) {
      draft.error(node.position(), "`" + path + key + "` is " + node.describe(), "a map");
    }
    return new Taken(draft, about, path, new YamlMap(map.position(), Map.of()));
  }

  /** Puts the value of a key, if there is one; a mistake in it has its place. */
  void put(Map<String, Object> object, String field, String key, Function<String, ?> reader) {
    String text = text(key);
    if (!text.isEmpty()) {
      try {
        Draft.put(object, field, reader.apply(text));
      } catch (ValueException e) {
        YamlNode node = map.get(key);
        draft.error(node == null ? at(key) : node.position(), e.getMessage(), e.expected());
      }
    }
  }

  void put(Map<String, Object> object, String field, String key) {
    put(object, field, key, text -> text);
  }

  void comment(String key, String sentence) {
    taken.add(key);
    draft.comment(about, at(key), sentence);
  }

  /** Whatever was not taken. */
  void rest() {
    map.entries()
        .forEach(
            (key, entry) -> {
              if (taken.add(key)) {
                String value =
                    entry.value() instanceof YamlScalar scalar ? ": " + scalar.text() : "";
                draft.comment(
                    about, entry.keyPosition(), "`" + path + key + value + "` is not taken over");
              }
            });
  }
}
