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

  private static final Pattern FLOW = Pattern.compile("bridges\\.(.+)\\.flows\\[([0-9]+)\\].*");

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

  /** Removes an object and gives its name for people. */
  private static String remove(Map<String, Object> tree, String address) {
    Matcher flow = FLOW.matcher(address);
    if (flow.matches()
        && tree.get("bridges") instanceof Map<?, ?> bridges
        && bridges.get(flow.group(1)) instanceof Map<?, ?> bridge
        && bridge.get("flows") instanceof List<?> flows) {
      int index = Integer.parseInt(flow.group(2));
      return "bridges." + flow.group(1) + ": the flow `" + flows.remove(index) + "`";
    }
    for (String section : HostYaml.MAPS) {
      if (tree.get(section) instanceof Map<?, ?> map && address.startsWith(section + ".")) {
        String rest = address.substring(section.length() + 1);
        map.keySet().removeIf(key -> rest.equals(key) || rest.startsWith(key + "."));
        if (map.isEmpty()) {
          tree.remove(section);
        }
      }
    }
    for (String section : HostYaml.LISTS) {
      if (tree.get(section) instanceof List<?> list && address.startsWith(section + "[")) {
        int index = Integer.parseInt(address.substring(section.length() + 1, address.indexOf(']')));
        List<Object> rest = new ArrayList<>(list);
        Object entry = rest.remove(index);
        tree.put(section, rest);
        return section + " " + entry;
      }
    }
    return address;
  }
}
