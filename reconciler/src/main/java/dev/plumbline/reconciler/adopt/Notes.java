// SPDX-License-Identifier: Apache-2.0
package dev.plumbline.reconciler.adopt;

import dev.plumbline.reconciler.resource.ResourceId;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What the file cannot say; collected by one thread. */
final class Notes {
  /** What is the same for more than this many is told once, with their number. */
  private static final int NAMED = 5;

  private final Map<String, List<String>> byReason = new LinkedHashMap<>();

  /** Of those that are about a device, or about something of it. */
  private final Map<ResourceId, List<String>> ofDevices = new LinkedHashMap<>();

  void add(ResourceId about, String reason) {
    add(about.toString(), reason);
    if (!about.device().isEmpty()) {
      String what = about.equals(about.ofDevice()) ? "" : about + ": ";
      ofDevices.computeIfAbsent(about.ofDevice(), key -> new ArrayList<>()).add(what + reason);
    }
  }

  /** Those about the device, without its name. */
  List<String> of(ResourceId device) {
    return ofDevices.getOrDefault(device, List.of());
  }

  /** The devices that there is something to be said of. */
  Set<ResourceId> devices() {
    return ofDevices.keySet();
  }

  void add(String about, String reason) {
    byReason.computeIfAbsent(reason, key -> new ArrayList<>()).add(about);
  }

  /** A sentence each: {@code device mv0: the file has no section that makes a macvlan}. */
  List<String> sentences() {
    return sentences(Set.of());
  }

  /** The same without those about some devices. */
  List<String> sentences(Set<ResourceId> without) {
    Set<String> told = new HashSet<>();
    for (ResourceId device : without) {
      for (String line : of(device)) {
        told.add(line);
        told.add(device + ": " + line);
      }
    }
    List<String> sentences = new ArrayList<>();
    byReason.forEach(
        (reason, all) -> {
          List<String> abouts = new ArrayList<>(all);
          abouts.removeIf(about -> told.contains(about + ": " + reason));
          if (abouts.isEmpty()) {
            return;
          }
          String named = String.join(", ", abouts.subList(0, Math.min(NAMED, abouts.size())));
          int more = abouts.size() - NAMED;
          sentences.add(named + (more > 0 ? " and " + more + " more" : "") + ": " + reason);
        });
    return sentences;
  }
}
