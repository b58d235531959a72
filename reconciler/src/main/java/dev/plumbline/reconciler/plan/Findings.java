// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.plan;

import dev.plumbline.reconciler.resource.ResourceId;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** What planning finds beside changes, sorted whatever the order of the goal. One thread. */
final class Findings {
  private final Map<String, Waiting> waiting = new TreeMap<>();
  private final Set<String> problems = new TreeSet<>();
  private final Set<String> warnings = new TreeSet<>();

  /** A device that suffers from a change of another one. */
  record Touched(String cause, String verb, ResourceId device) {}

  private final Set<Touched> touched = new LinkedHashSet<>();

  void touches(String cause, String verb, ResourceId device) {
    touched.add(new Touched(cause, verb, device));
  }

  Set<Touched> touched() {
    return touched;
  }

  void problem(String sentence) {
    problems.add(sentence);
  }

  void warning(String sentence) {
    warnings.add(sentence);
  }

  void waits(String address, ResourceId missing) {
    waiting.putIfAbsent(address, new Waiting(address, missing.toString()));
  }

  void waits(String address, String missing) {
    waiting.putIfAbsent(address, new Waiting(address, missing));
  }

  /** Takes in what another one found. */
  void addAll(Findings other) {
    other.waiting.forEach(waiting::putIfAbsent);
    problems.addAll(other.problems);
    warnings.addAll(other.warnings);
    touched.addAll(other.touched);
  }

  List<Waiting> waiting() {
    return new ArrayList<>(waiting.values());
  }

  List<String> problems() {
    return new ArrayList<>(problems);
  }

  List<String> warnings() {
    return new ArrayList<>(warnings);
  }
}
