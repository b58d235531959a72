// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.adopt;

import dev.plumbline.reconciler.resource.ResourceId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What the file cannot say; collected by one thread. */
final class Notes {
  /** What is the same for more than this many is told once, with their number. */
  private static final int NAMED = 5;

  private final Map<String, List<String>> byReason = new LinkedHashMap<>();

  void add(ResourceId about, String reason) {
    add(about.toString(), reason);
  }

  void add(String about, String reason) {
    byReason.computeIfAbsent(reason, key -> new ArrayList<>()).add(about);
  }

  /** A sentence each: {@code device mv0: the file has no section that makes a macvlan}. */
  List<String> sentences() {
    List<String> sentences = new ArrayList<>();
    byReason.forEach(
        (reason, abouts) -> {
          String named = String.join(", ", abouts.subList(0, Math.min(NAMED, abouts.size())));
          int more = abouts.size() - NAMED;
          sentences.add(named + (more > 0 ? " and " + more + " more" : "") + ": " + reason);
        });
    return sentences;
  }
}
