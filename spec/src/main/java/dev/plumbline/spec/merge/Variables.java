// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.spec.merge;

import dev.plumbline.spec.problem.NearMiss;
import dev.plumbline.spec.problem.Problem;
import dev.plumbline.spec.problem.Problems;
import dev.plumbline.spec.yaml.YamlList;
import dev.plumbline.spec.yaml.YamlMap;
import dev.plumbline.spec.yaml.YamlNode;
import dev.plumbline.spec.yaml.YamlScalar;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Puts variables ({@code vars.name} and {@code host}, each in a dollar sign and braces) into
 * scalars.
 *
 * <p>A scalar that is one reference and nothing else takes the variable's type; in a longer text
 * the variable's text is put in. A second dollar sign before it makes it a literal. Variables may
 * use others. Keys are left alone: a variable there would make two layers' keys merge differently
 * from how they read.
 */
public final class Variables {
  private static final String OPEN = "${";

  /** Characters of one scalar after everything is put in. */
  private static final int TEXT_LIMIT = 4_096;

  private static final int CHAIN_LIMIT = 16;

  private final Map<String, YamlScalar> vars = new LinkedHashMap<>();
  private final @Nullable String host;
  private final Problems problems;
  private final Set<String> inUse = new HashSet<>();

  private Variables(YamlMap tree, @Nullable String host, Problems problems) {
    this.host = host;
    this.problems = problems;
    if (tree.get("vars") instanceof YamlMap map) {
      map.entries()
          .forEach(
              (name, entry) -> {
                if (entry.value() instanceof YamlScalar scalar) {
                  vars.put(name, scalar);
                }
              });
    }
  }

  /**
   * The tree with all variables put in.
   *
   * @param host the host's name; null: it is unknown
   */
  public static YamlMap substitute(YamlMap tree, @Nullable String host, Problems problems) {
    return new Variables(tree, host, problems).map(tree, "");
  }

  private YamlMap map(YamlMap map, String address) {
    Map<String, YamlMap.Entry> entries = new LinkedHashMap<>();
    map.entries()
        .forEach(
            (key, entry) -> {
              String child = address.isEmpty() ? key : address + "." + key;
              if (key.contains(OPEN)) {
                problems.add(
                    Problem.error(
                            entry.keyPosition(), address, "a variable in the key `" + key + "`")
                        .expecting("variables in values alone"));
              }
              entries.put(key, new YamlMap.Entry(entry.keyPosition(), node(entry.value(), child)));
            });
    return new YamlMap(map.position(), entries);
  }

  private YamlNode node(YamlNode node, String address) {
    if (node instanceof YamlMap map) {
      return map(map, address);
    }
    if (node instanceof YamlList list) {
      List<YamlNode> items = new ArrayList<>();
      for (YamlNode item : list.items()) {
        items.add(node(item, address + "[" + items.size() + "]"));
      }
      return new YamlList(list.position(), items);
    }
    return scalar((YamlScalar) node, address);
  }

  private YamlScalar scalar(YamlScalar scalar, String address) {
    YamlScalar resolved = resolve(scalar, address);
    if (resolved == null) {
      problems.settle(scalar.position());
      return scalar;
    }
    return resolved;
  }

  /** The scalar with its variables put in; null after a problem. */
  private @Nullable YamlScalar resolve(YamlScalar scalar, String address) {
    if (!(scalar.value() instanceof String text) || !text.contains(OPEN)) {
      return scalar;
    }
    if (text.startsWith(OPEN) && text.indexOf('}') == text.length() - 1) {
      YamlScalar value = lookUp(text.substring(2, text.length() - 1), scalar, address);
      return value == null
          ? null
          : new YamlScalar(scalar.position(), value.text(), value.value(), YamlScalar.SOMEWHERE);
    }
    StringBuilder out = new StringBuilder();
    int at = 0;
    while (at < text.length()) {
      int open = text.indexOf(OPEN, at);
      if (open < 0) {
        out.append(text, at, text.length());
        break;
      }
      if (open > at && text.charAt(open - 1) == '$') {
        out.append(text, at, open - 1).append(OPEN);
        at = open + 2;
        continue;
      }
      int close = text.indexOf('}', open);
      if (close < 0) {
        problems.add(
            Problem.error(scalar.position(), address, "`${` without `}`")
                .expecting("a variable such as ${vars.name}, or $${ for the text itself"));
        return null;
      }
      YamlScalar value = lookUp(text.substring(open + 2, close), scalar, address);
      if (value == null) {
        return null;
      }
      out.append(text, at, open).append(value.text());
      at = close + 1;
      if (out.length() > TEXT_LIMIT) {
        problems.add(
            Problem.error(scalar.position(), address, "too long with its variables put in")
                .expecting("at most " + TEXT_LIMIT + " characters"));
        return null;
      }
    }
    return YamlScalar.ofText(scalar.position(), out.toString());
  }

  private @Nullable YamlScalar lookUp(String name, YamlScalar user, String address) {
    if (name.equals("host")) {
      if (host != null) {
        return YamlScalar.ofText(user.position(), host);
      }
      problems.add(
          Problem.error(user.position(), address, "`${host}` is not known here")
              .expecting("the key `host` in the file"));
      return null;
    }
    YamlScalar value = name.startsWith("vars.") ? vars.get(name.substring(5)) : null;
    if (value == null) {
      List<String> known = new ArrayList<>(List.of("host"));
      vars.keySet().forEach(key -> known.add("vars." + key));
      problems.add(
          Problem.error(user.position(), address, "unknown variable `" + name + "`")
              .suggesting(NearMiss.find(name, known)));
      return null;
    }
    if (!inUse.add(name) || inUse.size() > CHAIN_LIMIT) {
      problems.add(
          Problem.error(user.position(), address, "the variable `" + name + "` uses itself"));
      inUse.remove(name);
      return null;
    }
    YamlScalar resolved = scalar(value, name);
    inUse.remove(name);
    // Resolved once: a chain of variables that use each other twice must not double the work.
    vars.put(name.substring(5), resolved);
    return resolved;
  }
}
