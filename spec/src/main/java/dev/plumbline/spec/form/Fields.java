// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.spec.form;

import dev.plumbline.spec.model.SourceMap;
import dev.plumbline.spec.problem.Problem;
import dev.plumbline.spec.problem.Problems;
import dev.plumbline.spec.value.Durations;
import dev.plumbline.spec.value.IpAddress;
import dev.plumbline.spec.value.Position;
import dev.plumbline.spec.value.Prefix;
import dev.plumbline.spec.value.Spelled;
import dev.plumbline.spec.value.ValueException;
import dev.plumbline.spec.yaml.YamlList;
import dev.plumbline.spec.yaml.YamlMap;
import dev.plumbline.spec.yaml.YamlNode;
import dev.plumbline.spec.yaml.YamlScalar;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * The keys of one map of the file, read by type. A key that is missing or of another type is null.
 */
final class Fields {
  private final YamlMap map;
  private final String address;
  private final Problems problems;
  private final Map<String, List<Integer>> kept;

  /** Fields of a whole file. */
  Fields(YamlMap map, Problems problems) {
    this(map, "", problems, new HashMap<>());
  }

  private Fields(YamlMap map, String address, Problems problems, Map<String, List<Integer>> kept) {
    this.map = map;
    this.address = address;
    this.problems = problems;
    this.kept = kept;
  }

  /** Of every list that lost items while it was read: which were kept, as in {@link SourceMap}. */
  Map<String, List<Integer>> kept() {
    return kept;
  }

  private String at(String key) {
    return address.isEmpty() ? key : address + "." + key;
  }

  String address() {
    return address;
  }

  boolean has(String key) {
    return map.get(key) != null;
  }

  /** The keys of the map, in its order. */
  List<String> keys() {
    return List.copyOf(map.entries().keySet());
  }

  /** Where the key stands; where the map begins if it is not there. */
  Position position(String key) {
    YamlMap.Entry entry = map.entries().get(key);
    return entry == null ? map.position() : entry.keyPosition();
  }

  Position valuePosition(String key) {
    YamlNode node = map.get(key);
    return node == null ? map.position() : node.position();
  }

  void problem(
      Position at, String message, @Nullable String expected, @Nullable String suggestion) {
    problems.add(Problem.error(at, address, message).expecting(expected).suggesting(suggestion));
  }

  private @Nullable Object scalar(String key) {
    return map.get(key) instanceof YamlScalar scalar ? scalar.value() : null;
  }

  @Nullable String text(String key) {
    return scalar(key) instanceof String text ? text : null;
  }

  @Nullable Boolean flag(String key) {
    return scalar(key) instanceof Boolean flag ? flag : null;
  }

  @Nullable Long number(String key) {
    return number(scalar(key));
  }

  /** JSON Schema takes 1500.0 for an integer, and so must this. */
  static @Nullable Long number(@Nullable Object value) {
    if (value instanceof Double d && d == Math.rint(d) && Math.abs(d) < 1L << 53) {
      return (long) (double) d;
    }
    return value instanceof Long number ? number : null;
  }

  @Nullable Integer integer(String key) {
    Long number = number(key);
    return number == null || number != number.intValue() ? null : number.intValue();
  }

  /** A number or a text, as text. */
  @Nullable String loose(String key) {
    return map.get(key) instanceof YamlScalar scalar ? loose(scalar) : null;
  }

  static @Nullable String loose(YamlScalar scalar) {
    Long number = number(scalar.value());
    if (number != null) {
      return number.toString();
    }
    return scalar.value() instanceof String text ? text : null;
  }

  /** A text that is parsed; a {@link ValueException} becomes a problem. */
  <T> @Nullable T value(String key, Function<String, T> parse) {
    String text = text(key);
    return text == null ? null : parsed(text, valuePosition(key), parse);
  }

  /** A number or text that is parsed. */
  <T> @Nullable T looseValue(String key, Function<String, T> parse) {
    String text = loose(key);
    return text == null ? null : parsed(text, valuePosition(key), parse);
  }

  <T> @Nullable T parsed(String text, Position at, Function<String, T> parse) {
    try {
      return parse.apply(text);
    } catch (ValueException e) {
      problem(at, e.getMessage() == null ? "bad value" : e.getMessage(), e.expected(), null);
      return null;
    }
  }

  @Nullable IpAddress ip(String key) {
    return value(key, IpAddress::parse);
  }

  @Nullable Prefix prefix(String key) {
    return value(key, Prefix::parse);
  }

