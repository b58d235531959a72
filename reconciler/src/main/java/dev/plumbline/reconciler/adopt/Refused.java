// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.adopt;

import dev.plumbline.spec.HostFile;
import dev.plumbline.spec.HostYaml;
import dev.plumbline.spec.LoadOptions;
import dev.plumbline.spec.problem.Problem;
import dev.plumbline.spec.source.MapSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A host may be set up in ways that a file is refused for: those objects are left out. */
public final class Refused {
  /** So that what is removed from a list does not move what is still to be removed. */
  private static final Comparator<String> LAST_FIRST =
      Comparator.comparing(String::length).thenComparing(Comparator.naturalOrder()).reversed();

  private static final Pattern ENTRY =
      Pattern.compile("bridges\\.(.+)\\.(flow|group|meter)s\\[([0-9]+)\\].*");

  /** Each round of checking leaves out what the last one refused, and what was refused for that. */
  private static final int ROUNDS = 10;

  private Refused() {}

  /**
   * Removes from the tree what a file is refused for.
   *
   * @param told the name of each for people (of a route all that it says), and the reason
   */
  public static void leaveOut(
      Map<String, Object> tree, LoadOptions options, BiConsumer<String, String> told) {
    for (int round = 0; round < ROUNDS; round++) {
      MapSource source = MapSource.ofTexts(Map.of("host.yaml", HostYaml.write(tree)));
      Map<String, String> refused = new TreeMap<>(LAST_FIRST);
      for (Problem problem : HostFile.load(source, "host.yaml", options).problems()) {
        if (problem.isError()) {
          refused.putIfAbsent(problem.address(), problem.message());
        }
      }
      if (refused.isEmpty()) {
        return;
      }
      refused.forEach((address, reason) -> told.accept(remove(tree, address), reason));
    }
  }

  /** Removes an object and gives its name for people, with the part by which it is refused. */
  private static String remove(Map<String, Object> tree, String address) {
    Matcher entry = ENTRY.matcher(address);
    if (entry.matches()
        && tree.get("bridges") instanceof Map<?, ?> bridges
        && bridges.get(entry.group(1)) instanceof Map<?, ?> bridge
        && bridge.get(entry.group(2) + "s") instanceof List<?> entries) {
      Object left = entries.remove(Integer.parseInt(entry.group(3)));
      return "bridges." + entry.group(1) + ": the " + entry.group(2) + " `" + left + "`";
    }
    for (String section : HostYaml.MAPS) {
      if (tree.get(section) instanceof Map<?, ?> map && address.startsWith(section + ".")) {
        String rest = address.substring(section.length() + 1);
        for (Object key : List.copyOf(map.keySet())) {
          if (rest.equals(key) || rest.startsWith(key + ".")) {
            map.remove(key);
            if (map.isEmpty()) {
              tree.remove(section);
            }
            String part = rest.substring(String.valueOf(key).length());
            return section + "." + key + (part.isEmpty() ? "" : " (its " + part.substring(1) + ")");
          }
        }
      }
    }
    for (String section : HostYaml.LISTS) {
      if (tree.get(section) instanceof List<?> list && address.startsWith(section + "[")) {
        int index = Integer.parseInt(address.substring(section.length() + 1, address.indexOf(']')));
        List<Object> rest = new ArrayList<>(list);
        Object left = rest.remove(index);
        tree.put(section, rest);
        return section + " " + left;
      }
    }
    return address;
  }
}
