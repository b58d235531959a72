// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.spec.merge;

import dev.plumbline.spec.problem.Problem;
import dev.plumbline.spec.problem.Problems;
import dev.plumbline.spec.source.FileSource;
import dev.plumbline.spec.value.Position;
import dev.plumbline.spec.yaml.YamlLimits;
import dev.plumbline.spec.yaml.YamlList;
import dev.plumbline.spec.yaml.YamlMap;
import dev.plumbline.spec.yaml.YamlNode;
import dev.plumbline.spec.yaml.YamlReader;
import dev.plumbline.spec.yaml.YamlScalar;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads a file and all that it includes, and merges them. */
public final class Layers {
  /** Files included by files included …: the longest chain. */
  public static final int INCLUDE_DEPTH = 16;

  /** Includes of one load, each counted as often as it is named. */
  public static final int INCLUDES = 256;

  private static final String INCLUDE = "include";

  private final FileSource source;
  private final Problems problems;
  private final Map<String, Optional<YamlMap>> trees = new HashMap<>();
  private final Deque<String> chain = new ArrayDeque<>();
  private final Set<String> read = new LinkedHashSet<>();
  private int includes;
  private long bytes;
  private long nodes;

  public Layers(FileSource source, Problems problems) {
    this.source = source;
    this.problems = problems;
  }

  /** Paths of all files that were read, relative to the root. */
  public Set<String> read() {
    return read;
  }

  /**
   * The file merged with its includes, without the key {@code include}; null if it cannot be read,
   * which is a problem then.
   */
  public @Nullable YamlMap load(String path) {
    YamlMap merged = layer(path, Position.ofFile(source.display(path)), false);
    if (merged != null) {
      reportNulls(merged, "");
    }
    return merged;
  }

  private @Nullable YamlMap layer(String path, Position asked, boolean included) {
    YamlMap own = tree(path, asked, included);
    if (own == null) {
      return null;
    }
    chain.addLast(path);
    YamlMap below = null;
    for (YamlScalar include : includes(own)) {
      YamlMap layer = include(path, include);
      if (layer != null) {
        below = below == null ? layer : Merge.over(below, layer);
      }
    }
    chain.removeLast();
    YamlMap merged = below == null ? own : Merge.over(below, own);
    return without(merged, INCLUDE);
  }

  private @Nullable YamlMap tree(String path, Position asked, boolean included) {
    Optional<YamlMap> known = trees.get(path);
    if (known == null) {
      known = Optional.ofNullable(parse(path, asked, included));
      trees.put(path, known);
    }
    known.ifPresent(tree -> nodes += tree.size());
    return known.orElse(null);
  }

  private @Nullable YamlMap parse(String path, Position asked, boolean included) {
    String what = included ? "the included file `" + source.display(path) + "`" : "the file";
    byte[] content;
    try {
      content = source.read(path, YamlLimits.FILE_BYTES);
    } catch (NoSuchFileException e) {
      problems.add(Problem.error(asked, "", what + " does not exist"));
      return null;
    } catch (AccessDeniedException e) {
      problems.add(Problem.error(asked, "", what + " may not be read by this user"));
      return null;
    } catch (IOException e) {
      problems.add(Problem.error(asked, "", what + " cannot be read: " + e.getMessage()));
      return null;
    }
    read.add(path);
    bytes += content.length;
    if (bytes > 2L * YamlLimits.FILE_BYTES) {
      problems.add(Problem.error(asked, "", "all files together are too large"));
      return null;
    }
    YamlNode node = YamlReader.read(source.display(path), content, problems);
    if (node == null) {
      return null;
    }
    if (node instanceof YamlMap map) {
      return map;
    }
    problems.add(
        Problem.error(node.position(), "", "the file is " + node.describe())
            .expecting("a map with keys such as `version` and `bridges`"));
    return null;
  }

  private List<YamlScalar> includes(YamlMap tree) {
    YamlNode named = tree.get(INCLUDE);
    if (named == null) {
      return List.of();
    }
    List<YamlScalar> scalars = new ArrayList<>();
    if (named instanceof YamlList list) {
      for (YamlNode item : list.items()) {
        if (item instanceof YamlScalar scalar && scalar.value() instanceof String) {
          scalars.add(scalar);
        } else {
          wrongInclude(item);
        }
      }
    } else {
      wrongInclude(named);
    }
    return scalars;
  }

  private void wrongInclude(YamlNode node) {
    problems.add(
        Problem.error(node.position(), INCLUDE, "this is " + node.describe())
            .expecting("a list of paths such as [../base/compute.yaml]"));
  }

  private @Nullable YamlMap include(String from, YamlScalar include) {
    Position at = include.position();
    String path = resolve(from, include.text());
    if (path == null) {
      problems.add(
          Problem.error(at, INCLUDE, "`" + include.text() + "` leads out of the repository")
              .expecting("a path relative to this file, inside the repository"));
      return null;
    }
    if (chain.contains(path)) {
      List<String> cycle = new ArrayList<>(chain);
      cycle = cycle.subList(cycle.indexOf(path), cycle.size());
      cycle = new ArrayList<>(cycle.stream().map(source::display).toList());
      cycle.add(source.display(path));
      problems.add(
          Problem.error(at, INCLUDE, "the files include each other: " + String.join(" → ", cycle)));
      return null;
    }
    if (chain.size() >= INCLUDE_DEPTH) {
      problems.add(
          Problem.error(at, INCLUDE, "includes are nested too deeply")
              .expecting("at most " + INCLUDE_DEPTH + " files above each other"));
      return null;
    }
    if (++includes > INCLUDES || nodes > YamlLimits.NODES) {
      problems.add(
          Problem.error(at, INCLUDE, "too much is included")
              .expecting(
                  "at most " + INCLUDES + " includes and " + YamlLimits.NODES + " values in all"));
      return null;
    }
    return layer(path, at, true);
  }

  /** The path normalised; null if it is absolute or leaves the root. */
  static @Nullable String resolve(String from, String include) {
    if (include.isEmpty() || include.startsWith("/") || include.indexOf('\0') >= 0) {
      return null;
    }
    Deque<String> parts = new ArrayDeque<>(List.of(from.split("/", -1)));
    parts.removeLast();
    for (String part : include.split("/", -1)) {
      if (part.equals("..")) {
        if (parts.pollLast() == null) {
          return null;
        }
      } else if (!part.isEmpty() && !part.equals(".")) {
        parts.addLast(part);
      }
    }
    return parts.isEmpty() ? null : String.join("/", parts);
  }

  private static YamlMap without(YamlMap map, String key) {
    if (!map.entries().containsKey(key)) {
      return map;
    }
    Map<String, YamlMap.Entry> entries = new LinkedHashMap<>(map.entries());
    entries.remove(key);
    return new YamlMap(map.position(), entries);
  }

  /**
   * A null that is still there removed nothing; to take {@code lo1:} for an empty object would be
   * as wrong as to drop it.
   */
  private void reportNulls(YamlNode node, String address) {
    if (node instanceof YamlMap map) {
      map.entries()
          .forEach(
              (key, entry) -> {
                String child = address.isEmpty() ? key : address + "." + key;
                if (entry.value() instanceof YamlScalar scalar && scalar.isNull()) {
                  problems.add(
                      Problem.error(
                              entry.keyPosition(),
                              child,
                              "has no value; nothing removes a key of an included file,"
                                  + " and none has this one")
                          .expecting("a value, or {} for one with no settings"));
                  problems.settle(scalar.position());
                } else {
                  reportNulls(entry.value(), child);
                }
              });
    }
  }
}