  /** A prefix whose host bits must be clear. */
  @Nullable Prefix network(String key) {
    Prefix prefix = prefix(key);
    if (prefix == null || prefix.isNetwork()) {
      return prefix;
    }
    problem(
        valuePosition(key),
        "`" + prefix + "` has bits set outside its prefix",
        null,
        prefix.network().toString());
    return null;
  }

  @Nullable Duration duration(String key) {
    return value(key, Durations::parse);
  }

  <E extends Enum<E> & Spelled> @Nullable E choice(String key, E[] values) {
    String text = text(key);
    for (E value : values) {
      if (value.spelling().equals(text)) {
        return value;
      }
    }
    return null;
  }

  /** The list's items; null if there is no list. */
  @Nullable List<YamlNode> items(String key) {
    return map.get(key) instanceof YamlList list ? list.items() : null;
  }

  /** A list of texts; null if there is no list. */
  @Nullable List<String> texts(String key) {
    return values(key, Function.identity());
  }

  /** A list of texts that are parsed; null if there is no list. */
  <T> @Nullable List<T> values(String key, Function<String, T> parse) {
    List<YamlNode> items = items(key);
    if (items == null) {
      return null;
    }
    return items(
        key,
        i ->
            items.get(i) instanceof YamlScalar scalar && scalar.value() instanceof String text
                ? parsed(text, scalar.position(), parse)
                : null);
  }

  /** Reads every item of a list by its index. What reads as null is left out, and remembered. */
  <T> List<T> items(String key, IntFunction<@Nullable T> reader) {
    List<T> read = new ArrayList<>();
    List<Integer> indexes = new ArrayList<>();
    int size = orNone(items(key)).size();
    for (int i = 0; i < size; i++) {
      T item = reader.apply(i);
      if (item != null) {
        read.add(item);
        indexes.add(i);
      }
    }
    if (read.size() < size) {
      kept.put(at(key), indexes);
    }
    return read;
  }

  static <T> List<T> orNone(@Nullable List<T> list) {
    return list == null ? List.of() : list;
  }

  /** The map below a key; null if there is none. */
  @Nullable Fields map(String key) {
    return map.get(key) instanceof YamlMap child
        ? new Fields(child, at(key), problems, kept)
        : null;
  }

  /** Fields of a map that stands for one that is not written. */
  Fields child(String key, YamlMap child) {
    return new Fields(child, at(key), problems, kept);
  }

  /** Fields of a list's item; null if it is no map. */
  @Nullable Fields item(String key, int index) {
    List<YamlNode> items = items(key);
    return items != null && items.get(index) instanceof YamlMap child
        ? new Fields(child, at(key) + "[" + index + "]", problems, kept)
        : null;
  }

  /** A list's item that is a text; null if it is none. */
  @Nullable String itemText(String key, int index) {
    List<YamlNode> items = items(key);
    return items != null
            && items.get(index) instanceof YamlScalar scalar
            && scalar.value() instanceof String text
        ? text
        : null;
  }

  /** Reads every map below a key: objects by name. What reads as null is left out. */
  <T> Map<String, T> objects(String key, Reader<T> reader) {
    Map<String, T> objects = new LinkedHashMap<>();
    Fields section = map(key);
    if (section != null) {
      for (String name : section.map.entries().keySet()) {
        Fields fields = section.map(name);
        T object = fields == null ? null : reader.read(name, fields);
        if (object != null) {
          objects.put(name, object);
        }
      }
    }
    return objects;
  }

  /** Reads every map of a list. What reads as null is left out. */
  <T> List<T> list(String key, Function<Fields, @Nullable T> reader) {
    return items(
        key,
        i -> {
          Fields fields = item(key, i);
          return fields == null ? null : reader.apply(fields);
        });
  }

  /** Scalars below a key: numbers (Long), texts, booleans by name. */
  Map<String, Object> plain(String key) {
    return map.get(key) instanceof YamlMap child ? plain(child) : Map.of();
  }

  static Map<String, Object> plain(YamlMap map) {
    Map<String, Object> plain = new LinkedHashMap<>();
    map.entries()
        .forEach(
            (name, entry) -> {
              if (entry.value() instanceof YamlScalar scalar && scalar.value() != null) {
                Long number = number(scalar.value());
                plain.put(name, number == null ? scalar.value() : number);
              }
            });
    return plain;
  }

  /** Reads an object of the file. */
  interface Reader<T> {
    @Nullable T read(String key, Fields fields);
  }
}
