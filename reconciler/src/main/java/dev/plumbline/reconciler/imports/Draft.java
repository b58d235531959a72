// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.imports;

import dev.plumbline.reconciler.adopt.Refused;
import dev.plumbline.reconciler.desired.FlowChecks;
import dev.plumbline.spec.HostYaml;
import dev.plumbline.spec.LoadOptions;
import dev.plumbline.spec.problem.Problem;
import dev.plumbline.spec.problem.Problems;
import dev.plumbline.spec.value.Position;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A host file in the making, with comments at their places. */
final class Draft {
  final Problems problems = new Problems();

  private final Map<String, Object> tree = new LinkedHashMap<>();
  private final Map<String, List<String>> comments = new LinkedHashMap<>();
  private final IdentityHashMap<Object, List<String>> ofEntries = new IdentityHashMap<>();
  private int count;

  Draft() {
    tree.put("version", 1L);
    HostYaml.MAPS.forEach(section -> tree.put(section, new LinkedHashMap<>()));
    HostYaml.LISTS.forEach(section -> tree.put(section, new ArrayList<>()));
  }

  /** The object of a map, made if there is none. */
  @SuppressWarnings("unchecked")
  Map<String, Object> object(String section, String key) {
    return (Map<String, Object>)
        section(section).computeIfAbsent(key, name -> new LinkedHashMap<>());
  }

  boolean has(String section, String key) {
    return section(section).containsKey(key);
  }

  /** The section of the device with this key; null if there is none. */
  @Nullable String sectionOf(String device) {
    for (String section : HostYaml.MAPS) {
      if (tree.get(section) instanceof Map<?, ?> map && map.containsKey(device)) {
        return section;
      }
    }
    return null;
  }

  @SuppressWarnings("unchecked")
  Map<String, Object> section(String name) {
    Object section = tree.get(name);
    if (section == null) {
      throw new IllegalArgumentException("no section " + name);
    }
    return (Map<String, Object>) section;
  }

  /** Adds a route or a rule. */
  @SuppressWarnings("unchecked")
  Map<String, Object> add(String list) {
    Map<String, Object> entry = new LinkedHashMap<>();
    Object entries = tree.get(list);
    if (entries == null) {
      throw new IllegalArgumentException("no list " + list);
    }
    ((List<Object>) entries).add(entry);
    return entry;
  }

  /** Puts a value below a dotted path; a text that is a number becomes one. */
  @SuppressWarnings("unchecked")
  static void put(Map<String, Object> object, String path, Object value) {
    int dot = path.indexOf('.');
    if (dot >= 0) {
      String first = path.substring(0, dot);
      put(
          (Map<String, Object>) object.computeIfAbsent(first, key -> new LinkedHashMap<>()),
          path.substring(dot + 1),
          value);
    } else if (value instanceof String text) {
      object.put(
          path,
          text.matches("[0-9]{1,18}") ? (Object) Long.valueOf(text) : text.replace("${", "$${"));
    } else {
      object.put(path, value);
    }
  }

  /** Adds to a list of an object, which is made if there is none. */
  @SuppressWarnings("unchecked")
  static void append(Map<String, Object> object, String key, Object value) {
    List<Object> list = (List<Object>) object.computeIfAbsent(key, name -> new ArrayList<>());
    if (!list.contains(value)) {
      list.add(value);
    }
  }

  /**
   * A comment.
   *
   * @param about an object's address, or a section's; where there is none, and for an empty one, it
   *     stands at the head
   */
  void comment(String about, @Nullable Position at, String sentence) {
    String line = (at == null ? "" : at + ": ") + sentence;
    List<String> lines = comments.computeIfAbsent(about, key -> new ArrayList<>());
    if (!lines.contains(line)) {
      count++;
      lines.add(line);
    }
  }

  /** A comment above a route or a rule. */
  void comment(Map<String, Object> entry, @Nullable Position at, String sentence) {
    count++;
    ofEntries
        .computeIfAbsent(entry, key -> new ArrayList<>())
        .add((at == null ? "" : at + ": ") + sentence);
  }

  /** A mistake in the source. */
  void error(Position at, @Nullable String message, @Nullable String expected) {
    problems.add(Problem.error(at, "", String.valueOf(message)).expecting(expected));
  }

  /** What became of it; what a file would be refused for is left out with a comment. */
  Imported finish() {
    if (problems.hasErrors()) {
      return new Imported("", problems.sorted(), count);
    }
    tree.values().removeIf(value -> value instanceof Map<?, ?> map && map.isEmpty());
    tree.values().removeIf(value -> value instanceof List<?> list && list.isEmpty());
    Map<String, Object> whole = new LinkedHashMap<>(tree);
    Refused.leaveOut(
        tree,
        FlowChecks.in(LoadOptions.defaults()),
        (left, reason) ->
            comment(place(left), null, left + " is left out, for it is refused: " + reason));
    tree.values().removeIf(value -> value instanceof List<?> list && list.isEmpty());
    // What stood above something that is left out is still to be read.
    for (String list : List.of("routes", "rules")) {
      if (whole.get(list) instanceof List<?> before) {
        for (Object entry : before) {
          List<String> lines = ofEntries.get(entry);
          boolean left = !(tree.get(list) instanceof List<?> now) || !now.contains(entry);
          if (lines != null && left) {
            comments.computeIfAbsent("", key -> new ArrayList<>()).addAll(lines);
          }
        }
      }
    }
    Map<String, List<String>> placed = new LinkedHashMap<>();
    comments.forEach(
        (about, lines) -> {
          String place = place(about);
          for (String line : lines) {
            String prefix = place.equals(about) || line.contains(about) ? "" : about + ": ";
            placed.computeIfAbsent(place, key -> new ArrayList<>()).add(prefix + line);
          }
        });
    StringBuilder text = new StringBuilder();
    for (String line : placed.getOrDefault("", List.of())) {
      text.append("# ").append(line.replaceAll("\\p{Cntrl}", "?")).append('\n');
    }
    text.append(
        HostYaml.write(
            tree,
            (address, value) -> {
              List<String> lines = ofEntries.get(value);
              return lines != null ? lines : placed.getOrDefault(address, List.of());
            }));
    return new Imported(text.toString(), problems.sorted(), count);
  }

  /** The address, or what is left of it in the file: its section, or the head. */
  private String place(String about) {
    int dot = about.indexOf('.');
    if (dot < 0) {
      return tree.containsKey(about) ? about : "";
    }
    String section = about.substring(0, dot);
    if (tree.get(section) instanceof Map<?, ?> map) {
      return map.containsKey(about.substring(dot + 1)) ? about : section;
    }
    return "";
  }
}
